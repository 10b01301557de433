/** What makes a host different changes the hash; what does not, does not. */
import type { AgentTemplate } from "./cloud-sync-agent.ts";
import { templateHash } from "./template-hash.ts";

const SECRET = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:cloudsync/join-AbCdEf";
const template: AgentTemplate = {
  owner: { poolName: "tokyo", poolUID: "u", namespace: "identity" },
  aws: {
    region: "ap-northeast-1",
    accountID: "111122223333",
    instanceProfile: "cloudsync-agent",
    instanceTypes: ["m6i.large", "m5.large"],
    imageID: "ami-1",
    rootVolume: { sizeGiB: 50 },
    securityGroupIDs: ["sg-0"],
    tags: { team: "identity", cost: "1" },
  },
  placement: { subnetID: "subnet-0a", availabilityZone: "ap-northeast-1a" },
  tenant: { tenantID: "t", cloud: "Public" },
  domain: {
    name: "corp",
    dnsName: "corp.example.com",
    netBIOSName: "CORP",
    domainControllers: ["10.0.1.10"],
    organizationalUnit: "OU=A,DC=corp,DC=example,DC=com",
    computerNamePrefix: "CSA",
    joinSecretARN: SECRET,
    gmsa: { mode: "Existing", name: "gmsa$", permissionsMode: "Verify" },
  },
  agent: {
    kind: "Provisioning",
    installer: { name: "p", bucket: "b", key: "k", versionID: "v", sha256: "0", version: "1.1.2505.0" },
    registration: { mode: "Manual" },
  },
  health: { probeInterval: "5m", evidenceMaxAge: "15m" },
  timeouts: {
    online: "20m",
    preflight: "10m",
    join: "30m",
    install: "20m",
    registration: "24h",
    configure: "20m",
    credentialExpiry: "12h",
    drain: "10m",
  },
  deletionPolicy: "Delete",
};

const same: readonly (readonly [string, AgentTemplate])[] = [
  ["another slot's subnet", { ...template, placement: { subnetID: "subnet-0c", availabilityZone: "ap-northeast-1c" } }],
  ["another probe interval", { ...template, health: { ...template.health, probeInterval: "1m" } }],
  ["another time limit", { ...template, timeouts: { ...template.timeouts, join: "45m" } }],
  ["another deletion policy", { ...template, deletionPolicy: "Retain" }],
  ["another way to reach AWS", { ...template, aws: { ...template.aws, serviceAccountRef: { name: "fleet" } } }],
  ["replaced domain controllers", { ...template, domain: { ...template.domain, domainControllers: ["10.0.3.10"] } }],
  ["tags in another order", { ...template, aws: { ...template.aws, tags: { cost: "1", team: "identity" } } }],
];
test.each(same)("%s keeps the hash", (_sentence, other) => {
  expect(templateHash(other)).toBe(templateHash(template));
});

const different: readonly (readonly [string, AgentTemplate])[] = [
  ["another image", { ...template, aws: { ...template.aws, imageID: "ami-2" } }],
  [
    "another order of instance types",
    { ...template, aws: { ...template.aws, instanceTypes: ["m5.large", "m6i.large"] } },
  ],
  [
    "another installer",
    { ...template, agent: { ...template.agent, installer: { ...template.agent.installer, sha256: "1" } } },
  ],
  ["another gMSA", { ...template, domain: { ...template.domain, gmsa: { ...template.domain.gmsa, name: "other$" } } }],
  ["another tag", { ...template, aws: { ...template.aws, tags: { team: "sales", cost: "1" } } }],
  ["another tenant", { ...template, tenant: { tenantID: "t2", cloud: "Public" } }],
];
test.each(different)("%s changes the hash", (_sentence, other) => {
  expect(templateHash(other)).not.toBe(templateHash(template));
});

test("the hash is as it was: a change here must raise TEMPLATE_HASH_VERSION", () => {
  expect(templateHash(template)).toBe("3c72a8a33cd9dce1");
});
