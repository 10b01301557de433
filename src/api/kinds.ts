/**
 * How each kind is reached, and every name that the project writes into metadata.
 * Never: a name of this list written anywhere else; they are the public contract.
 */
import type { ResourceKind } from "../kube/port.ts";

export const API_GROUP = "cloudsync.dev";
export const API_VERSION = "v1alpha1";
export const API_GROUP_VERSION = `${API_GROUP}/${API_VERSION}`;

/** Raised with every change of a schema; each CRD carries it as an annotation, which the operator compares at start. */
export const SCHEMA_VERSION = 3;

export const ENTRA_TENANT = namespaced("EntraTenant", "entratenants");
export const AD_DOMAIN = namespaced("ADDomain", "addomains");
export const CLOUD_SYNC_AGENT_POOL = namespaced("CloudSyncAgentPool", "cloudsyncagentpools");
export const CLOUD_SYNC_AGENT = namespaced("CloudSyncAgent", "cloudsyncagents");
export const SYNC_CONFIGURATION = namespaced("SyncConfiguration", "syncconfigurations");
export const GROUP_SCOPE = namespaced("GroupScope", "groupscopes");
export const PROVISIONING_TEST = namespaced("ProvisioningTest", "provisioningtests");

/** Every kind, without its schemas: a process holds in memory only the schemas of kinds that it parses. */
export const KINDS: readonly ResourceKind[] = [
  ENTRA_TENANT,
  AD_DOMAIN,
  CLOUD_SYNC_AGENT_POOL,
  CLOUD_SYNC_AGENT,
  SYNC_CONFIGURATION,
  GROUP_SCOPE,
  PROVISIONING_TEST,
];

export const ANNOTATIONS = {
  /** "true": no write outside the cluster, status still kept. */
  paused: "cloudsync.dev/paused",
  /** "true": deletion lets go without touching anything outside. */
  release: "cloudsync.dev/release",
  /** Any text, usually a time: do it again now; answered by status.lastHandledRequest. */
  requestedAt: "cloudsync.dev/requested-at",
  /** An instance id, on a CloudSyncAgent: a compromised host goes at once, floor or not. */
  terminateNow: "cloudsync.dev/terminate-now",
  /** On each CRD: the schema version that it was generated with. */
  schemaVersion: "cloudsync.dev/schema-version",
  /** On the chart's admission policy: which fields it guards. */
  approvalPolicyVersion: "cloudsync.dev/approval-policy-version",
} as const;

export const FINALIZERS = {
  /** On ADDomain and EntraTenant while a dependant has something outside to undo. */
  inUse: "cloudsync.dev/in-use",
  /** On a CloudSyncAgentPool until its agents are gone. */
  pool: "cloudsync.dev/agents",
  /** On a CloudSyncAgent until its instance is gone, retained or released. */
  agent: "cloudsync.dev/instance",
  /** On a SyncConfiguration until what it made in Entra is gone, kept or let go. */
  configuration: "cloudsync.dev/configuration",
  /** On a GroupScope with deletionPolicy Delete until what it brought in has left. */
  groupScope: "cloudsync.dev/assignments",
} as const;

/** Labels on a CloudSyncAgent; a pool's scale selector is `cloudsync.dev/pool-uid=<uid>`. */
export const LABELS = {
  pool: "cloudsync.dev/pool",
  poolUID: "cloudsync.dev/pool-uid",
  slot: "cloudsync.dev/slot",
} as const;

function namespaced(kind: string, plural: string): ResourceKind {
  return { group: API_GROUP, version: API_VERSION, kind, plural, isNamespaced: true };
}
