/** What the roles of hosts may do, and what the service control policy takes from whom: asked of the world's evaluator. */
import { evaluate } from "../../../sim/src/iam/evaluate.ts";
import type { PolicyDocument } from "../../../sim/src/iam/document.ts";
import { compilePolicy } from "../../../sim/src/iam/policy.ts";
import { templatePolicy } from "./cloudformation-policy.ts";
import { BOOTSTRAP_STATEMENTS, RUNTIME_STATEMENTS } from "./host-statements.ts";
import { resolve } from "./resolve.testing.ts";
import { CONTROL_STATEMENTS } from "./service-control-statements.ts";
import { policyDocument } from "./statement.ts";

const REGION = "eu-west-1";
const ACCOUNT = "111122223333";
const SECRETS = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:cloudsync`;
const [JOIN, SETUP, LEAVE] = [`${SECRETS}/join-AbCdEf`, `${SECRETS}/setup-AbCdEf`, `${SECRETS}/leave-AbCdEf`];
const HOST = `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-1`;
const SETUP_FILE = "arn:aws:s3:::setups/provisioning/1/Setup.exe";
const OUTPUT = "arn:aws:s3:::output/hosts/HOST1/1.zip";
const VALUES = {
  "AWS::Partition": "aws",
  "AWS::Region": REGION,
  "AWS::AccountId": ACCOUNT,
  "AWS::URLSuffix": "amazonaws.com",
  BootstrapSecretArns: [JOIN, SETUP],
  LeaveSecretArns: [LEAVE],
  SecretsKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/1",
  InstallerBucketName: "setups",
  InstallerBucketOwner: "999900001111",
  InstallerKeyPrefix: "provisioning",
  "OutputBucket.Arn": "arn:aws:s3:::output",
};

type Keys = Readonly<Record<string, string | readonly string[]>>;
function verdict(document: PolicyDocument, action: string, resource: string, keys: Keys): string {
  const context = new Map(Object.entries(keys).map(([key, value]) => [key.toLowerCase(), [value].flat()]));
  return evaluate([compilePolicy(document)], { action, resource, context }).kind;
}
const hostPolicy = (statements: typeof BOOTSTRAP_STATEMENTS) =>
  resolve(templatePolicy(statements), VALUES) as PolicyDocument;

const HERE = { "aws:RequestedRegion": REGION };
const VIA = { "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com" };
const INSTALLERS = { "aws:ResourceAccount": "999900001111" };
const OWN = { "aws:ResourceAccount": ACCOUNT };
const YES = "allowed";
const NO = "implicitDeny";
const HOST_ROWS: readonly (readonly [
  action: string,
  resource: string,
  keys: Keys,
  bootstrap: string,
  runtime: string,
])[] = [
  ["secretsmanager:GetSecretValue", JOIN, {}, YES, NO],
  ["secretsmanager:GetSecretValue", SETUP, {}, YES, NO],
  ["secretsmanager:GetSecretValue", LEAVE, {}, NO, YES],
  ["secretsmanager:PutSecretValue", JOIN, {}, NO, NO],
  ["kms:Decrypt", VALUES.SecretsKeyArn, VIA, YES, YES],
  ["kms:Decrypt", VALUES.SecretsKeyArn, {}, NO, NO],
  ["s3:GetObjectVersion", SETUP_FILE, INSTALLERS, YES, NO],
  ["s3:GetObjectVersion", SETUP_FILE, OWN, NO, NO],
  ["s3:GetObject", SETUP_FILE, INSTALLERS, NO, NO],
  ["s3:GetObjectVersion", "arn:aws:s3:::setups/other/Setup.exe", INSTALLERS, NO, NO],
  ["s3:PutObject", OUTPUT, OWN, YES, YES],
  ["s3:PutObject", SETUP_FILE, OWN, NO, NO],
  ["s3:GetObject", OUTPUT, OWN, NO, NO],
  ["ssm:UpdateInstanceInformation", HOST, HERE, YES, YES],
  ["ssmmessages:OpenControlChannel", "*", HERE, YES, YES],
  ["ssmmessages:OpenControlChannel", "*", { "aws:RequestedRegion": "us-east-1" }, NO, NO],
  ["ssm:SendCommand", HOST, HERE, NO, NO],
  ["ssm:GetParameter", `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/x`, HERE, NO, NO],
  ["ec2:CreateTags", HOST, HERE, NO, NO],
  ["iam:PassRole", `arn:aws:iam::${ACCOUNT}:role/x`, {}, NO, NO],
];
const withoutSessions = (statements: typeof BOOTSTRAP_STATEMENTS) =>
  resolve(templatePolicy(statements, { AnswerSessions: "AllowsSessions" }), VALUES, { AllowsSessions: false });

test.each(HOST_ROWS)("%s on %s under %j: bootstrap %s, runtime %s", (action, resource, keys, bootstrap, runtime) => {
  expect(verdict(hostPolicy(BOOTSTRAP_STATEMENTS), action, resource, keys)).toBe(bootstrap);
  expect(verdict(hostPolicy(RUNTIME_STATEMENTS), action, resource, keys)).toBe(runtime);
});

test("sessions are answered only where the template's AllowSessions says so", () => {
  for (const statements of [BOOTSTRAP_STATEMENTS, RUNTIME_STATEMENTS]) {
    const open = (document: unknown) => verdict(document as PolicyDocument, "ssmmessages:OpenDataChannel", "*", HERE);
    expect([open(hostPolicy(statements)), open(withoutSessions(statements))]).toEqual([YES, NO]);
  }
});

const role = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const CONTROL_VALUES: Readonly<Record<string, string>> = {
  OperatorRoleArn: role("operator"),
  AdministratorRoleArn: role("people"),
  DeploymentRoleArn: role("deployment"),
  BootstrapRoleName: "bootstrap",
  RuntimeRoleName: "runtime",
};
/** As `sed` fills it in; everything else is allowed, so that only the denials show. */
const CONTROL = JSON.parse(
  JSON.stringify(policyDocument(CONTROL_STATEMENTS)).replace(
    /\$\{(\w+)\}/g,
    (_, name: string) => CONTROL_VALUES[name] ?? "",
  ),
) as PolicyDocument;
const EVERYTHING = compilePolicy({ Version: "2012-10-17", Statement: { Effect: "Allow", Action: "*", Resource: "*" } });
function isLeft(principal: string, action: string, resource: string, keys: Keys): boolean {
  const all = { ...keys, "aws:PrincipalArn": role(principal) };
  const context = new Map(Object.entries(all).map(([key, value]) => [key.toLowerCase(), [value].flat()]));
  return evaluate([EVERYTHING, compilePolicy(CONTROL)], { action, resource, context }).kind === "allowed";
}

const OWNED = { "aws:ResourceTag/cloudsync.dev/owner-id": "corp" };
const DISK = `arn:aws:ec2:${REGION}:${ACCOUNT}:volume/vol-1`;
const DOCUMENT = `arn:aws:ssm:${REGION}:${ACCOUNT}:document/CloudSync-Join-01234567`;
const TAGS = { "aws:TagKeys": ["Name", "cloudsync.dev/owner-id"] };
const WHO = ["stranger", "operator", "people", "deployment", "bootstrap", "runtime"] as const;
const CONTROL_ROWS: readonly (readonly [action: string, resource: string, keys: Keys, whoMay: readonly string[]])[] = [
  ["ssm:SendCommand", HOST, OWNED, ["operator", "people"]],
  ["ssm:StartSession", HOST, OWNED, ["operator", "people"]],
  ["ssm:SendCommand", HOST, {}, WHO],
  ["ec2:TerminateInstances", HOST, OWNED, ["operator", "people"]],
  ["ec2:ModifyInstanceAttribute", HOST, OWNED, ["operator", "people"]],
  ["ec2:ReplaceIamInstanceProfileAssociation", HOST, OWNED, ["operator", "people"]],
  ["ec2:TerminateInstances", HOST, {}, WHO],
  ["ec2:CreateSnapshot", DISK, OWNED, ["people"]],
  ["ec2:CreateTags", HOST, TAGS, ["operator"]],
  ["ec2:CreateTags", HOST, { "aws:TagKeys": ["Name"] }, WHO],
  ["ec2:DeleteTags", HOST, OWNED, ["people"]],
  ["iam:PassRole", role("bootstrap"), {}, ["operator"]],
  ["iam:PassRole", role("other"), {}, WHO],
  ["ssm:CreateDocument", DOCUMENT, {}, ["deployment"]],
  ["ssm:UpdateDocument", DOCUMENT, {}, ["deployment"]],
  ["iam:PutRolePolicy", role("runtime"), {}, ["deployment"]],
  ["iam:UpdateAssumeRolePolicy", role("operator"), {}, ["deployment"]],
  ["secretsmanager:GetSecretValue", JOIN, {}, ["people", "bootstrap", "runtime"]],
];
test.each(CONTROL_ROWS)(
  "the service control policy leaves %s on %s under %j to %j",
  (action, resource, keys, whoMay) => {
    expect(WHO.filter((principal) => isLeft(principal, action, resource, keys))).toEqual(
      WHO.filter((one) => whoMay.includes(one)),
    );
  },
);
