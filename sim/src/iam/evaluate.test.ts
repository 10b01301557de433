/**
 * The evaluator against the vendor's documentation: each row is a policy, a request and the verdict that the named page gives for it.
 * None of it is taken from a policy of this product.
 */
import type { PolicyDocument } from "./document.ts";
import { evaluate } from "./evaluate.ts";
import { compilePolicy } from "./policy.ts";

type Row = readonly [sentence: string, statements: readonly object[], request: Request, verdict: string];
interface Request {
  readonly action: string;
  readonly resource?: string;
  readonly keys?: Readonly<Record<string, string | readonly string[]>>;
}

const policyOf = (statements: readonly object[]): PolicyDocument => ({ Version: "2012-10-17", Statement: statements });
const allow = (Action: unknown, rest: object = {}): object => ({ Effect: "Allow", Action, Resource: "*", ...rest });
const deny = (Action: unknown, rest: object = {}): object => ({ Effect: "Deny", Action, Resource: "*", ...rest });
const when = (operator: string, key: string, value: unknown): object => ({
  Condition: { [operator]: { [key]: value } },
});

const STOP = { action: "ec2:StopInstances", resource: "arn:aws:ec2:us-east-1:111122223333:instance/i-1" };
const GET = { action: "s3:GetObject", resource: "arn:aws:s3:::amzn-s3-demo-bucket/test/one/object" };
const with_ = (keys: NonNullable<Request["keys"]>): Request => ({ ...STOP, keys });

/** IAM User Guide, "Policy evaluation logic": default deny, explicit allow overrides it, explicit deny overrides all. */
const LOGIC: readonly Row[] = [
  ["nothing is allowed by default", [allow("s3:*")], STOP, "implicitDeny"],
  ["an allow overrides the default", [allow("ec2:StopInstances")], STOP, "allowed"],
  ["an explicit deny overrides any allow", [allow("*"), deny("ec2:StopInstances")], STOP, "explicitDeny"],
  ["order does not matter", [deny("ec2:StopInstances"), allow("*")], STOP, "explicitDeny"],
  ["a deny for another action does not apply", [allow("*"), deny("ec2:StartInstances")], STOP, "allowed"],
  [
    "a deny whose condition does not hold does not apply",
    [allow("*"), deny("*", when("Bool", "aws:x", "true"))],
    STOP,
    "allowed",
  ],
  ["a deny alone leaves a request that it misses implicitly denied", [deny("s3:*")], STOP, "implicitDeny"],
];

/** "IAM JSON policy elements: Action", "NotAction". */
const ACTIONS: readonly Row[] = [
  ["names of actions are compared without case", [allow("EC2:stopinstances")], STOP, "allowed"],
  ["a wildcard may stand anywhere in the name", [allow("ec2:*Instances")], STOP, "allowed"],
  ["a question mark is one character", [allow("ec2:St?pInstances")], STOP, "allowed"],
  ["a question mark is not none", [allow("ec2:StopInstances?")], STOP, "implicitDeny"],
  ["a list of actions is alternatives", [allow(["s3:GetObject", "ec2:StopInstances"])], STOP, "allowed"],
  ["a prefix without wildcard is another action", [allow("ec2:Stop")], STOP, "implicitDeny"],
  ["NotAction allows everything else", [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }], STOP, "allowed"],
  [
    "NotAction leaves what it names out",
    [{ Effect: "Allow", NotAction: "ec2:*", Resource: "*" }],
    STOP,
    "implicitDeny",
  ],
  [
    "NotAction with Deny denies everything else",
    [allow("*"), { Effect: "Deny", NotAction: "iam:*", Resource: "*" }],
    STOP,
    "explicitDeny",
  ],
];

const on = (Resource: unknown): object => allow("*", { Resource });
/** "IAM JSON policy elements: Resource", "NotResource". */
const RESOURCES: readonly Row[] = [
  ["a resource by its ARN", [on(STOP.resource)], STOP, "allowed"],
  ["another resource", [on("arn:aws:ec2:us-east-1:111122223333:instance/i-2")], STOP, "implicitDeny"],
  ["resources are compared with case", [on("arn:aws:ec2:us-east-1:111122223333:instance/I-1")], STOP, "implicitDeny"],
  ["all of a type", [on("arn:aws:ec2:us-east-1:111122223333:instance/*")], STOP, "allowed"],
  ["any Region and account", [on("arn:aws:ec2:*:*:instance/*")], STOP, "allowed"],
  ["another Region", [on("arn:aws:ec2:eu-west-1:*:instance/*")], STOP, "implicitDeny"],
  ["another type", [on("arn:aws:ec2:us-east-1:111122223333:volume/*")], STOP, "implicitDeny"],
  ["a wildcard inside a segment goes over slashes", [on("arn:aws:s3:::amzn-s3-demo-bucket/*/object")], GET, "allowed"],
  ["a wildcard at the end of a segment goes on over colons", [on("arn:aws:s3*")], GET, "allowed"],
  ["a wildcard inside a segment stays in it", [on("arn:aw*1:instance/i-1")], STOP, "implicitDeny"],
  [
    "an action without resources is only allowed by *",
    [on("arn:aws:ec2:*:*:*")],
    { action: "ec2:DescribeInstances" },
    "implicitDeny",
  ],
  ["a list of resources is alternatives", [on(["arn:aws:s3:::x", STOP.resource])], STOP, "allowed"],
  [
    "NotResource covers every other resource",
    [{ Effect: "Allow", Action: "*", NotResource: "arn:aws:s3:::*" }],
    STOP,
    "allowed",
  ],
  [
    "NotResource leaves what it names out",
    [{ Effect: "Allow", Action: "*", NotResource: "arn:aws:s3:::*" }],
    GET,
    "implicitDeny",
  ],
];

const given = (operator: string, value: unknown, key = "aws:ResourceTag/team"): readonly object[] => [
  allow("*", when(operator, key, value)),
];
const TEAM = with_({ "aws:ResourceTag/team": "blue" });
/** "IAM JSON policy elements: Condition operators": strings, numbers, booleans, ARNs, IfExists, Null. */
const OPERATORS: readonly Row[] = [
  ["StringEquals", given("StringEquals", "blue"), TEAM, "allowed"],
  ["StringEquals is with case", given("StringEquals", "Blue"), TEAM, "implicitDeny"],
  ["StringEquals knows no wildcards", given("StringEquals", "bl*"), TEAM, "implicitDeny"],
  ["values of a key are alternatives", given("StringEquals", ["red", "blue"]), TEAM, "allowed"],
  ["keys are compared without case", given("StringEquals", "blue", "AWS:resourcetag/TEAM"), TEAM, "allowed"],
  ["StringEquals without the key does not hold", given("StringEquals", "blue"), STOP, "implicitDeny"],
  ["StringEqualsIgnoreCase", given("StringEqualsIgnoreCase", "BLUE"), TEAM, "allowed"],
  ["StringNotEquals", given("StringNotEquals", "red"), TEAM, "allowed"],
  [
    "StringNotEquals with several values: none may match",
    given("StringNotEquals", ["red", "blue"]),
    TEAM,
    "implicitDeny",
  ],
  ["a negated operator holds without the key", given("StringNotEquals", "blue"), STOP, "allowed"],
  ["StringNotEqualsIgnoreCase", given("StringNotEqualsIgnoreCase", "BLUE"), TEAM, "implicitDeny"],
  ["StringLike: * is any text", given("StringLike", "b*"), TEAM, "allowed"],
  ["StringLike: ? is one character", given("StringLike", "b?ue"), TEAM, "allowed"],
  [
    "StringLike ?* needs at least one character",
    given("StringLike", "?*"),
    with_({ "aws:ResourceTag/team": "" }),
    "implicitDeny",
  ],
  ["StringNotLike", given("StringNotLike", "b*"), TEAM, "implicitDeny"],
  ["IfExists holds without the key", given("StringEqualsIfExists", "blue"), STOP, "allowed"],
  ["IfExists judges a key that is there", given("StringEqualsIfExists", "red"), TEAM, "implicitDeny"],
  ["Bool", given("Bool", "true"), with_({ "aws:ResourceTag/team": "true" }), "allowed"],
  ["Bool without the key does not hold", given("Bool", "false"), STOP, "implicitDeny"],
  ["BoolIfExists without the key holds", given("BoolIfExists", "false"), STOP, "allowed"],
  ["a boolean may stand unquoted", given("Bool", true), with_({ "aws:ResourceTag/team": "true" }), "allowed"],
  ["Null true: the key must not be there", given("Null", "true"), STOP, "allowed"],
  ["Null true with the key", given("Null", "true"), TEAM, "implicitDeny"],
  ["Null false: the key must be there", given("Null", "false"), TEAM, "allowed"],
  ["Null false without the key", given("Null", "false"), STOP, "implicitDeny"],
  ["NumericLessThanEquals", given("NumericLessThanEquals", 10), with_({ "aws:ResourceTag/team": "9" }), "allowed"],
  [
    "numbers are compared as numbers",
    given("NumericGreaterThan", "9"),
    with_({ "aws:ResourceTag/team": "10" }),
    "allowed",
  ],
  ["NumericNotEquals", given("NumericNotEquals", "10"), with_({ "aws:ResourceTag/team": "10" }), "implicitDeny"],
  ["a number that is none does not hold", given("NumericEquals", "1"), TEAM, "implicitDeny"],
];

const VPC = with_({ "ec2:Vpc": "arn:aws:ec2:us-east-1:111122223333:vpc/vpc-1" });
/** "ARN condition operators": ArnEquals and ArnLike behave identically; each of the six parts is compared for itself. */
const ARNS: readonly Row[] = [
  ["ArnEquals takes wildcards", given("ArnEquals", "arn:*:ec2:*:*:vpc/vpc-1", "ec2:Vpc"), VPC, "allowed"],
  ["ArnLike", given("ArnLike", "arn:aws:ec2:us-east-1:111122223333:vpc/*", "ec2:Vpc"), VPC, "allowed"],
  ["ArnLike of another VPC", given("ArnLike", "arn:aws:ec2:*:*:vpc/vpc-2", "ec2:Vpc"), VPC, "implicitDeny"],
  [
    "a wildcard does not go over the parts of an ARN",
    given("ArnLike", "arn:aws:ec2:*:vpc/vpc-1", "ec2:Vpc"),
    VPC,
    "implicitDeny",
  ],
  ["ArnNotLike", given("ArnNotLike", "arn:aws:ec2:*:*:vpc/vpc-2", "ec2:Vpc"), VPC, "allowed"],
  [
    "ArnNotEquals without the key holds",
    given("ArnNotEquals", "arn:aws:ec2:*:*:vpc/vpc-2", "ec2:Vpc"),
    STOP,
    "allowed",
  ],
];

const keysAre = (...values: string[]): Request => with_({ "aws:TagKeys": values });
/** "Multivalued context keys": ForAllValues and ForAnyValue. */
const SETS: readonly Row[] = [
  [
    "ForAllValues: every value of the request is in the policy",
    given("ForAllValues:StringEquals", ["a", "b"], "aws:TagKeys"),
    keysAre("a"),
    "allowed",
  ],
  [
    "ForAllValues: one value is not",
    given("ForAllValues:StringEquals", ["a", "b"], "aws:TagKeys"),
    keysAre("a", "c"),
    "implicitDeny",
  ],
  [
    "ForAllValues holds for a request without the key",
    given("ForAllValues:StringEquals", "a", "aws:TagKeys"),
    STOP,
    "allowed",
  ],
  [
    "ForAnyValue: one value of the request is in the policy",
    given("ForAnyValue:StringEquals", ["a", "b"], "aws:TagKeys"),
    keysAre("c", "b"),
    "allowed",
  ],
  ["ForAnyValue: none is", given("ForAnyValue:StringEquals", "a", "aws:TagKeys"), keysAre("c"), "implicitDeny"],
  [
    "ForAnyValue does not hold without the key",
    given("ForAnyValue:StringEquals", "a", "aws:TagKeys"),
    STOP,
    "implicitDeny",
  ],
  [
    "ForAnyValue with StringLike",
    given("ForAnyValue:StringLike", "te*", "aws:TagKeys"),
    keysAre("x", "team"),
    "allowed",
  ],
  [
    "ForAllValues with a negation: none may match",
    given("ForAllValues:StringNotEquals", "a", "aws:TagKeys"),
    keysAre("b", "a"),
    "implicitDeny",
  ],
  [
    "ForAnyValue with a negation: one that does not match is enough",
    given("ForAnyValue:StringNotEquals", "a", "aws:TagKeys"),
    keysAre("b", "a"),
    "allowed",
  ],
];

const BOTH = {
  Condition: { StringEquals: { "aws:RequestTag/environment": ["preprod", "prod"], "aws:ResourceTag/team": "blue" } },
};
/** "Evaluation logic for multiple context keys or values": keys and operators are all of them, values any of them. */
const BLOCKS: readonly Row[] = [
  [
    "all keys have to hold",
    [allow("*", BOTH)],
    with_({ "aws:RequestTag/environment": "prod", "aws:ResourceTag/team": "blue" }),
    "allowed",
  ],
  [
    "one key does not hold",
    [allow("*", BOTH)],
    with_({ "aws:RequestTag/environment": "test", "aws:ResourceTag/team": "blue" }),
    "implicitDeny",
  ],
  ["one key is absent", [allow("*", BOTH)], TEAM, "implicitDeny"],
  [
    "statements are alternatives",
    [allow("*", BOTH), allow("*", when("StringEquals", "aws:ResourceTag/team", "blue"))],
    TEAM,
    "allowed",
  ],
  [
    "the User Guide's deny of launches without IMDSv2: the key unsaid is denied, too",
    [
      allow("*"),
      deny("ec2:RunInstances", {
        Resource: "arn:aws:ec2:*:*:instance/*",
        ...when("StringNotEquals", "ec2:MetadataHttpTokens", "required"),
      }),
    ],
    { action: "ec2:RunInstances", resource: "arn:aws:ec2:us-east-1:111122223333:instance/*" },
    "explicitDeny",
  ],
  [
    "that deny leaves other resources of the launch alone",
    [
      allow("*"),
      deny("ec2:RunInstances", {
        Resource: "arn:aws:ec2:*:*:instance/*",
        ...when("StringNotEquals", "ec2:MetadataHttpTokens", "required"),
      }),
    ],
    { action: "ec2:RunInstances", resource: "arn:aws:ec2:us-east-1:111122223333:volume/*" },
    "allowed",
  ],
];

for (const rows of [LOGIC, ACTIONS, RESOURCES, OPERATORS, ARNS, SETS, BLOCKS]) {
  test.each(rows)("%s", (_, statements, { action, resource = "*", keys = {} }, verdict) => {
    const context = new Map(Object.entries(keys).map(([key, value]) => [key.toLowerCase(), [value].flat()]));
    expect(evaluate([compilePolicy(policyOf(statements))], { action, resource, context }).kind).toBe(verdict);
  });
}

test("several policies of one principal count as one: a deny in one overrides an allow in another", () => {
  const policies = [[allow("*")], [deny("ec2:*")]].map((statements) => compilePolicy(policyOf(statements)));
  const ask = (action: string) => evaluate(policies, { action, resource: "*", context: new Map() }).kind;
  expect([ask("ec2:StopInstances"), ask("s3:GetObject")]).toEqual(["explicitDeny", "allowed"]);
});

/** What is not modelled is refused when the policy is read, never skipped: a skipped condition would be a hole. */
const REFUSED: readonly (readonly [sentence: string, policy: object, message: string])[] = [
  ["another version", { Version: "2020-01-01", Statement: [] }, "version 2020-01-01"],
  ["a principal", policyOf([allow("*", { Principal: "*" })]), "Principal"],
  ["an element misspelt", policyOf([allow("*", { Conditions: {} })]), "Conditions"],
  ["both Action and NotAction", policyOf([allow("*", { NotAction: "s3:*" })]), "exactly one of Action and NotAction"],
  ["neither Resource nor NotResource", policyOf([{ Effect: "Allow", Action: "*" }]), "exactly one of Resource"],
  ["another effect", policyOf([{ Effect: "Permit", Action: "*", Resource: "*" }]), "Effect is Permit"],
  [
    "an operator that is not modelled",
    policyOf([allow("*", when("IpAddress", "aws:SourceIp", "10.0.0.0/8"))]),
    "IpAddress",
  ],
  ["a policy variable", policyOf([allow("*", { Resource: "arn:aws:s3:::b/${aws:username}" })]), "policy variables"],
];
test.each(REFUSED)("a policy with %s is refused", (_, policy, message) => {
  expect(() => compilePolicy(policy as PolicyDocument)).toThrow(message);
});
