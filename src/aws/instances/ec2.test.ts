import { ec2Answer, ec2Error, instanceXML, reservations } from "../testing/fake-transport.ts";
import type { Answer } from "../testing/fake-transport.ts";
import { fakeAws, NEVER_ABORTED, SCOPE } from "../testing/fake-aws.ts";
import type { InstanceId, LaunchIntent } from "./port.ts";

const ID = "i-0123456789abcdef0" as InstanceId;

const INTENT: LaunchIntent = {
  clientToken: "token-1",
  subnetID: "subnet-1",
  availabilityZone: "ap-northeast-1a",
  instanceType: "m6i.large",
  imageID: "ami-1",
  instanceProfile: "cloudsync-agent",
  securityGroupIDs: ["sg-1"],
  rootVolume: { sizeGiB: 50 },
  tags: { "cloudsync.dev/owner-id": "owner-1", Name: "tokyo-0-1" },
};

test("a launch gives the instance and carries the caller's token, user agent and app name", async () => {
  const { aws, transport } = fakeAws(() =>
    ec2Answer("RunInstances", `<instancesSet>${instanceXML({ id: ID, state: "pending" })}</instancesSet>`),
  );
  const outcome = await aws.instances.launch(SCOPE, INTENT, NEVER_ABORTED);
  expect(outcome).toMatchObject({
    kind: "launched",
    instance: { instanceID: ID, state: "pending", clientToken: "token-1", availabilityZone: "ap-northeast-1a" },
  });
  expect(transport.seen[0]?.parameters).toMatchObject({
    Action: "RunInstances",
    ClientToken: "token-1",
    MinCount: "1",
    MaxCount: "1",
  });
  expect(transport.seen[0]?.host).toBe("ec2.ap-northeast-1.amazonaws.com");
  expect(transport.seen[0]?.headers["user-agent"] ?? "").toMatch(
    /cloudsync-operator.*app\/cloudsync-operator|app\/cloudsync-operator.*cloudsync-operator/,
  );
});

const failures: readonly (readonly [sentence: string, answer: Answer, kind: string, reason: string])[] = [
  [
    "no capacity in the zone is refused, although EC2 says 500",
    ec2Error("InsufficientInstanceCapacity", "none left", 500),
    "refused",
    "InsufficientCapacity",
  ],
  ["a quota is refused", ec2Error("VcpuLimitExceeded"), "refused", "VcpuQuotaExceeded"],
  ["a throttle is refused", ec2Error("RequestLimitExceeded", "", 503), "refused", "Throttled"],
  ["a missing permission is refused", ec2Error("UnauthorizedOperation", "", 403), "refused", "ActionDenied"],
  ["trouble of the server is unknown", ec2Error("InternalError", "", 500), "unknown", "AnswerLost"],
  ["a reset connection is unknown", { socketError: "ECONNRESET" }, "unknown", "AnswerLost"],
  ["a refused connection was never sent", { socketError: "ECONNREFUSED" }, "refused", "EndpointUnreachable"],
  [
    "a token used with other parameters is unknown: an earlier attempt arrived",
    ec2Error("IdempotentParameterMismatch"),
    "unknown",
    "EarlierAttempt",
  ],
  ["an answer that is no answer is unknown", { status: 200, body: "<html>" }, "unknown", "AnswerLost"],
  ["an answer without an instance is unknown", ec2Answer("RunInstances", "<instancesSet/>"), "unknown", "AnswerEmpty"],
];
for (const [sentence, answer, kind, reason] of failures) {
  test(`launch: ${sentence}`, async () => {
    const { aws, transport } = fakeAws(() => answer);
    const outcome = await aws.instances.launch(SCOPE, INTENT, NEVER_ABORTED);
    expect(outcome).toMatchObject({ kind, failure: { reason } });
    expect(transport.count("RunInstances")).toBe(1); // nothing is retried behind the caller's back
  });
}

test("a launch whose answer does not come ends at its deadline as unknown", async () => {
  const { aws, clock } = fakeAws(() => "never");
  const pending = aws.instances.launch(SCOPE, INTENT, NEVER_ABORTED);
  await clock.advance(30_000);
  expect(await pending).toMatchObject({ kind: "unknown", failure: { class: "UnknownOutcome" } });
});

test("request ids go to the evidence, never into the message", async () => {
  const { aws } = fakeAws(() =>
    ec2Error(
      "UnauthorizedOperation",
      "You are not authorized. Encoded authorization failure message: AbC123-xyz_9",
      403,
    ),
  );
  const outcome = await aws.instances.terminate(SCOPE, ID, NEVER_ABORTED);
  if (outcome.kind !== "refused") throw new Error(outcome.kind);
  expect(outcome.failure.message).toBe("TerminateInstances: UnauthorizedOperation: You are not authorized.");
  expect(outcome.failure.evidence).toMatchObject({
    requestID: "req-bad",
    code: "UnauthorizedOperation",
    httpStatus: "403",
  });
});

test("NotFound is missing when read and refused when terminated, never gone", async () => {
  const { aws } = fakeAws(() => ec2Error("InvalidInstanceID.NotFound"));
  expect(await aws.instances.confirm(SCOPE, ID, NEVER_ABORTED)).toEqual({ kind: "missing" });
  expect(await aws.instances.terminate(SCOPE, ID, NEVER_ABORTED)).toMatchObject({
    kind: "refused",
    failure: { class: "NotFound" },
  });
});

test("an empty answer to a read of one id is missing", async () => {
  const { aws } = fakeAws(() => ec2Answer("DescribeInstances", "<reservationSet/>"));
  expect(await aws.instances.confirm(SCOPE, ID, NEVER_ABORTED)).toEqual({ kind: "missing" });
});

test("a list by agent reads all pages, by owner and agent tag", async () => {
  const { aws, transport } = fakeAws(({ parameters }) =>
    parameters["NextToken"] === undefined
      ? ec2Answer("DescribeInstances", `${reservations(instanceXML({ id: ID }))}<nextToken>page-2</nextToken>`)
      : ec2Answer("DescribeInstances", reservations(instanceXML({ id: "i-0123456789abcdef1", state: "terminated" }))),
  );
  const listing = await aws.instances.findByAgent(SCOPE, "agent-uid", NEVER_ABORTED);
  expect(listing).toMatchObject({ kind: "complete", items: [{ instanceID: ID }, { state: "terminated" }] });
  expect(transport.seen[0]?.parameters).toMatchObject({
    "Filter.1.Name": "tag:cloudsync.dev/owner-id",
    "Filter.1.Value.1": "owner-1",
    "Filter.2.Name": "tag:cloudsync.dev/agent-uid",
    "Filter.2.Value.1": "agent-uid",
  });
});

test("a list that does not end is partial", async () => {
  const { aws } = fakeAws(() =>
    ec2Answer("DescribeInstances", `${reservations(instanceXML({ id: ID }))}<nextToken>more</nextToken>`),
  );
  expect(await aws.instances.findByAgent(SCOPE, "agent-uid", NEVER_ABORTED)).toMatchObject({ kind: "partial" });
});

test("protection is lifted for one instance before it is terminated", async () => {
  const { aws, transport } = fakeAws(({ operation }) => ec2Answer(operation, "<return>true</return>"));
  expect(await aws.instances.allowTermination(SCOPE, ID, NEVER_ABORTED)).toEqual({ kind: "done" });
  expect(await aws.instances.terminate(SCOPE, ID, NEVER_ABORTED)).toEqual({ kind: "done" });
  expect(transport.seen.map(({ parameters }) => parameters)).toMatchObject([
    { InstanceId: ID, "DisableApiTermination.Value": "false" },
    { "InstanceId.1": ID },
  ]);
});
