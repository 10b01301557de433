/** A valid manifest of each kind, with every optional member that a rule looks at: rows are single changes to these. */
import type { Manifest } from "./manifest.ts";

const TENANT_ID = "6b29fc40-ca47-4067-b31d-00dd010662da";
const UUID = "0f2c7a1e-3d0b-4a53-9d8e-0b6a4c9e1f11";
const HASH = `sha256:${"ab".repeat(32)}`;
const SECRET = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:cloudsync/join-AbCdEf";
const OU = "OU=CloudSync,OU=Servers,DC=corp,DC=example,DC=com";

function manifest(kind: string, name: string, spec: Manifest["spec"]): Manifest {
  return { apiVersion: "cloudsync.dev/v1alpha1", kind, metadata: { name }, spec };
}

export const tenant = manifest("EntraTenant", "contoso", {
  tenantID: TENANT_ID,
  credential: { type: "WorkloadIdentity", clientID: UUID, serviceAccountRef: { name: "entra" } },
  scopeCredential: { type: "ClientSecret", clientID: UUID, secretRef: { name: "scopes" } },
});

export const domain = manifest("ADDomain", "corp", {
  dnsName: "corp.example.com",
  netBIOSName: "CORP",
  agentOptions: { ldapConnectionTimeout: "60s" },
  join: { credential: { secretARN: SECRET }, organizationalUnit: OU },
  gmsa: { name: "gmsaCloudSync$", hostGroup: "CN=CloudSyncHosts,OU=CloudSync,DC=corp,DC=example,DC=com" },
  provisioningContainers: ["OU=EntraGroups,DC=corp,DC=example,DC=com"],
  hostPolicy: { awsAccountIDs: ["111122223333"], instanceProfiles: ["cloudsync-agent"], imageOwners: ["amazon"] },
});

export const managedDomain = manifest("ADDomain", "managed", {
  dnsName: "corp.example.com",
  netBIOSName: "CORP",
  type: "AWSManagedMicrosoftAD",
  awsManaged: { directoryID: "d-90670a1b2c", region: "ap-northeast-1" },
  join: { credential: { secretARN: SECRET }, organizationalUnit: "OU=Computers,OU=CORP,DC=corp,DC=example,DC=com" },
  gmsa: { name: "gmsaCloudSync$", setupCredential: { secretARN: SECRET } },
});

export const pool = manifest("CloudSyncAgentPool", "tokyo", {
  tenantRef: { name: "contoso" },
  domainRef: { name: "corp" },
  aws: {
    region: "ap-northeast-1",
    assumeRole: { roleARN: "arn:aws:iam::111122223333:role/fleet" },
    subnetIDs: ["subnet-0a", "subnet-0c", "subnet-0d"],
    securityGroupIDs: ["sg-0agents"],
    instanceProfile: "cloudsync-agent",
    tags: { team: "identity" },
  },
  agent: { installer: { name: "provisioning-1.1.2505" } },
  rollout: {
    gateRef: { name: "canary" },
    gateTimeout: "30m",
    maintenanceWindows: [{ schedule: "0 1 * * 6", duration: "4h", timeZone: "Asia/Tokyo" }],
  },
});

export const agent = manifest("CloudSyncAgent", "tokyo-0-1", {
  poolRef: { name: "tokyo" },
  slot: 0,
  incarnation: 1,
  templateHash: "7c9d0a1b2c3d4e5f",
  hashVersion: 1,
  template: {
    owner: { poolName: "tokyo", poolUID: UUID, namespace: "identity" },
    aws: {
      region: "ap-northeast-1",
      accountID: "111122223333",
      instanceProfile: "cloudsync-agent",
      instanceTypes: ["m6i.large"],
      imageID: "ami-0a1b2c3d4e5f60718",
      rootVolume: { sizeGiB: 50 },
      securityGroupIDs: ["sg-0agents"],
      tags: { team: "identity" },
    },
    placement: { subnetID: "subnet-0a", availabilityZone: "ap-northeast-1a" },
    tenant: { tenantID: TENANT_ID, cloud: "Public" },
    domain: {
      name: "corp",
      dnsName: "corp.example.com",
      netBIOSName: "CORP",
      domainControllers: ["10.0.1.10"],
      organizationalUnit: OU,
      computerNamePrefix: "CSA",
      joinSecretARN: SECRET,
      gmsa: { mode: "Existing", name: "gmsaCloudSync$", permissionsMode: "Verify" },
      agentOptions: { ldapConnectionTimeout: "60s", referralChasing: false },
    },
    agent: {
      kind: "Provisioning",
      installer: {
        name: "provisioning-1.1.2505",
        bucket: "installers",
        bucketOwner: "111122223333",
        key: "agents/setup.exe",
        versionID: "abc",
        sha256: "ab".repeat(32),
        version: "1.1.2505.0",
        productName: "Microsoft Entra Provisioning Agent",
        signer: "Microsoft Corporation",
      },
      registration: { mode: "Credential", secretARN: SECRET },
    },
    deletionPolicy: "Delete",
  },
});

export const entraToAD = manifest("SyncConfiguration", "corp-groups", {
  tenantRef: { name: "contoso" },
  connector: "EntraToAD",
  entraToAD: {
    domainRef: { name: "corp" },
    targetContainer: { constant: "OU=EntraGroups,DC=corp,DC=example,DC=com" },
    attributeMappings: [{ target: "cn", expression: 'Append("Group_",[objectId])' }],
  },
  approvals: { forceDeletes: { quarantineBegan: "2026-11-21T08:00:00Z", stagedDeletesHash: HASH } },
});

export const adToEntra = manifest("SyncConfiguration", "corp-users", {
  tenantRef: { name: "contoso" },
  connector: "ADToEntra",
  adToEntra: { domainRef: { name: "corp" }, organizationalUnits: ["OU=Staff,DC=corp,DC=example,DC=com"] },
});

export const entraDomainServices = manifest("SyncConfiguration", "managed-domain", {
  tenantRef: { name: "contoso" },
  connector: "EntraDomainServices",
  entraDomainServices: { administratorsGroupID: UUID, batchWindow: "30m" },
});

export const googleCloud = manifest("SyncConfiguration", "google", {
  tenantRef: { name: "contoso" },
  connector: "GoogleCloud",
  googleCloud: { groupMapping: "DisplayName", groupDomain: "groups.example.com" },
});

export const scope = manifest("GroupScope", "sales", {
  configurationRef: { namespace: "identity", name: "corp-groups" },
  groups: { ids: [UUID], displayNames: ["sg-sales-japan"] },
  selector: { displayNamePrefix: "sg-sales-" },
  approvedPlan: HASH,
});

export const provisioningTest = manifest("ProvisioningTest", "canary", {
  configurationRef: { name: "corp-groups" },
  subject: { group: { displayName: "sg-canary" }, members: { sample: 3 } },
  schedule: "0 */6 * * *",
  timeZone: "Asia/Tokyo",
  expect: { verify: "Directory", container: "OU=EntraGroups,DC=corp,DC=example,DC=com", members: "All" },
});

export const userTest = manifest("ProvisioningTest", "canary-user", {
  configurationRef: { name: "corp-users" },
  subject: { user: { id: UUID } },
});

export const SPECIMENS: readonly Manifest[] = [
  tenant,
  domain,
  managedDomain,
  pool,
  agent,
  entraToAD,
  adToEntra,
  entraDomainServices,
  googleCloud,
  scope,
  provisioningTest,
  userTest,
];
