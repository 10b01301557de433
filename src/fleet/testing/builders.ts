/** Snapshots for tests of decisions: complete, healthy and at rest unless a test says otherwise. Only tests import this file. */
import type { CloudSyncAgent } from "../../api/cloud-sync-agent.ts";
import type { CloudSyncAgentPool } from "../../api/cloud-sync-agent-pool.ts";
import { parseAgent, parsePool } from "../../api/parse.ts";
import type { AgentSnapshot, ProbeFacts } from "../agent/snapshot.ts";
import type { PoolAgent, PoolSnapshot } from "../pool/snapshot.ts";

export const NOW_MS = Date.parse("2026-11-22T08:00:00Z");
export const TENANT_ID = "6b29fc40-ca47-4067-b31d-00dd010662da";
const SECRET = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:cloudsync/join-AbCdEf";
const PASSED = ["Launched", "Online", "PreflightPassed", "Joined", "Installed", "Registered", "Configured", "Healthy"];

export interface AgentOverrides {
  readonly status?: object;
  readonly metadata?: object;
  readonly registrationMode?: "Manual" | "Credential";
  /** Links that are stored as True; default: none. */
  readonly passed?: readonly string[] | "all";
  /** The instance profile that sets the host up; default: none of its own. */
  readonly bootstrapInstanceProfile?: string;
  /** Members of the template's gMSA that differ; with a mode, all of them. */
  readonly gmsa?: object;
}

export function anAgent({
  status = {},
  metadata = {},
  registrationMode = "Credential",
  passed = [],
  bootstrapInstanceProfile,
  gmsa = {},
}: AgentOverrides = {}): CloudSyncAgent {
  const conditions = (passed === "all" ? PASSED : passed).map((type) => ({
    type,
    status: "True",
    observedGeneration: 1,
    lastTransitionTime: "2026-11-22T07:00:00Z",
    reason: "Done",
    message: "",
  }));
  const parsed = parseAgent({
    apiVersion: "cloudsync.dev/v1alpha1",
    kind: "CloudSyncAgent",
    metadata: {
      name: "tokyo-0-1",
      namespace: "identity",
      uid: "uid-0-1",
      resourceVersion: "10",
      generation: 1,
      creationTimestamp: "2026-11-22T06:00:00Z",
      finalizers: ["cloudsync.dev/instance"],
      ...metadata,
    },
    spec: {
      poolRef: { name: "tokyo" },
      slot: 0,
      incarnation: 1,
      templateHash: "0123456789abcdef",
      hashVersion: 1,
      template: template(registrationMode, bootstrapInstanceProfile, gmsa),
    },
    status: { conditions, ...status },
  });
  if (parsed.kind === "invalid") throw new Error(parsed.problems.join("\n"));
  return parsed.object;
}

function template(mode: "Manual" | "Credential", bootstrapInstanceProfile: string | undefined, gmsa: object): object {
  return {
    owner: { poolName: "tokyo", poolUID: "pool-uid", namespace: "identity" },
    aws: {
      region: "ap-northeast-1",
      accountID: "111122223333",
      instanceProfile: "cloudsync-agent",
      ...(bootstrapInstanceProfile === undefined ? {} : { bootstrapInstanceProfile }),
      instanceTypes: ["m6i.large"],
      imageID: "ami-0a1b2c3d4e5f60718",
      rootVolume: { sizeGiB: 50 },
      securityGroupIDs: ["sg-0agents"],
      tags: {},
    },
    placement: { subnetID: "subnet-0a", availabilityZone: "ap-northeast-1a" },
    tenant: { name: "contoso", tenantID: TENANT_ID, cloud: "Public" },
    domain: {
      name: "corp",
      dnsName: "corp.example.com",
      netBIOSName: "CORP",
      domainControllers: ["10.0.1.10"],
      organizationalUnit: "OU=CloudSync,DC=corp,DC=example,DC=com",
      computerNamePrefix: "CSA",
      joinSecretARN: SECRET,
      gmsa: {
        permissionsMode: "Verify",
        ...("mode" in gmsa ? {} : { mode: "Existing", name: "gmsaCloudSync$" }),
        ...gmsa,
      },
    },
    agent: {
      kind: "Provisioning",
      installer: {
        name: "provisioning-1.1.2505",
        bucket: "cloudsync-installers",
        bucketOwner: "111122223333",
        key: "setup.exe",
        versionID: "v1",
        sha256: "5f2c1a9be0d34786a1b2c3d4e5f60718293a4b5c6d7e8f90112233445566778a",
        version: "1.1.2505.0",
        productName: "Microsoft Entra Provisioning Agent",
        signer: "Microsoft Corporation",
      },
      registration: mode === "Manual" ? { mode } : { mode, secretARN: SECRET },
    },
    deletionPolicy: "Delete",
  };
}

export const HEALTHY_FACTS: ProbeFacts = {
  computerName: "CSAD",
  domain: "corp.example.com",
  isDomainTrusted: true,
  agentVersion: "1.1.2505.0",
  agentService: "Running",
  updaterService: "Running",
  serviceAccount: "CORP\\gmsaCloudSync$",
  isGMSAUsable: true,
  tenantID: TENANT_ID,
  certificateNotAfter: "2027-03-22T00:00:00Z",
  configuredDomains: ["corp.example.com"],
  unreachableDomainControllers: [],
  isEntraReachable: true,
};

export const INSTANCE_ID = "i-0123456789abcdef0";

export function anInstance(state: string): Extract<AgentSnapshot["instance"], { kind: "found" }> {
  const known = state as "running";
  return {
    kind: "found",
    instances: [
      {
        instanceID: INSTANCE_ID,
        state: known,
        availabilityZone: "ap-northeast-1a",
        stateReason: "",
        launchedAtMs: NOW_MS - 60_000,
        instanceType: "m6i.large",
        instanceProfileARN: "arn:aws:iam::111122223333:instance-profile/cloudsync-agent",
      },
    ],
  };
}

/** A host that runs and answers; what has been passed is the agent's matter. */
export function anAgentSnapshot(overrides: Partial<AgentSnapshot> = {}): AgentSnapshot {
  return {
    agent: anAgent(),
    mode: { kind: "enforce" },
    pool: { kind: "present", isDeleting: false, hasReleased: false, isOfferedRegistration: true, wantsHost: true },
    identityFailure: undefined,
    unclaimedInstanceIDs: [],
    instance: anInstance("running"),
    node: { kind: "listed", isOnline: true, pingAgeMs: 1_000, computerName: "", ssmAgentVersion: "3.3.3050.0" },
    step: { kind: "none" },
    probe: { kind: "read", facts: HEALTHY_FACTS, ageMs: 10_000 },
    entra: { status: "True", reason: "JobsHealthy", message: "" },
    slot: { kind: "free" },
    hold: undefined,
    rights: { mode: "Verify", containers: [] },
    joinProof: { kind: "open" },
    processAgeMs: 3_600_000,
    limits: {
      absenceAnswersMin: 3,
      absenceWindowMs: 300_000,
      stepAttemptsMax: 3,
      pingAgeMaxMs: 600_000,
      launchTokenTrustMs: 3_600_000,
    },
    nowMs: NOW_MS,
    ...overrides,
  };
}

export interface PoolOverrides {
  readonly spec?: object;
  readonly status?: object;
  readonly metadata?: object;
}

export function aPool({ spec = {}, status = {}, metadata = {} }: PoolOverrides = {}): CloudSyncAgentPool {
  const parsed = parsePool({
    apiVersion: "cloudsync.dev/v1alpha1",
    kind: "CloudSyncAgentPool",
    metadata: {
      name: "tokyo",
      namespace: "identity",
      uid: "pool-uid",
      resourceVersion: "20",
      generation: 1,
      creationTimestamp: "2026-11-22T06:00:00Z",
      finalizers: ["cloudsync.dev/agents"],
      ...metadata,
    },
    spec: {
      tenantRef: { name: "contoso" },
      domainRef: { name: "corp" },
      aws: {
        region: "ap-northeast-1",
        subnetIDs: ["subnet-0a", "subnet-0c", "subnet-0d"],
        securityGroupIDs: ["sg-0agents"],
        instanceProfile: "cloudsync-agent",
      },
      agent: { installer: { name: "provisioning-1.1.2505" } },
      ...spec,
    },
    status,
  });
  if (parsed.kind === "invalid") throw new Error(parsed.problems.join("\n"));
  return parsed.object;
}

export const SUBNETS = [
  { subnetID: "subnet-0a", availabilityZone: "ap-northeast-1a" },
  { subnetID: "subnet-0c", availabilityZone: "ap-northeast-1c" },
  { subnetID: "subnet-0d", availabilityZone: "ap-northeast-1d" },
] as const;

export function aPoolAgent(slot: number, incarnation: number, overrides: Partial<PoolAgent> = {}): PoolAgent {
  return {
    name: `tokyo-${slot}-${incarnation}`,
    uid: `uid-${slot}-${incarnation}`,
    slot,
    incarnation,
    place: SUBNETS[slot % SUBNETS.length] ?? SUBNETS[0],
    host: "alive",
    isReady: true,
    isConfigured: true,
    isDeleting: false,
    isReleaseRequested: false,
    isTerminateNow: false,
    retirementReason: undefined,
    isCurrent: true,
    isLaunchRefused: false,
    instanceID: `i-0000000000000${slot}${incarnation}`,
    computerName: undefined,
    isAwaitingPerson: false,
    createdAt: "2026-11-22T06:00:00Z",
    version: "1.1.2505.0",
    firstFailure: undefined,
    stall: undefined,
    hostPreflight: undefined,
    secrets: { status: "Unknown", reason: "NoBootstrapProfile" },
    rights: { status: "Unknown", reason: "NothingDeclared" },
    ...overrides,
  };
}

/** Three Ready agents, nothing to do, unless a test says otherwise. */
export function aPoolSnapshot(overrides: Partial<PoolSnapshot> = {}): PoolSnapshot {
  const agents = overrides.agents ?? [0, 1, 2].map((slot) => aPoolAgent(slot, 1));
  return {
    pool: aPool({ status: { slots: [0, 1, 2].map((slot) => ({ slot, incarnation: 1 })) } }),
    agents,
    mode: { kind: "enforce" },
    preflight: { kind: "passed", subnets: SUBNETS, imageID: "ami-0a1b2c3d4e5f60718", templateHash: "0123456789abcdef" },
    instances: {
      kind: "read",
      orphans: [],
      unclaimed: [],
      liveCount: agents.filter(({ host }) => host === "alive" || host === "stopped").length,
    },
    strangers: [],
    entra: { status: "True", reason: "JobsHealthy", message: "" },
    nowMs: NOW_MS,
    ...overrides,
  };
}
