/** Parameters of the steps as the default layout wants them, and a host built with them. Used by tests of this part of the world only. */
import type { Bench, Line } from "./test-bench.ts";

export const DOMAIN = "corp.example.com";
export const TENANT_ID = "6b29fc40-ca47-4067-b31d-00dd010662da";
export const HOST_GROUP = "CN=CloudSyncHosts,OU=CloudSync,DC=corp,DC=example,DC=com";
const SECRETS = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:cloudsync";
export const SETUP_SECRET = `${SECRETS}/setup-AbCdEf`;
export const LEAVE_SECRET = `${SECRETS}/leave-AbCdEf`;
export const TOKEN_SECRET = `${SECRETS}/registration-token-AbCdEf`;

export const JOIN = {
  computerName: "CSA01",
  domainName: DOMAIN,
  organizationalUnit: "OU=CloudSync,OU=Servers,DC=corp,DC=example,DC=com",
  credentialSecretARN: `${SECRETS}/join-AbCdEf`,
  hostGroup: HOST_GROUP,
};
export const INSTALL = {
  bucket: "cloudsync-installers",
  bucketOwner: "111122223333",
  key: "provisioning/1.1.2505.0/AADConnectProvisioningAgentSetup.exe",
  versionID: "v1.1.2505.0",
  sha256: "5f2c1a9be0d34786a1b2c3d4e5f60718293a4b5c6d7e8f90112233445566778a",
  version: "1.1.2505.0",
  productName: "Microsoft Entra Provisioning Agent",
  signer: "Microsoft Corporation",
  tenantCloud: "Public",
  proxyURL: "",
};
export const REGISTER = {
  tenantID: TENANT_ID,
  tenantCloud: "Public",
  mode: "Credential",
  secretARN: `${SECRETS}/registration-AbCdEf`,
};
export const CONFIGURE = {
  domainName: DOMAIN,
  netBIOSName: "CORP",
  gmsaMode: "Existing",
  gmsaName: "gmsaCloudSync$",
  setupSecretARN: "",
  preferredDomainControllers: "",
};

export const PROXY = { agentKind: "Provisioning", proxyURL: "http://proxy.corp.example.com:3128" };
export const HOST_GROUP_MEMBER = {
  domainName: DOMAIN,
  computerName: "CSA2",
  organizationalUnit: JOIN.organizationalUnit,
  hostGroup: HOST_GROUP,
  credentialSecretARN: LEAVE_SECRET,
};
export const LEAVE = { ...HOST_GROUP_MEMBER, computerName: "CSA1" };
export const CONTAINER = "OU=EntraGroups,DC=corp,DC=example,DC=com";
export const PERMISSIONS = {
  domainName: DOMAIN,
  gmsaName: "gmsaCloudSync$",
  mode: "Verify",
  provisioningContainers: CONTAINER,
  setupSecretARN: SETUP_SECRET,
};
export const VENDOR_PERMISSIONS = {
  domainName: DOMAIN,
  gmsaName: "gmsaCloudSync$",
  mode: "Verify",
  types: "PasswordHashSync",
  restriction: "Leave",
  setupSecretARN: SETUP_SECRET,
};
export const ANCHOR = "Group_0f2c7a1e-3d0b-4a53-9d8e-0b6a4c9e1f11";
export const READ_GROUP = { domainName: DOMAIN, anchor: ANCHOR };
export const DIAGNOSTICS = { bucket: "cloudsync-output", bucketOwner: "111122223333", keyPrefix: "diagnostics/tokyo/" };
export const PASS_THROUGH_INSTALL = {
  bucket: "cloudsync-installers",
  key: "pass-through/1.5.2482.0/AADConnectAuthAgentSetup.exe",
  versionID: "v1.5.2482.0",
  bucketOwner: "111122223333",
  sha256: "7a3e1c9be0d34786a1b2c3d4e5f60718293a4b5c6d7e8f9011223344556677b0",
  signer: "Microsoft Corporation",
  productName: "Microsoft Azure AD Connect Authentication Agent",
  version: "1.5.2482.0",
  tenantCloud: "Public",
};
export const PASS_THROUGH_REGISTER = { tenantID: TENANT_ID, tenantCloud: "Public", secretARN: REGISTER.secretARN };

export function joined(bench: Bench, id: string): string {
  const instanceID = bench.online(id);
  expectSucceeded(bench.run("Join", instanceID, { ...JOIN, computerName: `CSA${id}` }));
  return instanceID;
}

export function installed(bench: Bench, id: string): string {
  const instanceID = joined(bench, id);
  expectSucceeded(bench.run("Install", instanceID, INSTALL));
  return instanceID;
}

export function configured(bench: Bench, id: string): string {
  const instanceID = installed(bench, id);
  expectSucceeded(bench.run("Register", instanceID, REGISTER));
  expectSucceeded(bench.run("Configure", instanceID, CONFIGURE));
  return instanceID;
}

/** Installed and registered, beside no provisioning agent. */
export function passThrough(bench: Bench, id: string): string {
  const instanceID = joined(bench, id);
  expectSucceeded(bench.run("PassThroughInstall", instanceID, PASS_THROUGH_INSTALL));
  expectSucceeded(bench.run("PassThroughRegister", instanceID, PASS_THROUGH_REGISTER));
  return instanceID;
}

function expectSucceeded(line: Line): void {
  if (line.outcome !== "Succeeded") throw new Error(JSON.stringify(line));
}
