/**
 * Values chosen for what the default world (sim/src/layout) has and has not: subnets, types, images, secrets, accounts.
 * Guarantees: with one of SERVED a fleet of the examples becomes Ready; with one of ABSENT it cannot, or not with new hosts.
 */
import type { Json } from "../../integration/api/manifest.ts";
import type { WalkedKind } from "./field.ts";

export interface Served {
  readonly kind: WalkedKind;
  readonly path: string;
  /** Absent: the field is taken out. */
  readonly value: Json | undefined;
  /** Further fields that this value needs. */
  readonly also?: Readonly<Record<string, Json>>;
}

const SECRETS = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:cloudsync";
const OPEN_POLICY = {
  awsAccountIDs: ["111122223333"],
  instanceProfiles: ["cloudsync-agent"],
  imageOwners: ["amazon"],
} as const;

const pool = (path: string, ...values: readonly (Json | undefined)[]): readonly Served[] =>
  values.map((value) => ({ kind: "CloudSyncAgentPool", path: `spec.${path}`, value }));
const domain = (path: string, value: Json | undefined, also: Served["also"] = {}): Served => ({
  kind: "ADDomain",
  path: `spec.${path}`,
  value,
  also,
});
const tenant = (path: string, value: Json): Served => ({ kind: "EntraTenant", path: `spec.${path}`, value });

export const SERVED: readonly Served[] = [
  ...pool("replicas", 0, 2, 4),
  ...pool("deletionPolicy", "Retain"),
  ...pool("aws.subnetIDs", ["subnet-0c"], ["subnet-0d", "subnet-0a"], ["subnet-0small"]),
  ...pool("aws.subnetSelector.tags", { "cloudsync.dev/agents": "true" }),
  ...pool("aws.securityGroupIDs", ["sg-0directory"], ["sg-0directory", "sg-0agents"]),
  ...pool("aws.instanceProfile", "arn:aws:iam::111122223333:instance-profile/cloudsync-agent"),
  ...pool("aws.instanceTypes", ["m5.large"], ["t3.medium", "m5.large"], ["m5.xlarge"]),
  ...pool("aws.image.id", "ami-0b2c3d4e5f6071829"),
  ...pool("aws.image.ssmParameter", "/aws/service/ami-windows-latest/Windows_Server-2025-English-Full-Base"),
  ...pool("aws.rootVolume.sizeGiB", 30, 80, 16_384),
  ...pool("aws.rootVolume.kmsKeyID", "alias/agents"),
  ...pool("aws.tags", {}, { team: "identity", stage: "production" }, { team: "directory" }),
  ...pool("agent.minimumVersion", undefined, "1.1.2505.0"),
  ...pool("agent.registration.mode", "AccessToken", "Manual"),
  ...pool("agent.proxy.url", "http://proxy.corp.example.com:3128"),
  ...pool("availability.minHealthy", 0, 1, 20),
  ...pool("rollout.maxSurge", 2, 3),
  ...pool("health.probeInterval", "1m"),
  ...pool("health.evidenceMaxAge", "1h"),
  ...pool("timeouts.join", "2h"),
  domain("domainControllers", undefined),
  domain("domainControllers", ["10.0.2.10"]),
  domain("preferredDomainControllers", ["dc2.corp.example.com"]),
  domain("join.computerNamePrefix", "AGENT"),
  domain("gmsa.mode", "AgentDefault"),
  domain("gmsa.mode", "Create", { "spec.gmsa.name": "gmsaNew$", "spec.gmsa.permissions.mode": "Grant" }),
  domain("gmsa.permissions.mode", "Grant", { "spec.gmsa.setupCredential": { secretARN: `${SECRETS}/setup-AbCdEf` } }),
  domain("gmsa.permissions.restrictAccount", true, {
    "spec.gmsa.permissions.mode": "Grant",
    "spec.gmsa.setupCredential": { secretARN: `${SECRETS}/setup-AbCdEf` },
  }),
  domain("gmsa.setupCredential.secretARN", `${SECRETS}/setup-AbCdEf`),
  domain("leave.credential.secretARN", `${SECRETS}/setup-AbCdEf`),
  domain("hostPolicy", OPEN_POLICY),
  domain("allowedNamespaces.from", "All"),
  domain("provisioningContainers", undefined),
  tenant("governanceLicense", "Acknowledged"),
  tenant("allowedNamespaces.from", "All"),
  tenant("credential.type", "ClientSecret"),
  tenant("scopeCredential.type", "None"),
];

const other = (path: string, value: Json, also: Served["also"] = {}): Served => ({
  kind: "CloudSyncAgentPool",
  path: `spec.${path}`,
  value,
  also,
});

export const ABSENT: readonly Served[] = [
  // EC2 has this type in two zones only: no capacity, as far as a launch can tell.
  other("aws.instanceTypes", ["m7i.large"], { "spec.aws.subnetIDs": ["subnet-0d"] }),
  other("aws.subnetIDs", ["subnet-1a"]), // of another account
  other("aws.securityGroupIDs", ["sg-1agents"]), // of another network
  other("agent.minimumVersion", "99.0.0"),
  other("agent.installer.name", "provisioning-2.0.0"),
  other("agent.registration.secretARN", `${SECRETS}/join-AbCdEf`), // holds another kind of account
  domain("gmsa.name", "gmsaAbsent$"),
  domain("gmsa.hostGroup", undefined),
  domain("join.organizationalUnit", "OU=Absent,DC=corp,DC=example,DC=com"),
  domain("join.credential.secretARN", `${SECRETS}/absent-AbCdEf`),
  domain("preferredDomainControllers", ["dc9.corp.example.com"]),
  domain("provisioningContainers", ["OU=CloudSync,OU=Servers,DC=corp,DC=example,DC=com"], {
    "spec.join.computerNamePrefix": "NEW", // a new host: one that is Ready stays so
  }),
  domain("hostPolicy", { ...OPEN_POLICY, imageOwners: ["self"] }),
];
