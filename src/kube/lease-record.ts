/**
 * What a Lease object says, and who may take it: pure decisions.
 * Never: compares a remote clock with the local one (the remote times are written for people only).
 * Source: client-go tools/leaderelection; coordination.k8s.io/v1.
 */
import { isRecord } from "./json.ts";
import { microTime } from "./events.ts";

export interface LeaseRecord {
  /** "" when released. */
  readonly holder: string;
  readonly durationMs: number;
  readonly transitions: number;
  readonly acquireTime: string | undefined;
  readonly renewTime: string | undefined;
  readonly resourceVersion: string;
}

/** The record as last seen to change, by the local monotonic clock. */
export interface ObservedLease {
  readonly record: LeaseRecord;
  readonly changedMs: number;
}

export function leaseRecord(body: unknown): LeaseRecord | undefined {
  if (!isRecord(body) || !isRecord(body["metadata"])) return undefined;
  const { resourceVersion } = body["metadata"];
  if (typeof resourceVersion !== "string") return undefined;
  const spec = isRecord(body["spec"]) ? body["spec"] : {};
  const { holderIdentity, leaseDurationSeconds, leaseTransitions, acquireTime, renewTime } = spec;
  return {
    holder: typeof holderIdentity === "string" ? holderIdentity : "",
    durationMs: typeof leaseDurationSeconds === "number" ? leaseDurationSeconds * 1_000 : 0,
    transitions: typeof leaseTransitions === "number" ? leaseTransitions : 0,
    acquireTime: typeof acquireTime === "string" ? acquireTime : undefined,
    renewTime: typeof renewTime === "string" ? renewTime : undefined,
    resourceVersion,
  };
}

/** Keeps the instant of the last change: any write to the Lease counts as a sign of life. */
export function observe(before: ObservedLease | undefined, record: LeaseRecord, nowMs: number): ObservedLease {
  if (before?.record.resourceVersion === record.resourceVersion) return before;
  return { record, changedMs: nowMs };
}

/** Whether `identity` may write itself in: it is free, its own, or unchanged for as long as its holder promised. */
export function mayTake({ record, changedMs }: ObservedLease, identity: string, nowMs: number): boolean {
  if (record.holder === "" || record.holder === identity) return true;
  return nowMs - changedMs > record.durationMs;
}

export interface LeaseWrite {
  readonly identity: string;
  readonly durationMs: number;
  readonly nowMs: number; // wall clock, for people
}

/** `spec` after taking or renewing; `before` is undefined when the Lease does not exist yet. */
export function takenSpec(before: LeaseRecord | undefined, { identity, durationMs, nowMs }: LeaseWrite): object {
  const isRenewal = before?.holder === identity;
  return {
    holderIdentity: identity,
    leaseDurationSeconds: Math.max(1, Math.ceil(durationMs / 1_000)),
    acquireTime: isRenewal ? (before.acquireTime ?? microTime(nowMs)) : microTime(nowMs),
    renewTime: microTime(nowMs),
    leaseTransitions: before === undefined ? 0 : before.transitions + (isRenewal ? 0 : 1),
  };
}

/** `spec` after a graceful release: nobody holds it, so a follower takes it at its next look. */
export function releasedSpec(before: LeaseRecord, nowMs: number): object {
  return {
    holderIdentity: "",
    leaseDurationSeconds: 1,
    acquireTime: before.acquireTime,
    renewTime: microTime(nowMs),
    leaseTransitions: before.transitions,
  };
}
