/** The template holds the release's documents and the very policies of the JSON files, and everything fits AWS's quotas. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ACCOUNT_ID, OWNER_ID, shippedFor } from "../../../sim/src/layout/identities.ts";
import { hostDocuments } from "../../../src/host/documents.ts";
import { awsFiles } from "./files.ts";
import { resolve, type Values } from "./resolve.testing.ts";
import { TEMPLATE_BYTES_MAX } from "./template.ts";

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}
const text = (name: string): string => readFileSync(join(import.meta.dirname, "../../../deploy/aws", name), "utf8");
const TEMPLATE = JSON.parse(text("cloudsync-operator.template.json")) as {
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;
  readonly Resources: Readonly<Record<string, Resource>>;
};
const properties = (name: string): Readonly<Record<string, unknown>> => TEMPLATE.Resources[name]?.Properties ?? {};

const VALUES: Values = {
  "AWS::Partition": "aws",
  "AWS::Region": "ap-northeast-1",
  "AWS::AccountId": ACCOUNT_ID,
  "AWS::URLSuffix": "amazonaws.com",
  OwnerId: OWNER_ID,
  VpcIds: ["vpc-0cloudsync"],
  ImageOwners: ["amazon"],
  BootstrapRoleName: "cloudsync-agent",
  RuntimeRoleName: "cloudsync-runtime",
  PoolRoleArns: [ACCOUNT_ID, "444455556666"].map((account) => `arn:aws:iam::${account}:role/cloudsync-fleet`),
  BootstrapSecretArns: ["arn:join", "arn:setup"],
  LeaveSecretArns: ["arn:leave"],
  SecretsKeyArn: "arn:key",
  InstallerBucketName: "setups",
  InstallerBucketOwner: ACCOUNT_ID,
  InstallerKeyPrefix: "provisioning",
  "OutputBucket.Arn": "arn:aws:s3:::output",
};
const ALL = {
  AllowsSessions: true,
  HasSecretsKey: true,
  HasLeaveSecrets: true,
  HasLeaveSecretsUnderKey: true,
  HasPoolRoles: true,
};

/** A value that stands alone is a list of one. */
const listed = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, part: unknown) => isValue(key, part));
function isValue(key: string, part: unknown): unknown {
  return typeof part === "string" && /^(aws|ec2|iam|ssm|sts|kms):/.test(key) ? [part] : part;
}

test("a stack's operator policy is the one that the world evaluates", () => {
  const inStack = resolve(properties("OperatorPolicy")["PolicyDocument"], VALUES, ALL);
  expect(listed(inStack)).toEqual(listed(shippedFor(ACCOUNT_ID, OWNER_ID)));
});

test("several networks are several values of one condition", () => {
  const inStack = JSON.stringify(
    resolve(properties("OperatorPolicy")["PolicyDocument"], { ...VALUES, VpcIds: ["vpc-1", "vpc-2"] }, ALL),
  );
  expect(inStack).toContain('"ec2:Vpc":["arn:*:ec2:*:*:vpc/vpc-1","arn:*:ec2:*:*:vpc/vpc-2"]');
});

test("without pool roles nothing can be assumed", () => {
  const inStack = resolve(properties("OperatorPolicy")["PolicyDocument"], VALUES, { ...ALL, HasPoolRoles: false });
  expect(JSON.stringify(inStack)).not.toContain("sts:AssumeRole");
});

test("the documents are those of the release, word for word, each under the name that carries its hash", () => {
  const documents = Object.values(TEMPLATE.Resources).filter(({ Type }) => Type === "AWS::SSM::Document");
  const shared = TEMPLATE.Mappings?.["HostScripts"]?.["Prelude"]?.["Text"] ?? "";
  const contentOf = (value: unknown): unknown => resolve(value, { "HostScripts.Prelude.Text": shared });
  expect(documents.map(({ Properties }) => [Properties["Name"], contentOf(Properties["Content"])])).toEqual(
    hostDocuments().map(({ ref, content }) => [ref.name, content]),
  );
  for (const { ref } of hostDocuments()) expect(ref.name).toMatch(/^CloudSync-.*-.{8}$/);
});

/** Whitespace does not count (IAM and AWS STS quotas; Organizations quotas count it, so that is more than enough). */
const size = (value: unknown): number => JSON.stringify(value).replaceAll(/\s/g, "").length;
const role = (name: string): unknown => properties(name)["Policies"];

test("everything fits the quotas of IAM, Organizations and CloudFormation", () => {
  expect(size(resolve(properties("OperatorPolicy")["PolicyDocument"], VALUES, ALL))).toBeLessThan(6_144);
  for (const name of ["BootstrapRole", "RuntimeRole"]) {
    expect(size(resolve(role(name), VALUES, ALL))).toBeLessThan(10_240);
  }
  expect(size(JSON.parse(text("service-control-policy.json")))).toBeLessThan(5_120);
  expect(Buffer.byteLength(text("cloudsync-operator.template.json"))).toBeLessThan(TEMPLATE_BYTES_MAX);
});

/** Rows of the tables of actions: the first cell is the action, the second the statement. */
function rows(): readonly string[] {
  return [...text("README.md").matchAll(/^\| `(\w+:\w+)` \| (\w+)/gm)].map(([, action, sid]) => `${action} ${sid}`);
}

test("the page has a row for every action of every policy, and no row without action", () => {
  const policies = awsFiles().filter(({ path }) => path.endsWith("-policy.json"));
  const actions = policies.flatMap(({ text: policy }) => {
    const { Statement } = JSON.parse(policy) as { Statement: readonly { Sid: string; Action: readonly string[] }[] };
    return Statement.flatMap(({ Sid, Action }) => Action.map((action) => `${action} ${Sid}`));
  });
  expect([...rows()].sort()).toEqual([...actions].sort());
});

test("no statement that allows names an action by wildcard, or everything without a condition", () => {
  for (const { text: policy } of awsFiles().filter(({ path }) => /(operator|host)-policy\.json$/.test(path))) {
    const { Statement } = JSON.parse(policy) as {
      Statement: readonly {
        Sid: string;
        Effect: string;
        Action: readonly string[];
        Resource: readonly string[];
        Condition?: object;
      }[];
    };
    for (const { Sid, Effect, Action, Resource, Condition } of Statement) {
      if (Effect !== "Allow") continue;
      expect([Sid, Action.filter((action) => action.includes("*"))]).toEqual([Sid, []]);
      if (Resource.includes("*")) expect([Sid, Condition]).not.toEqual([Sid, undefined]);
    }
  }
});
