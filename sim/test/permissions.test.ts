/** aws.md 12.3 item 8: access denied by action and by missing request tag; sessions of STS. */
import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeInstancesCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { SendCommandCommand, SSMClient } from "@aws-sdk/client-ssm";
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";

import { WINDOWS_GUESTS } from "../src/hosts/guests.ts";
import { ADMIN_KEY, DEFAULT_IAM, DEFAULT_LAYOUT, OPERATOR_KEY } from "../src/layout/default.ts";
import { OWNER_ID } from "../src/layout/identities.ts";
import { launchInput, tagged } from "./front.ts";
import type { VirtualWorld } from "./in-process.ts";
import { transport, virtualWorld } from "./in-process.ts";
import { codeOf } from "./refusal.ts";

const NOTHING_BUT_READS = "AKIAONLYREADS0000000";
const NO_TERMINATE = "AKIADENIEDTERMINATE0";
const policy = (statement: object) => ({ Version: "2012-10-17", Statement: [statement] });
const iam = {
  ...DEFAULT_IAM,
  accessKeys: [
    ...DEFAULT_IAM.accessKeys,
    {
      accessKeyID: NOTHING_BUT_READS,
      principalARN: "arn:aws:iam::111122223333:user/reader",
      policies: [policy({ Effect: "Allow", Action: "ec2:Describe*", Resource: "*" })],
    },
    {
      accessKeyID: NO_TERMINATE,
      principalARN: "arn:aws:iam::111122223333:user/careful",
      policies: [
        policy({ Effect: "Allow", Action: "*", Resource: "*" }),
        policy({ Effect: "Deny", Action: "ec2:TerminateInstances", Resource: "*" }),
      ],
    },
  ],
};
let virtual: VirtualWorld;
beforeEach(
  () =>
    void (virtual = virtualWorld({
      layout: { ...DEFAULT_LAYOUT, iam },
      delays: { preset: "zero" },
      guests: WINDOWS_GUESTS,
    })),
);

async function launch(token: string, key: string, tags: readonly { Key: string; Value: string }[]): Promise<string> {
  const TagSpecifications = tags.length === 0 ? undefined : tagged(tags);
  const { Instances = [] } = await virtual
    .ec2(key)
    .send(new RunInstancesCommand(launchInput(token, { TagSpecifications })));
  virtual.clock.advance(1);
  return Instances[0]?.InstanceId ?? "";
}
const OWNED = [
  { Key: "cloudsync.dev/owner-id", Value: OWNER_ID },
  { Key: "cloudsync.dev/pool", Value: "tokyo" },
];
const tryAs = async (key: string, id: string) => ({
  terminate: await codeOf(virtual.ec2(key).send(new TerminateInstancesCommand({ InstanceIds: [id] }))),
  describe: await codeOf(virtual.ec2(key).send(new DescribeInstancesCommand({}))),
});

test("an action that no statement allows is UnauthorizedOperation", async () => {
  const id = await launch("a", ADMIN_KEY, OWNED);
  expect(await tryAs(NOTHING_BUT_READS, id)).toEqual({ terminate: "UnauthorizedOperation", describe: "ok" });
  expect(virtual.world.ec2.fleet.state(id)).toBe("running");
});

test("an explicit deny wins over an allow", async () => {
  const id = await launch("a", ADMIN_KEY, OWNED);
  expect(await tryAs(NO_TERMINATE, id)).toEqual({ terminate: "UnauthorizedOperation", describe: "ok" });
});

test("a launch without the required request tag is UnauthorizedOperation and launches nothing", async () => {
  expect(await codeOf(launch("a", OPERATOR_KEY, []))).toBe("UnauthorizedOperation");
  expect(await codeOf(launch("a", OPERATOR_KEY, OWNED.slice(1)))).toBe("UnauthorizedOperation");
  expect(virtual.world.ec2.fleet.instances().length).toBe(0);
  expect(await codeOf(launch("a", OPERATOR_KEY, OWNED))).toBe("ok");
});

test("a dry run shows the refusal too, and the permission", async () => {
  const dry = (TagSpecifications: unknown) =>
    codeOf(
      virtual
        .ec2(OPERATOR_KEY)
        .send(
          new RunInstancesCommand(
            launchInput("a", { DryRun: true, ...(TagSpecifications === undefined && { TagSpecifications }) }),
          ),
        ),
    );
  expect([await dry(undefined), await dry("as it is")]).toEqual(["UnauthorizedOperation", "DryRunOperation"]);
});

test("changes need the resource tag: instances without it are out of reach", async () => {
  const foreign = await launch("a", ADMIN_KEY, [{ Key: "Name", Value: "somebody else's" }]);
  const own = await launch("b", OPERATOR_KEY, OWNED);
  const as = virtual.ec2(OPERATOR_KEY);
  expect(await codeOf(as.send(new TerminateInstancesCommand({ InstanceIds: [foreign] })))).toBe(
    "UnauthorizedOperation",
  );
  expect(await codeOf(as.send(new TerminateInstancesCommand({ InstanceIds: [own, foreign] })))).toBe(
    "UnauthorizedOperation",
  );
  expect(await codeOf(as.send(new CreateTagsCommand({ Resources: [foreign], Tags: OWNED })))).toBe(
    "UnauthorizedOperation",
  );
  expect(await codeOf(as.send(new DeleteTagsCommand({ Resources: [foreign] })))).toBe("UnauthorizedOperation");
  expect(await codeOf(as.send(new TerminateInstancesCommand({ InstanceIds: [own] })))).toBe("ok");
  expect(virtual.world.ec2.fleet.state(foreign)).toBe("running");
});

test("SendCommand to an instance without the resource tag is AccessDeniedException", async () => {
  const foreign = await launch("a", ADMIN_KEY, [{ Key: "Name", Value: "somebody else's" }]);
  const credentials = { accessKeyId: OPERATOR_KEY, secretAccessKey: "any" };
  const ssm = new SSMClient({
    region: "ap-northeast-1",
    endpoint: "http://world.invalid",
    requestHandler: transport(virtual.world),
    credentials,
    maxAttempts: 1,
  });
  const send = new SendCommandCommand({
    DocumentName: "AWS-RunPowerShellScript",
    InstanceIds: [foreign],
    Parameters: { commands: ["x"] },
  });
  expect(await codeOf(ssm.send(send))).toBe("AccessDeniedException");
});

test("permission can be taken away for a while by a fault rule", async () => {
  virtual.world.faults.add({ action: "RunInstances", times: 1, effect: { kind: "accessDenied" } });
  expect(await codeOf(launch("a", OPERATOR_KEY, OWNED))).toBe("UnauthorizedOperation");
  expect(await codeOf(launch("a", OPERATOR_KEY, OWNED))).toBe("ok");
});

test("an unknown key is refused as each service words it", async () => {
  expect(await codeOf(virtual.ec2("AKIANOBODY0000000000").send(new DescribeInstancesCommand({})))).toBe("AuthFailure");
  expect(await codeOf(virtual.sts("AKIANOBODY0000000000").send(new GetCallerIdentityCommand({})))).toBe(
    "InvalidClientTokenId",
  );
});

const FLEET_ROLE = "arn:aws:iam::444455556666:role/cloudsync-fleet";
const assume = (changes: Record<string, unknown> = {}) =>
  virtual.sts(OPERATOR_KEY).send(
    new AssumeRoleCommand({
      RoleArn: FLEET_ROLE,
      RoleSessionName: "identity",
      ExternalId: `${OWNER_ID}/identity`,
      ...changes,
    }),
  );

test("AssumeRole checks the external id against the role's trust", async () => {
  expect(await codeOf(assume())).toBe("ok");
  expect(await codeOf(assume({ ExternalId: `${OWNER_ID}/team-sales` }))).toBe("AccessDenied");
  expect(await codeOf(assume({ ExternalId: undefined }))).toBe("AccessDenied");
  expect(await codeOf(assume({ RoleArn: "arn:aws:iam::444455556666:role/nobody" }))).toBe("AccessDenied");
  expect(await codeOf(assume({ DurationSeconds: 60 }))).toBe("ValidationError");
});

test("a session acts in the role's account with the role's permissions until it expires", async () => {
  const { Credentials } = await assume({ DurationSeconds: 900 });
  const { AccessKeyId = "", SessionToken = "" } = Credentials ?? {};
  const identity = await virtual.sts(AccessKeyId, SessionToken).send(new GetCallerIdentityCommand({}));
  expect(identity).toMatchObject({
    Account: "444455556666",
    Arn: "arn:aws:sts::444455556666:assumed-role/cloudsync-fleet/identity",
  });
  const read = (token: string) => codeOf(virtual.ec2(AccessKeyId, token).send(new DescribeInstancesCommand({})));
  expect(await read("another token")).toBe("AuthFailure");
  virtual.clock.advance(899_999);
  expect(await read(SessionToken)).toBe("ok");
  virtual.clock.advance(1);
  expect(await read(SessionToken)).toBe("RequestExpired");
});

test("accounts do not see each other's instances", async () => {
  const id = await launch("a", OPERATOR_KEY, OWNED);
  const { Credentials } = await assume();
  const other = virtual.ec2(Credentials?.AccessKeyId, Credentials?.SessionToken);
  expect((await other.send(new DescribeInstancesCommand({}))).Reservations).toEqual([]);
  expect(await codeOf(other.send(new TerminateInstancesCommand({ InstanceIds: [id] })))).toBe(
    "InvalidInstanceID.NotFound",
  );
});

/** A token as a cluster issues it; the world reads its payload only. */
function webIdentityToken(claims: Record<string, unknown>): string {
  return ["{}", JSON.stringify(claims), "signature"].map((part) => Buffer.from(part).toString("base64url")).join(".");
}
const withToken = (token: string) =>
  virtual.sts().send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: "arn:aws:iam::111122223333:role/aws-fleet",
      RoleSessionName: "pod",
      WebIdentityToken: token,
    }),
  );

test("AssumeRoleWithWebIdentity checks subject, audience and expiry of the token", async () => {
  const claims = {
    sub: "system:serviceaccount:identity:aws-fleet",
    aud: ["sts.amazonaws.com"],
    iss: "https://cluster",
  };
  const { Credentials } = await withToken(webIdentityToken(claims));
  expect(
    await codeOf(
      virtual.ec2(Credentials?.AccessKeyId, Credentials?.SessionToken).send(new DescribeInstancesCommand({})),
    ),
  ).toBe("ok");
  expect(await codeOf(withToken(webIdentityToken({ ...claims, sub: "system:serviceaccount:identity:other" })))).toBe(
    "AccessDenied",
  );
  expect(await codeOf(withToken(webIdentityToken({ ...claims, aud: ["other"] })))).toBe("AccessDenied");
  expect(await codeOf(withToken(webIdentityToken({ ...claims, exp: virtual.clock.nowMs() / 1_000 })))).toBe(
    "ExpiredTokenException",
  );
  expect(await codeOf(withToken("nonsense"))).toBe("InvalidIdentityTokenException");
});
