/**
 * The sample service control policy: keeps everybody else in the account off hosts, disks, documents, roles and secrets of the product.
 * Its parameters are filled in by hand (deploy/aws/README.md): Organizations knows no templates.
 * Guarantees: denies only; the operator, the hosts, the deployment and one role of people are left out where they have to be.
 * What it cannot do is said in docs/security.md: State Manager associations by tag, and the management account, which no such policy binds.
 */
import { OWNERSHIP_TAGS } from "../../../src/aws/instances/port.ts";
import type { StatementSource } from "./statement.ts";

const OPERATOR = "${OperatorRoleArn}";
const PEOPLE = "${AdministratorRoleArn}";
const DEPLOYMENT = "${DeploymentRoleArn}";
const HOST_ROLES = ["arn:*:iam::*:role/${BootstrapRoleName}", "arn:*:iam::*:role/${RuntimeRoleName}"];
const INSTANCES = "arn:*:ec2:*:*:instance/*";
const VOLUMES = "arn:*:ec2:*:*:volume/*";

const isTagged = { Null: { [`aws:ResourceTag/${OWNERSHIP_TAGS.ownerID}`]: "false" } };
const unless = (...principals: readonly string[]) => ({ ArnNotLike: { "aws:PrincipalArn": principals } });
const because = (why: string, actions: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(actions.map((action) => [action, why]));

export const CONTROL_STATEMENTS: readonly StatementSource[] = [
  {
    sid: "CommandsToHosts",
    effect: "Deny",
    actions: because(
      "SYSTEM on a Tier 0 machine: the operator's, and a person's where registrations are finished by hand.",
      ["ssm:SendCommand", "ssm:StartSession", "ssm:CreateAssociation"],
    ),
    resources: [INSTANCES],
    conditions: { ...isTagged, ...unless(OPERATOR, PEOPLE) },
  },
  {
    sid: "ChangesToHosts",
    effect: "Deny",
    actions: because("What makes a host another machine, takes it away, or shows its inside.", [
      "ec2:TerminateInstances",
      "ec2:ModifyInstanceAttribute",
      "ec2:ModifyInstanceMetadataOptions",
      "ec2:AssociateIamInstanceProfile",
      "ec2:DisassociateIamInstanceProfile",
      "ec2:ReplaceIamInstanceProfileAssociation",
      "ec2:AttachVolume",
      "ec2:CreateImage",
      "ec2:CreateReplaceRootVolumeTask",
      "ec2:GetPasswordData",
      "ec2:GetConsoleScreenshot",
      "ec2:SendDiagnosticInterrupt",
    ]),
    resources: [INSTANCES],
    conditions: { ...isTagged, ...unless(OPERATOR, PEOPLE) },
  },
  {
    sid: "CopiesOfDisks",
    effect: "Deny",
    actions: because("A disk holds the agent's identity and LSA secrets (agent-host.md 13).", [
      "ec2:CreateSnapshot",
      "ec2:CreateSnapshots",
      "ec2:DetachVolume",
      "ec2:AttachVolume",
    ]),
    resources: [VOLUMES],
    conditions: { ...isTagged, ...unless(PEOPLE) },
  },
  {
    sid: "OwnershipTagsGiven",
    effect: "Deny",
    actions: because("Whoever tags a machine makes it the operator's.", ["ec2:CreateTags", "ec2:DeleteTags"]),
    resources: ["*"],
    conditions: {
      "ForAnyValue:StringEquals": { "aws:TagKeys": [OWNERSHIP_TAGS.ownerID, OWNERSHIP_TAGS.pool] },
      ...unless(OPERATOR),
    },
  },
  {
    sid: "OwnershipTagsTaken",
    effect: "Deny",
    actions: because("A call that names no key removes them all.", ["ec2:DeleteTags"]),
    resources: ["*"],
    conditions: { ...isTagged, ...unless(PEOPLE) },
  },
  {
    sid: "HostRolesPassed",
    effect: "Deny",
    actions: because("Another machine with a host's role reads what hosts read.", ["iam:PassRole"]),
    resources: HOST_ROLES,
    conditions: unless(OPERATOR),
  },
  {
    sid: "DocumentsChanged",
    effect: "Deny",
    actions: because("What runs as SYSTEM comes from a reviewed release.", [
      "ssm:CreateDocument",
      "ssm:UpdateDocument",
      "ssm:UpdateDocumentDefaultVersion",
      "ssm:DeleteDocument",
      "ssm:ModifyDocumentPermission",
    ]),
    resources: ["arn:*:ssm:*:*:document/CloudSync-*"],
    conditions: unless(DEPLOYMENT),
  },
  {
    sid: "RolesChanged",
    effect: "Deny",
    actions: because("The policies are the ones that were reviewed.", [
      "iam:AttachRolePolicy",
      "iam:DetachRolePolicy",
      "iam:PutRolePolicy",
      "iam:DeleteRolePolicy",
      "iam:UpdateAssumeRolePolicy",
      "iam:DeleteRole",
    ]),
    resources: [...HOST_ROLES, OPERATOR],
    conditions: unless(DEPLOYMENT),
  },
  {
    sid: "SecretsRead",
    effect: "Deny",
    actions: because("Secrets of the directory are for hosts, and for whoever sets them.", [
      "secretsmanager:GetSecretValue",
    ]),
    resources: ["arn:*:secretsmanager:*:*:secret:cloudsync/*"],
    conditions: unless(...HOST_ROLES, PEOPLE),
  },
];
