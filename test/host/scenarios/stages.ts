/** What each stage looks like, and the names that the table uses. Fictional. */
import type { FurtherState, HostState, Stage } from "./scenario.ts";

export const COMPUTER = "CSA1";
export const DOMAIN = "corp.example.com";
export const TENANT = "6b29fc40-ca47-4067-b31d-00dd010662da";
export const AGENT_VERSION = "1.1.2505.0";
export const PEER = "CSA2";
export const PASS_THROUGH_VERSION = "1.5.2482.0";
export const ROOT = "DC=corp,DC=example,DC=com";
export const CONTAINER = `OU=EntraGroups,${ROOT}`;
export const GMSA = "CORP\\gmsaCloudSync$";
/** The group that ReadGroup looks for. */
export const GROUP = {
  distinguishedName: `CN=sg-sales_0b6a4c9e1f11,${CONTAINER}`,
  anchor: "Group_0f2c7a1e-3d0b-4a53-9d8e-0b6a4c9e1f11",
  sid: "S-1-5-21-1004336348-1177238915-682003330-1602",
  objectGUID: "5d000000-0000-4000-8000-000000000003",
  memberGUIDs: ["9b000000-0000-4000-8000-000000000002", "1a000000-0000-4000-8000-000000000001"],
};
const VIRTUAL_ACCOUNT = "NT SERVICE\\AADConnectProvisioningAgent";

/** A fresh host's own name is Windows' choice: compared only where a stage says it. */
export type StageState = Omit<HostState, "computerName"> & { readonly computerName: string | undefined };

const FRESH: StageState = {
  computerName: undefined,
  domain: null,
  agentVersion: null,
  agentService: "Missing",
  serviceAccount: null,
  tenantID: null,
  configuredDomains: [],
  isHostGroupMember: false,
  lockedAccounts: [],
};
const JOINED: StageState = { ...FRESH, computerName: COMPUTER, domain: DOMAIN, isHostGroupMember: true };
const INSTALLED: StageState = {
  ...JOINED,
  agentVersion: AGENT_VERSION,
  agentService: "Running",
  serviceAccount: VIRTUAL_ACCOUNT,
};
const REGISTERED: StageState = { ...INSTALLED, tenantID: TENANT };
const CONFIGURED: StageState = { ...REGISTERED, serviceAccount: GMSA, configuredDomains: [DOMAIN] };

export const STAGE_STATES: Readonly<Record<Stage, StageState>> = {
  fresh: FRESH,
  joined: JOINED,
  installed: INSTALLED,
  registered: REGISTERED,
  configured: CONFIGURED,
  drained: { ...CONFIGURED, agentService: "Stopped" },
  passThroughInstalled: JOINED,
  passThroughRegistered: JOINED,
};

const FURTHER_FRESH: FurtherState = {
  computers: [],
  members: [],
  rights: [],
  isServiceAccountRestricted: false,
  archives: [],
  proxies: { agent: null, passThrough: null, updater: null, winHTTP: null },
  passThrough: null,
};
const FURTHER_JOINED: FurtherState = { ...FURTHER_FRESH, computers: [COMPUTER], members: [COMPUTER] };
const PASS_THROUGH = { version: PASS_THROUGH_VERSION, service: "Running", tenantID: null } as const;

/** With nothing beside the host and nothing wrong around it. */
export const FURTHER_STATES: Readonly<Record<Stage, FurtherState>> = {
  fresh: FURTHER_FRESH,
  joined: FURTHER_JOINED,
  installed: FURTHER_JOINED,
  registered: FURTHER_JOINED,
  configured: FURTHER_JOINED,
  drained: FURTHER_JOINED,
  passThroughInstalled: { ...FURTHER_JOINED, passThrough: PASS_THROUGH },
  passThroughRegistered: { ...FURTHER_JOINED, passThrough: { ...PASS_THROUGH, tenantID: TENANT } },
};
