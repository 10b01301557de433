/**
 * What the roles of hosts may do: the bootstrap role until a host is Configured, the runtime role from then on.
 * Guarantees: the runtime role reads no secret but those of leaving the domain, and no setup (S9); neither may touch EC2, IAM or another host.
 * Certainty: the list for the SSM agent is AmazonSSMManagedInstanceCore without State Manager, inventory, patching, packages and plain
 * parameters (aws.md 6.7). That Run Command needs no more is [inferred]: it was not tried on a host.
 */
import type { StatementSource } from "./statement.ts";

const HERE = "${AWS::Region}:${AWS::AccountId}";

const SSM_AGENT: readonly StatementSource[] = [
  {
    sid: "ReportToSystemsManager",
    effect: "Allow",
    actions: { "ssm:UpdateInstanceInformation": "The ping: the host is there, with this version of the SSM agent." },
    resources: [`arn:\${AWS::Partition}:ec2:${HERE}:instance/*`],
  },
  {
    sid: "ReceiveCommands",
    effect: "Allow",
    actions: {
      "ssmmessages:CreateControlChannel": "The way on which newer agents receive commands and answer.",
      "ssmmessages:OpenControlChannel": "The same.",
      "ec2messages:GetMessages": "The way of older agents; both are asked for by current ones.",
      "ec2messages:GetEndpoint": "The same.",
      "ec2messages:AcknowledgeMessage": "The same.",
      "ec2messages:DeleteMessage": "The same.",
      "ec2messages:FailMessage": "The same.",
      "ec2messages:SendReply": "The same.",
    },
    // Neither service has resources (Service Authorization Reference).
    resources: ["*"],
    conditions: { StringEquals: { "aws:RequestedRegion": "${AWS::Region}" } },
  },
  {
    sid: "AnswerSessions",
    effect: "Allow",
    actions: {
      "ssmmessages:CreateDataChannel": "A person's session on the host, where AllowSessions is true.",
      "ssmmessages:OpenDataChannel": "The same.",
    },
    resources: ["*"],
    conditions: { StringEquals: { "aws:RequestedRegion": "${AWS::Region}" } },
  },
];

const WRITE_OUTPUT: StatementSource = {
  sid: "WriteDiagnostics",
  effect: "Allow",
  actions: { "s3:PutObject": "The archive of CollectDiagnostics. Hosts cannot read it back." },
  resources: ["${OutputBucket.Arn}/hosts/*"],
  conditions: { StringEquals: { "aws:ResourceAccount": "${AWS::AccountId}" } },
};

function readSecrets(list: string, what: string): readonly StatementSource[] {
  return [
    {
      sid: "ReadSecrets",
      effect: "Allow",
      actions: { "secretsmanager:GetSecretValue": what },
      resources: [`\${${list}}`],
    },
    {
      sid: "DecryptSecrets",
      effect: "Allow",
      actions: { "kms:Decrypt": "Secrets under a key of the customer's, and only through Secrets Manager." },
      resources: ["${SecretsKeyArn}"],
      conditions: { StringEquals: { "kms:ViaService": "secretsmanager.${AWS::Region}.${AWS::URLSuffix}" } },
    },
  ];
}

export const BOOTSTRAP_STATEMENTS: readonly StatementSource[] = [
  ...SSM_AGENT,
  WRITE_OUTPUT,
  ...readSecrets("BootstrapSecretArns", "Joining, setting up and registering."),
  {
    sid: "ReadInstaller",
    effect: "Allow",
    actions: {
      "s3:GetObjectVersion": "The setup, by the version id of the catalogue: another object under the key is not it.",
    },
    resources: ["arn:${AWS::Partition}:s3:::${InstallerBucketName}/${InstallerKeyPrefix}/*"],
    conditions: { StringEquals: { "aws:ResourceAccount": "${InstallerBucketOwner}" } },
  },
];

export const RUNTIME_STATEMENTS: readonly StatementSource[] = [
  ...SSM_AGENT,
  WRITE_OUTPUT,
  ...readSecrets("LeaveSecretArns", "Leaving the domain at the end."),
];
