import type { InstanceId } from "../instances/port.ts";
import { fakeAws, NEVER_ABORTED, SCOPE } from "../testing/fake-aws.ts";
import { ec2Answer, ec2Error } from "../testing/fake-transport.ts";
import type { Answer } from "../testing/fake-transport.ts";
import { parseAssociationId, type AssociationId } from "./port.ts";

const ID = "i-0123456789abcdef0" as InstanceId;
const ASSOCIATION = "iip-assoc-0123456789abcdef0" as AssociationId;
const ARN = "arn:aws:iam::111122223333:instance-profile/cloudsync-agent";

const item = (id: string, state: string, arn = ARN): string => {
  const profile = arn === "none" ? "" : `<iamInstanceProfile><arn>${arn}</arn><id>AIPA</id></iamInstanceProfile>`;
  return `<item><associationId>${id}</associationId><instanceId>${ID}</instanceId>${profile}<state>${state}</state></item>`;
};

test("one instance is asked for, a page at a time; what has no id or no profile is left out, an unknown state is said", async () => {
  const items = [
    item(ASSOCIATION, "associated"),
    item("nonsense", "associated"),
    item("iip-assoc-0123456789abcdef2", "associated", "none"),
    item("iip-assoc-0123456789abcdef1", "new"),
  ];
  const { aws, transport } = fakeAws(() =>
    ec2Answer(
      "DescribeIamInstanceProfileAssociations",
      `<iamInstanceProfileAssociationSet>${items.join("")}</iamInstanceProfileAssociationSet>`,
    ),
  );
  expect(await aws.profiles.associations(SCOPE, ID, NEVER_ABORTED)).toEqual({
    kind: "complete",
    items: [
      { associationID: ASSOCIATION, profileARN: ARN, state: "associated" },
      { associationID: "iip-assoc-0123456789abcdef1", profileARN: ARN, state: "unknown" },
    ],
  });
  expect(transport.seen[0]?.parameters).toMatchObject({
    "Filter.1.Name": "instance-id",
    "Filter.1.Value.1": ID,
    MaxResults: "5",
  });
  aws.close();
});

const outcomes: readonly (readonly [sentence: string, answer: Answer, kind: string, reason: string | undefined])[] = [
  ["is done", ec2Answer("ReplaceIamInstanceProfileAssociation", ""), "done", undefined],
  [
    "of an association that is gone is refused, to be looked at again",
    ec2Error("IncorrectState"),
    "refused",
    "InstanceStateChanging",
  ],
  ["of an unknown association likewise", ec2Error("InvalidAssociationID.NotFound"), "refused", "InstanceStateChanging"],
  ["without permission is refused", ec2Error("UnauthorizedOperation", "", 403), "refused", "ActionDenied"],
  ["whose answer is lost is unknown", { socketError: "ECONNRESET" }, "unknown", "AnswerLost"],
];
test.each(outcomes)("a replacement %s", async (_sentence, answer, kind, reason) => {
  const { aws, transport } = fakeAws(() => answer);
  const change = { associationID: ASSOCIATION, profile: "cloudsync-runtime" };
  const outcome = await aws.profiles.replace(SCOPE, change, NEVER_ABORTED);
  expect(outcome.kind).toBe(kind);
  expect(outcome.kind === "done" ? undefined : outcome.failure.reason).toBe(reason);
  expect(transport.seen[0]?.parameters).toMatchObject({
    AssociationId: ASSOCIATION,
    "IamInstanceProfile.Name": "cloudsync-runtime",
  });
  aws.close();
});

test("a profile is named by its ARN where the pool names it so; an id is one only in EC2's form", async () => {
  const { aws, transport } = fakeAws(() => ec2Answer("ReplaceIamInstanceProfileAssociation", ""));
  await aws.profiles.replace(SCOPE, { associationID: ASSOCIATION, profile: ARN }, NEVER_ABORTED);
  expect(transport.seen[0]?.parameters).toMatchObject({ "IamInstanceProfile.Arn": ARN });
  expect(parseAssociationId("eipassoc-0123456789abcdef0")).toBeUndefined();
  aws.close();
});
