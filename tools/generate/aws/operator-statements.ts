/**
 * The operator's policy: what it may do in the account, statement by statement.
 * Guarantees: every clause carries weight. Taking away an action breaks the fleet; widening a resource or condition lets an attack through
 * (test/policy tries each). So nothing is bound twice: a launch is authorised for all of its resources at once, hence its Region is bound
 * where it makes things and nowhere else.
 * Never: a wildcard in an action; an action that src/aws does not call.
 * @see aws.md 10; Service Authorization Reference, Amazon EC2 and AWS Systems Manager
 */
import { OWNERSHIP_TAGS } from "../../../src/aws/instances/port.ts";
import type { StatementSource } from "./statement.ts";

const HERE = "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}";
const ANYWHERE = "arn:${AWS::Partition}:ec2:*:${AWS::AccountId}";
const ROLES = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role";
const REGION_ONLY = { StringEquals: { "aws:RequestedRegion": "${AWS::Region}" } };
const OWNED = { [`aws:ResourceTag/${OWNERSHIP_TAGS.ownerID}`]: "${OwnerId}" };

const READS: readonly StatementSource[] = [
  {
    sid: "ReadCloud",
    effect: "Allow",
    actions: {
      "ec2:DescribeInstances": "One list by ownership tag for all pools; single ids before an instance is touched.",
      "ec2:DescribeSubnets": "Zone, VPC and free addresses of the pool's subnets before a launch.",
      "ec2:DescribeImages": "That the image is there, and whose it is, before a launch.",
      "ec2:DescribeIamInstanceProfileAssociations": "Which profile a host carries: bootstrap or runtime.",
    },
    resources: ["*"],
    conditions: REGION_ONLY,
  },
  {
    sid: "ReadCommands",
    effect: "Allow",
    actions: {
      "ssm:DescribeInstanceInformation":
        "Whether a host reports to Systems Manager, since when, and its agent's version.",
      "ssm:ListCommands":
        "Looks for a command whose answer was lost before it is sent again: SendCommand has no token.",
      "ssm:ListCommandInvocations": "State of the commands under way, many in one call.",
      "ssm:GetCommandInvocation": "The whole output of one step; the list cuts it.",
      "ssm:CancelCommand": "Ends a step whose deadline has passed. It cannot be limited to own commands.",
    },
    resources: ["*"],
    conditions: REGION_ONLY,
  },
  {
    sid: "ReadImageParameters",
    effect: "Allow",
    actions: { "ssm:GetParameter": "The newest Windows image, by AWS's public parameter." },
    resources: ["arn:${AWS::Partition}:ssm:${AWS::Region}::parameter/aws/service/ami-windows-latest/*"],
  },
];

const LAUNCH = "One host, in one subnet, under a token of its own.";
const LAUNCHES: readonly StatementSource[] = [
  {
    sid: "LaunchFromTrustedImages",
    effect: "Allow",
    actions: { "ec2:RunInstances": LAUNCH },
    resources: ["arn:${AWS::Partition}:ec2:*::image/*"],
    conditions: { StringEquals: { "ec2:Owner": ["${ImageOwners}"] } },
  },
  {
    sid: "LaunchIntoOwnNetworks",
    effect: "Allow",
    actions: { "ec2:RunInstances": LAUNCH },
    resources: [`${ANYWHERE}:subnet/*`, `${ANYWHERE}:security-group/*`],
    conditions: { ArnLike: { "ec2:Vpc": ["arn:*:ec2:*:*:vpc/${VpcIds}"] } },
  },
  {
    sid: "LaunchWithOwnershipTags",
    effect: "Allow",
    actions: { "ec2:RunInstances": LAUNCH },
    resources: [`${HERE}:instance/*`, `${HERE}:volume/*`, `${HERE}:network-interface/*`],
    conditions: {
      StringEquals: { [`aws:RequestTag/${OWNERSHIP_TAGS.ownerID}`]: "${OwnerId}" },
      StringLike: { [`aws:RequestTag/${OWNERSHIP_TAGS.pool}`]: "?*" },
    },
  },
  {
    sid: "TagWhatIsLaunched",
    effect: "Allow",
    actions: { "ec2:CreateTags": "The ownership tags, in the launch itself: at no other time." },
    resources: [`${ANYWHERE}:instance/*`, `${ANYWHERE}:volume/*`, `${ANYWHERE}:network-interface/*`],
    conditions: { StringEquals: { "ec2:CreateAction": "RunInstances" } },
  },
  {
    sid: "NeverWithoutIMDSv2",
    effect: "Deny",
    actions: { "ec2:RunInstances": LAUNCH },
    resources: ["arn:*:ec2:*:*:instance/*"],
    conditions: { StringNotEquals: { "ec2:MetadataHttpTokens": "required" } },
  },
  {
    sid: "NeverUnencrypted",
    effect: "Deny",
    actions: { "ec2:RunInstances": LAUNCH },
    resources: ["arn:*:ec2:*:*:volume/*"],
    conditions: { Bool: { "ec2:Encrypted": "false" } },
  },
  {
    sid: "NeverWithPublicAddress",
    effect: "Deny",
    actions: { "ec2:RunInstances": LAUNCH },
    resources: ["arn:*:ec2:*:*:network-interface/*"],
    conditions: { Bool: { "ec2:AssociatePublicIpAddress": "true" } },
  },
  {
    sid: "PassHostRoles",
    effect: "Allow",
    actions: {
      "iam:PassRole": "The role of a new host, and the one that takes its place once the host is Configured.",
    },
    resources: [`${ROLES}/\${BootstrapRoleName}`, `${ROLES}/\${RuntimeRoleName}`],
    conditions: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
  },
];

const HOSTS: readonly StatementSource[] = [
  {
    sid: "ChangeOwnHosts",
    effect: "Allow",
    actions: {
      "ec2:TerminateInstances": "The end of a host that has left the domain, or is beyond repair.",
      "ec2:ReplaceIamInstanceProfileAssociation":
        "Takes the bootstrap profile, which may read set-up secrets, off a Configured host.",
    },
    resources: [`${HERE}:instance/*`],
    conditions: { StringEquals: OWNED },
  },
  {
    sid: "LiftTerminationProtection",
    effect: "Allow",
    actions: {
      "ec2:ModifyInstanceAttribute":
        "Lifts termination protection right before the end. No other attribute, user data least of all.",
    },
    resources: [`${HERE}:instance/*`],
    // A structure with nothing but a Value is named by ec2:Attribute/<Name> (EC2 User Guide, "ec2:Attribute condition key"). How EC2
    // spells the value is not documented [unverified]; a wrong guess refuses the call, and the condition names it.
    conditions: { StringEquals: OWNED, StringEqualsIgnoreCase: { "ec2:Attribute/DisableApiTermination": "false" } },
  },
];

/**
 * The name ends with eight characters of the content's hash (src/host/documents.ts). Named by their form, so that a new release's documents can be sent while the old one's still are. Naming each step would bind nothing more:
 * whoever may create documents may call them so. What keeps others from that is the service control policy; what they hold, the hash.
 */
const OWN_DOCUMENTS = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:document/CloudSync-*-????????";
/** The only foreign document: AWS's own, with a fixed meaning. It brings the SSM agent up to the version that the steps need. */
const UPDATE_SSM_AGENT = "arn:${AWS::Partition}:ssm:${AWS::Region}::document/AWS-UpdateSSMAgent";
const SEND = "Runs one reviewed step on one host. Never a document that takes a script.";
const COMMANDS: readonly StatementSource[] = [
  {
    sid: "UseOwnDocuments",
    effect: "Allow",
    actions: {
      "ssm:SendCommand": SEND,
      "ssm:DescribeDocument": "Once a document was refused: tells one that was changed from one that is not there.",
    },
    resources: [OWN_DOCUMENTS, UPDATE_SSM_AGENT],
  },
  {
    sid: "SendToOwnHosts",
    effect: "Allow",
    actions: { "ssm:SendCommand": SEND },
    resources: [`${HERE}:instance/*`],
    conditions: { StringEquals: { [`ssm:resourceTag/${OWNERSHIP_TAGS.ownerID}`]: "${OwnerId}" } },
  },
];

const ASSUME: StatementSource = {
  sid: "AssumePoolRoles",
  effect: "Allow",
  actions: {
    "sts:AssumeRole": "Pools that act with a role of their own, often in another account. Absent without PoolRoleArns.",
  },
  resources: ["${PoolRoleArns}"],
  conditions: { StringLike: { "sts:ExternalId": "${OwnerId}/*" } },
};

/** Without this statement when the template's PoolRoleArns is empty. */
export const POOL_ROLES_SID = ASSUME.sid;

export const OPERATOR_STATEMENTS: readonly StatementSource[] = [...READS, ...LAUNCHES, ...HOSTS, ...COMMANDS, ASSUME];
