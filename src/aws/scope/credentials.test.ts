import { fakeAws, NEVER_ABORTED, SCOPE } from "../testing/fake-aws.ts";
import type { Answer, SeenRequest } from "../testing/fake-transport.ts";
import { ec2Answer, ec2Error } from "../testing/fake-transport.ts";
import type { InstanceId } from "../instances/port.ts";
import type { AwsScope } from "./port.ts";

const ID = "i-0123456789abcdef0" as InstanceId;
const ROLE = "arn:aws:iam::444455556666:role/fleet";
const SA_SCOPE: AwsScope = {
  ...SCOPE,
  base: {
    kind: "serviceAccount",
    namespace: "team-a",
    name: "fleet",
    roleARN: "arn:aws:iam::111122223333:role/team-a",
  },
};
const ASSUMED: AwsScope = {
  ...SA_SCOPE,
  accountID: "444455556666",
  assumeRole: { roleARN: ROLE, externalID: "owner-1/team-a" },
};

function stsSession(operation: string, keyID: string, expiration: string): Answer {
  const body = `<${operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${operation}Result><Credentials>
    <AccessKeyId>${keyID}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>${expiration}</Expiration>
    </Credentials></${operation}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${operation}Response>`;
  return { status: 200, body, headers: { "content-type": "text/xml" } };
}
function stsError(code: string): Answer {
  return {
    status: 403,
    body: `<ErrorResponse><Error><Code>${code}</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
    headers: { "content-type": "text/xml" },
  };
}
const signedWith = (request: SeenRequest | undefined): string =>
  /Credential=([^/]+)\//.exec(request?.headers["authorization"] ?? "")?.[1] ?? "unsigned";

test("a service account's token becomes a session, unsigned, once for many calls", async () => {
  const audiences: string[] = [];
  const { aws, transport } = fakeAws(
    ({ operation }) =>
      operation.startsWith("Assume")
        ? stsSession(operation, "ASIAWEB", "2099-01-01T00:00:00Z")
        : ec2Answer(operation, "<reservationSet/>"),
    {
      tokens: {
        token: (_, audience) => {
          audiences.push(audience);
          return Promise.resolve({ kind: "issued", token: "jwt-1", expiresAtMs: 0 });
        },
      },
    },
  );
  await Promise.all([1, 2, 3].map(() => aws.instances.confirm(SA_SCOPE, ID, NEVER_ABORTED)));
  const [first] = transport.seen;
  expect(first).toMatchObject({ operation: "AssumeRoleWithWebIdentity", host: "sts.ap-northeast-1.amazonaws.com" });
  expect(first?.parameters).toMatchObject({
    RoleArn: "arn:aws:iam::111122223333:role/team-a",
    WebIdentityToken: "jwt-1",
    RoleSessionName: "cloudsync-owner-1-team-a",
  });
  expect(signedWith(first)).toBe("unsigned");
  expect(transport.count("AssumeRoleWithWebIdentity")).toBe(1);
  expect(transport.seen.filter(({ operation }) => operation === "DescribeInstances").map(signedWith)).toEqual([
    "ASIAWEB",
    "ASIAWEB",
    "ASIAWEB",
  ]);
  expect(audiences).toEqual(["sts.amazonaws.com"]);
});

test("a role on top is assumed by the base session with the external id", async () => {
  const { aws, transport } = fakeAws(({ operation }) =>
    operation === "AssumeRoleWithWebIdentity"
      ? stsSession(operation, "ASIAWEB", "2099-01-01T00:00:00Z")
      : operation === "AssumeRole"
        ? stsSession(operation, "ASIATOP", "2099-01-01T00:00:00Z")
        : ec2Answer(operation, "<reservationSet/>"),
  );
  await aws.instances.confirm(ASSUMED, ID, NEVER_ABORTED);
  const assume = transport.seen.find(({ operation }) => operation === "AssumeRole");
  expect(assume?.parameters).toMatchObject({ RoleArn: ROLE, ExternalId: "owner-1/team-a" });
  expect(signedWith(assume)).toBe("ASIAWEB");
  expect(signedWith(transport.seen.at(-1))).toBe("ASIATOP");
});

test("a refused role is Denied, names the trust policy, sends nothing, and is not asked again at once", async () => {
  const { aws, clock, transport } = fakeAws(() => stsError("AccessDenied"));
  const launch = await aws.instances.terminate(SA_SCOPE, ID, NEVER_ABORTED);
  expect(launch).toMatchObject({
    kind: "refused",
    failure: { class: "Denied", reason: "AssumeRoleDenied", fix: expect.stringContaining("trust policy") as unknown },
  });
  await aws.instances.confirm(SA_SCOPE, ID, NEVER_ABORTED);
  expect(transport.seen.map(({ operation }) => operation)).toEqual(["AssumeRoleWithWebIdentity"]);
  await clock.advance(15_000);
  await aws.instances.confirm(SA_SCOPE, ID, NEVER_ABORTED);
  expect(transport.seen).toHaveLength(2);
});

test("a session is renewed five minutes before its end, and a failing renewal keeps it", async () => {
  let isBroken = false;
  const { aws, clock, transport } = fakeAws(({ operation }) =>
    operation === "AssumeRoleWithWebIdentity"
      ? isBroken
        ? stsError("IDPCommunicationError")
        : stsSession(operation, "ASIAWEB", new Date(Date.UTC(2026, 10, 22, 1)).toISOString())
      : ec2Answer(operation, "<reservationSet/>"),
  );
  await aws.instances.confirm(SA_SCOPE, ID, NEVER_ABORTED);
  await clock.advance(54 * 60_000);
  await aws.instances.confirm(SA_SCOPE, ID, NEVER_ABORTED);
  expect(transport.count("AssumeRoleWithWebIdentity")).toBe(1);
  isBroken = true;
  await clock.advance(2 * 60_000);
  expect(await aws.instances.confirm(SA_SCOPE, ID, NEVER_ABORTED)).toEqual({ kind: "missing" }); // still read with the held session
  expect(transport.count("AssumeRoleWithWebIdentity")).toBe(2);
  await clock.advance(5 * 60_000);
  expect(await aws.instances.confirm(SA_SCOPE, ID, NEVER_ABORTED)).toMatchObject({
    kind: "failed",
    failure: { reason: "IssuerUnreachable" },
  });
});

test("an operator without credentials says what to give it", async () => {
  const { aws, transport } = fakeAws(() => "never", { operatorCredentials: () => Promise.reject(new Error("none")) });
  expect(await aws.instances.terminate(SCOPE, ID, NEVER_ABORTED)).toMatchObject({
    kind: "refused",
    failure: { reason: "NoCredentials" },
  });
  expect(transport.seen).toHaveLength(0);
});

test("a token that does not come ends at its deadline as not sent", async () => {
  const { aws, clock } = fakeAws(() => "never", { tokens: { token: () => new Promise(() => {}) } });
  const pending = aws.instances.terminate(SA_SCOPE, ID, NEVER_ABORTED);
  await clock.advance(31_000);
  expect(await pending).toMatchObject({ kind: "refused", failure: { class: "Transient" } });
});

test("credentials that AWS no longer accepts are fetched anew for the next call", async () => {
  let sessionCount = 0;
  const { aws, transport } = fakeAws((request) => {
    if (request.operation.startsWith("Assume")) {
      sessionCount += 1;
      return stsSession(request.operation, `ASIA${sessionCount}`, "2099-01-01T00:00:00Z");
    }
    return signedWith(request) === "ASIA1"
      ? ec2Error("RequestExpired")
      : ec2Answer(request.operation, "<reservationSet/>");
  });
  expect(await aws.instances.confirm(SA_SCOPE, ID, NEVER_ABORTED)).toMatchObject({
    kind: "failed",
    failure: { class: "Transient" },
  });
  expect(await aws.instances.confirm(SA_SCOPE, ID, NEVER_ABORTED)).toEqual({ kind: "missing" });
  expect(transport.count("AssumeRoleWithWebIdentity")).toBe(2);
});
