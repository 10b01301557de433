/** Rule rows of EntraTenant, ADDomain, CloudSyncAgentPool and CloudSyncAgent. */
import type { Manifest } from "./manifest.ts";
import { frozen, row, type RuleRow } from "./rule-row.ts";
import { agent, domain, managedDomain, pool, tenant } from "./specimens.ts";

const OTHER = "11111111-2222-3333-4444-555555555555";
const SECRET = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:cloudsync/setup-AbCdEf";

export function consentRow(specimen: Manifest): RuleRow {
  return row(specimen, "spec.allowedNamespaces", "set selector together with from: Selector", {
    refused: { "spec.allowedNamespaces": { from: "Selector" } },
    accepted: { "spec.allowedNamespaces": { from: "Selector", selector: { matchLabels: { team: "sales" } } } },
  });
}

function tagRows(specimen: Manifest, path: string): readonly RuleRow[] {
  const tag = (key: string) => ({ [path]: { [key]: "x" } });
  return [
    row(specimen, path, "remove the tag keys that start with aws:", {
      refused: tag("AWS:owner"),
      accepted: tag("aws-owner"),
    }),
    row(specimen, path, "remove the tag keys that start with cloudsync.dev/", {
      refused: tag("cloudsync.dev/owner-id"),
      accepted: tag("example.com/owner-id"),
    }),
    row(specimen, path, "remove the tag Name", { refused: tag("Name"), accepted: tag("name") }),
    row(specimen, path, "shorten the tag keys", { refused: tag("k".repeat(129)), accepted: tag("k".repeat(128)) }),
  ];
}

function gmsaNameRow(specimen: Manifest, path: string): RuleRow {
  return row(specimen, path, "give a gMSA name of at most 15 characters", {
    refused: { [path]: "gmsaCloudSync123$" },
    accepted: { [path]: "gmsaCloudSync12$" },
  });
}

function credentialRows(path: string): readonly RuleRow[] {
  const at = (credential: { readonly [key: string]: string | { readonly name: string } }) => ({
    [path]: { clientID: OTHER, ...credential },
  });
  return [
    row(tenant, path, "set secretRef for ClientCertificate and ClientSecret", {
      refused: at({ type: "ClientSecret" }),
      accepted: at({ type: "ClientSecret", secretRef: { name: "graph" } }),
    }),
    row(tenant, path, "serviceAccountRef belongs to type WorkloadIdentity", {
      refused: at({ type: "ClientSecret", secretRef: { name: "graph" }, serviceAccountRef: { name: "graph" } }),
      accepted: at({ type: "WorkloadIdentity", serviceAccountRef: { name: "graph" } }),
    }),
    row(tenant, path, "nextSecretRef is the second of two secrets", {
      refused: at({ type: "WorkloadIdentity", nextSecretRef: { name: "next" } }),
      accepted: at({ type: "ClientCertificate", secretRef: { name: "graph" }, nextSecretRef: { name: "next" } }),
    }),
  ];
}

export const TENANT_ROWS: readonly RuleRow[] = [
  frozen(tenant, "spec.tenantID", "tenantID cannot be changed", { refused: { "spec.tenantID": OTHER } }),
  frozen(tenant, "spec.cloud", "cloud cannot be changed", { refused: { "spec.cloud": "China" } }),
  ...credentialRows("spec.credential"),
  ...credentialRows("spec.scopeCredential"),
  row(tenant, "spec.scopeCredential", "set clientID unless the type is None", {
    refused: { "spec.scopeCredential": { type: "WorkloadIdentity" } },
    accepted: { "spec.scopeCredential": { type: "None" } },
  }),
  consentRow(tenant),
];

export const DOMAIN_ROWS: readonly RuleRow[] = [
  frozen(domain, "spec.dnsName", "dnsName cannot be changed", { refused: { "spec.dnsName": "emea.example.com" } }),
  frozen(domain, "spec.netBIOSName", "netBIOSName cannot be changed", { refused: { "spec.netBIOSName": "EMEA" } }),
  frozen(managedDomain, "spec.type", "type cannot be changed", {
    refused: { "spec.type": "SelfManaged", "spec.awsManaged": undefined },
  }),
  frozen(managedDomain, "spec.awsManaged", "awsManaged cannot be changed", {
    refused: { "spec.awsManaged.directoryID": "d-0000000000" },
  }),
  frozen(managedDomain, "spec", "awsManaged cannot be added or removed", { refused: { "spec.awsManaged": undefined } }),
  row(domain, "spec", "set awsManaged together with type AWSManagedMicrosoftAD", {
    refused: { "spec.type": "AWSManagedMicrosoftAD" },
    accepted: {
      "spec.type": "AWSManagedMicrosoftAD",
      "spec.awsManaged": { directoryID: "d-90670a1b2c", region: "ap-northeast-1" },
    },
  }),
  row(domain, "spec", "set hostPolicy: other namespaces may attach", {
    refused: { "spec.allowedNamespaces": { from: "All" }, "spec.hostPolicy": undefined },
    accepted: { "spec.allowedNamespaces": { from: "All" } },
  }),
  row(domain, "spec", "add dnsName to forest.domains", {
    refused: { "spec.forest": { rootDomain: "example.com", domains: ["emea.example.com"] } },
    accepted: { "spec.forest": { rootDomain: "example.com", domains: ["corp.example.com", "emea.example.com"] } },
  }),
  row(domain, "spec", "join.organizationalUnit lies in another domain", {
    refused: { "spec.join.organizationalUnit": "OU=Servers,DC=emea,DC=example,DC=com" },
    accepted: { "spec.join.organizationalUnit": "OU=Servers,dc=Corp,dc=example,dc=com" },
  }),
  row(domain, "spec", "gmsa.hostGroup lies in another domain", {
    refused: { "spec.gmsa.hostGroup": "CN=Hosts,DC=example,DC=com" },
    accepted: { "spec.gmsa.hostGroup": "CN=Hosts,DC=corp,DC=example,DC=com" },
  }),
  row(domain, "spec", "a provisioning container lies in another domain", {
    refused: { "spec.provisioningContainers": ["OU=A,DC=corp,DC=example,DC=com", "OU=B,DC=emea,DC=example,DC=com"] },
    accepted: { "spec.provisioningContainers": ["OU=A,DC=corp,DC=example,DC=com", "OU=B,DC=corp,DC=example,DC=com"] },
  }),
  row(managedDomain, "spec", "AWS gives nobody rights on the root", {
    refused: { "spec.gmsa.permissions": { scope: "DomainRoot", types: ["BasicRead"] } },
    accepted: { "spec.gmsa.permissions": { scope: "OrganizationalUnits" } },
  }),
  row(managedDomain, "spec", "leave out gmsa.permissions.restrictAccount", {
    refused: {
      "spec.gmsa.permissions": { mode: "Grant", restrictAccount: true },
      "spec.gmsa.setupCredential": { secretARN: SECRET },
    },
    accepted: { "spec.gmsa.permissions": { mode: "Grant" }, "spec.gmsa.setupCredential": { secretARN: SECRET } },
  }),
  row(managedDomain, "spec", "the agent's default gMSA needs a Domain Admin", {
    refused: { "spec.gmsa": { mode: "AgentDefault", setupCredential: { secretARN: SECRET } } },
    accepted: { "spec.gmsa": { mode: "Existing", name: "gmsaCloudSync$" } },
  }),
  row(domain, "spec.gmsa", "set name unless mode is AgentDefault", {
    refused: { "spec.gmsa": { mode: "Existing" } },
    accepted: { "spec.gmsa": { mode: "AgentDefault", setupCredential: { secretARN: SECRET } } },
  }),
  row(domain, "spec.gmsa", "mode Create needs hostGroup", {
    refused: { "spec.gmsa": { mode: "Create", name: "gmsaNew$", setupCredential: { secretARN: SECRET } } },
    accepted: { "spec.gmsa.mode": "Create", "spec.gmsa.setupCredential": { secretARN: SECRET } },
  }),
  row(domain, "spec.gmsa", "set setupCredential", {
    refused: { "spec.gmsa.permissions": { mode: "Grant" } },
    accepted: { "spec.gmsa.permissions": { mode: "Grant" }, "spec.gmsa.setupCredential": { secretARN: SECRET } },
  }),
  row(domain, "spec.gmsa.permissions", "set types together with scope DomainRoot", {
    refused: { "spec.gmsa.permissions": { scope: "DomainRoot" } },
    accepted: { "spec.gmsa.permissions": { scope: "DomainRoot", types: ["PasswordHashSync"] } },
  }),
  row(domain, "spec.gmsa.permissions", "restrictAccount changes the gMSA object", {
    refused: { "spec.gmsa.permissions": { mode: "Verify", restrictAccount: true } },
    accepted: {
      "spec.gmsa.permissions": { mode: "Grant", restrictAccount: true },
      "spec.gmsa.setupCredential": { secretARN: SECRET },
    },
  }),
  gmsaNameRow(domain, "spec.gmsa.name"),
  consentRow(domain),
];

export const POOL_ROWS: readonly RuleRow[] = [
  row(pool, "", "shorten the pool's name to at most 48 characters", {
    refused: { "metadata.name": "p".repeat(49) },
    accepted: { "metadata.name": "p".repeat(48) },
  }),
  frozen(pool, "spec.tenantRef", "tenantRef cannot be changed", { refused: { "spec.tenantRef.name": "fabrikam" } }),
  frozen(pool, "spec.domainRef", "domainRef cannot be changed", { refused: { "spec.domainRef.namespace": "other" } }),
  frozen(pool, "spec.aws.region", "aws.region cannot be changed", { refused: { "spec.aws.region": "eu-west-1" } }),
  frozen(pool, "spec.agent.kind", "agent.kind cannot be changed", {
    refused: { "spec.agent.kind": "PassThroughAuthentication" },
  }),
  frozen(pool, "spec.aws", "assumeRole cannot be added or removed", { refused: { "spec.aws.assumeRole": undefined } }),
  frozen(pool, "spec.aws.assumeRole", "the account of assumeRole.roleARN cannot be changed", {
    refused: { "spec.aws.assumeRole.roleARN": "arn:aws:iam::444455556666:role/fleet" },
    accepted: { "spec.aws.assumeRole.roleARN": "arn:aws:iam::111122223333:role/other" },
  }),
  row(pool, "spec.aws", "set exactly one of aws.subnetIDs and aws.subnetSelector", {
    refused: { "spec.aws.subnetSelector": { tags: { tier: "agents" } } },
    accepted: { "spec.aws.subnetSelector": { tags: { tier: "agents" } }, "spec.aws.subnetIDs": undefined },
  }),
  row(pool, "spec.aws.subnetSelector.tags", "name at least one tag", {
    refused: { "spec.aws.subnetSelector": { tags: {} }, "spec.aws.subnetIDs": undefined },
    accepted: { "spec.aws.subnetSelector": { tags: { tier: "agents" } }, "spec.aws.subnetIDs": undefined },
  }),
  row(pool, "spec.aws.image", "set exactly one of image.ssmParameter and image.id", {
    refused: { "spec.aws.image": { id: "ami-0a1b2c3d", ssmParameter: "/aws/service/x" } },
    accepted: { "spec.aws.image": { id: "ami-0a1b2c3d" } },
  }),
  row(pool, "spec.aws.image", "policy Follow needs image.ssmParameter", {
    refused: { "spec.aws.image": { id: "ami-0a1b2c3d", policy: "Follow" } },
    accepted: { "spec.aws.image": { ssmParameter: "/aws/service/x", policy: "Follow" } },
  }),
  ...tagRows(pool, "spec.aws.tags"),
  row(pool, "spec.agent.registration", "set registration.secretARN for Credential and AccessToken", {
    refused: { "spec.agent.registration": { mode: "Credential" } },
    accepted: { "spec.agent.registration": { mode: "Credential", secretARN: SECRET } },
  }),
  row(pool, "spec.rollout", "gateTimeout needs gateRef", {
    refused: { "spec.rollout": { gateTimeout: "30m" } },
    accepted: { "spec.rollout": { gateTimeout: "30m", gateRef: { name: "canary" } } },
  }),
  row(pool, "spec.health", "set health.evidenceMaxAge above health.probeInterval", {
    refused: { "spec.health": { probeInterval: "15m" } },
    accepted: { "spec.health": { probeInterval: "1m", evidenceMaxAge: "61s" } },
  }),
];

export const AGENT_ROWS: readonly RuleRow[] = [
  frozen(agent, "spec", "the spec of an agent is frozen", { refused: { "spec.template.timeouts": { join: "45m" } } }),
  ...tagRows(agent, "spec.template.aws.tags"),
  gmsaNameRow(agent, "spec.template.domain.gmsa.name"),
];
