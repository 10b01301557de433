/**
 * The template's parameters: what a reviewer fills in. Data only.
 * Guarantees: names as in the placeholders of the policies; a parameter without a default has to be given.
 */
type Parameter = Readonly<Record<string, unknown>> & { readonly Type: string; readonly Description: string };

const ROLE_NAME = "^[A-Za-z0-9+=,.@_-]{1,64}$";
const text = (Description: string, rest: object = {}): Parameter => ({ Type: "String", Description, ...rest });
const list = (Description: string, rest: object = {}): Parameter => ({
  Type: "CommaDelimitedList",
  Description,
  ...rest,
});
const optional = { Default: "" };
const flag = (Description: string): Parameter =>
  text(Description, { Default: "false", AllowedValues: ["true", "false"] });

const FLEET = {
  OwnerId: text("The operator's --owner-id: the value of the ownership tag on everything that it makes.", {
    AllowedPattern: "^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$",
  }),
  VpcIds: { Type: "List<AWS::EC2::VPC::Id>", Description: "Networks that hosts may be launched into." },
  ImageOwners: list("Owners of the images that hosts may boot from: amazon, or account ids.", { Default: "amazon" }),
  BootstrapRoleName: text("Role and instance profile of hosts until they are Configured.", {
    Default: "cloudsync-bootstrap",
    AllowedPattern: ROLE_NAME,
  }),
  RuntimeRoleName: text("Role and instance profile of hosts from then on.", {
    Default: "cloudsync-runtime",
    AllowedPattern: ROLE_NAME,
  }),
} satisfies Readonly<Record<string, Parameter>>;

const HOSTS = {
  BootstrapSecretArns: list(
    "Secrets of joining, setting up and registering: ARNs with their six characters at the end.",
  ),
  LeaveSecretArns: list(
    "Secrets of leaving the domain (leave.credential); a blank for none. No other belongs here.",
    optional,
  ),
  SecretsKeyArn: text("KMS key of those secrets, where it is not AWS's own; a blank for none.", optional),
  InstallerBucketName: text("Versioned bucket that holds the setup.", {
    AllowedPattern: "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
  }),
  InstallerBucketOwner: text("Account that has to own that bucket.", { AllowedPattern: "^[0-9]{12}$" }),
  InstallerKeyPrefix: text("Where in it the setups stand, without a slash at its ends.", { Default: "provisioning" }),
  OutputRetentionDays: { Type: "Number", Description: "Days that diagnostics are kept.", Default: 30, MinValue: 1 },
  AllowSessions: flag("Session Manager on hosts: needed where a person finishes registrations on them (mode Manual)."),
} satisfies Readonly<Record<string, Parameter>>;

const OPERATOR = {
  OperatorIdentity: text(
    "How the operator comes to its role: IRSA, PodIdentity, AssumedRole (another account's operator assumes it), or None: only the policy is made.",
    { Default: "IRSA", AllowedValues: ["IRSA", "PodIdentity", "AssumedRole", "None"] },
  ),
  OperatorRoleName: text("Name of that role.", { Default: "cloudsync-operator", AllowedPattern: ROLE_NAME }),
  OperatorNamespace: text("Namespace of the operator's service account.", { Default: "cloudsync-system" }),
  OperatorServiceAccount: text("Name of the operator's service account.", { Default: "cloudsync-operator" }),
  OidcProviderArn: text("IRSA: ARN of the IAM identity provider of the cluster.", optional),
  OidcIssuer: text("IRSA: issuer of the cluster without https://.", optional),
  // Not blank: no EKS cluster has an empty name, and cfn-lint knows (W1030).
  ClusterName: text("PodIdentity: name of the EKS cluster, in this account and Region.", { Default: "none" }),
  TrustedPrincipalArn: text("AssumedRole: ARN of the operator's own role.", optional),
  ExternalId: text("AssumedRole: <owner id>/<namespace of the pools>.", optional),
  PoolRoleArns: list("Roles that pools name in spec.aws.assumeRole; a blank for none.", optional),
} satisfies Readonly<Record<string, Parameter>>;

export const PARAMETERS: Readonly<Record<string, Parameter>> = { ...FLEET, ...HOSTS, ...OPERATOR };

export const PARAMETER_GROUPS: readonly { readonly label: string; readonly names: readonly string[] }[] = [
  { label: "The fleet", names: Object.keys(FLEET) },
  { label: "What hosts may read and write", names: Object.keys(HOSTS) },
  { label: "The operator", names: Object.keys(OPERATOR) },
];

export const LIST_PARAMETERS: readonly string[] = Object.entries(PARAMETERS)
  .filter(([, { Type }]) => Type === "CommaDelimitedList" || Type.startsWith("List<"))
  .map(([name]) => name);
