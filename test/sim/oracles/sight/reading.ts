/**
 * Reads out of cluster objects and instances what promises speak of. Names are the public contract (docs/api-reference.md). Pure.
 * Never: imports the product; a promise must not share its errors, and a process has to replace its clock before it loads the product.
 */
import type { Instance } from "../../../../sim/src/ec2/instance.ts";
import type { ClusterObject } from "../../run/person.ts";

export const OWNER_TAG = "cloudsync.dev/owner-id";
export const NAMESPACE_TAG = "cloudsync.dev/namespace";
export const POOL_TAG = "cloudsync.dev/pool";
export const POOL_UID_TAG = "cloudsync.dev/pool-uid";
export const AGENT_UID_TAG = "cloudsync.dev/agent-uid";
export const ATTEMPT_TAG = "cloudsync.dev/attempt";
export const AGENT_FINALIZER = "cloudsync.dev/instance";

const PAUSED = "cloudsync.dev/paused";
const RELEASE = "cloudsync.dev/release";
const TERMINATE_NOW = "cloudsync.dev/terminate-now";

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: SECOND_MS, m: MINUTE_MS, h: 60 * MINUTE_MS };

/** Go durations, such as `1h30m`. */
export function durationMs(text: string): number {
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g);
  return [...parts].reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNIT_MS[unit ?? ""] ?? Number.NaN), 0);
}

/** What an agent's frozen spec says of its host. */
export interface AgentFacts {
  readonly poolUID: string;
  readonly poolName: string;
  readonly slot: number;
  readonly tenantName: string | undefined;
  readonly domainName: string;
  readonly dnsName: string;
  readonly tenantID: string;
  /** In lower case; undefined where the agent makes its own. */
  readonly account: string | undefined;
  readonly isManual: boolean;
  readonly evidenceMaxAgeMs: number;
  readonly onlineMs: number;
  readonly registrationMs: number;
}

interface Template {
  readonly owner: { readonly poolUID: string; readonly poolName: string };
  readonly tenant: { readonly name?: string; readonly tenantID: string };
  readonly domain: { readonly name: string; readonly dnsName: string; readonly gmsa: { readonly name?: string } };
  readonly agent: { readonly registration: { readonly mode: string } };
  readonly health: { readonly evidenceMaxAge: string };
  readonly timeouts: { readonly online: string; readonly registration: string };
}

export function agentFacts({ spec }: ClusterObject): AgentFacts {
  const { owner, tenant, domain, agent, health, timeouts } = spec?.["template"] as Template;
  return {
    poolUID: owner.poolUID,
    poolName: owner.poolName,
    slot: Number(spec?.["slot"]),
    tenantName: tenant.name,
    domainName: domain.name,
    dnsName: domain.dnsName.toLowerCase(),
    tenantID: tenant.tenantID,
    account: domain.gmsa.name?.toLowerCase(),
    isManual: agent.registration.mode === "Manual",
    evidenceMaxAgeMs: durationMs(health.evidenceMaxAge),
    onlineMs: durationMs(timeouts.online),
    registrationMs: durationMs(timeouts.registration),
  };
}

export interface AgentStatus {
  readonly launch?: { readonly attempt: number; readonly subnetID: string; readonly token: string };
  readonly instanceID?: string;
  readonly step?: {
    readonly name: string;
    readonly deadline: string;
    readonly lastError?: object;
    readonly retryAt?: string;
    readonly endedAt?: string;
  };
  readonly retirement?: { readonly reason: string };
}

export function agentStatus({ status }: ClusterObject): AgentStatus {
  return status ?? {};
}

export interface PoolSpec {
  readonly replicas: number;
  readonly mode: string;
  readonly deletionPolicy: string;
  readonly availability: { readonly minHealthy?: number };
  readonly rollout: { readonly maxSurge: number };
}

export function poolSpec({ spec }: ClusterObject): PoolSpec {
  return spec as unknown as PoolSpec;
}

/** docs/api-reference.md, spec.availability.minHealthy: absent means replicas - 1, at least 1, and 0 when replicas is 0. */
export function floorOf(pool: ClusterObject): number {
  const { replicas, availability } = poolSpec(pool);
  return Math.min(replicas, availability.minHealthy ?? Math.max(1, replicas - 1));
}

export function releasedInstances({ status }: ClusterObject): readonly string[] {
  const released = (status?.["released"] ?? []) as readonly { readonly instanceID: string }[];
  return released.map(({ instanceID }) => instanceID);
}

export function isDeleting({ metadata }: ClusterObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

export function isReleaseAsked({ metadata }: ClusterObject): boolean {
  return metadata.annotations?.[RELEASE] === "true";
}

export function isEndAskedOf({ metadata }: ClusterObject, instanceID: string): boolean {
  return metadata.annotations?.[TERMINATE_NOW] === instanceID;
}

/** Why nothing outside may be written for the object, by itself: a person's pause, or Observe. */
export function whyWithheld({ kind, metadata, spec }: ClusterObject): string | undefined {
  if (metadata.annotations?.[PAUSED] === "true") return `${kind} ${metadata.name} is paused`;
  const mode = spec?.["mode"] as string | undefined;
  return mode === undefined || mode === "Enforce" ? undefined : `${kind} ${metadata.name} is in mode ${mode}`;
}

/** May still run, or be started again: shutting-down never comes back (EC2 User Guide, instance lifecycle). */
export function isLive({ state }: Pick<Instance, "state">): boolean {
  return state !== "terminated" && state !== "shutting-down";
}

/** For sentences: such as `12.3 min`. */
export function minutes(ms: number): string {
  return `${(ms / MINUTE_MS).toFixed(1)} min`;
}
