/**
 * The limits of the identity and access service, and those that single operations have beside them (entra-graph reference, 10.1).
 * Guarantees: a refused call has no effect; retrying early counts, so impatience prolongs the wait. Caveat: the service says nothing of how its windows move;
 * here each is a bucket that refills evenly [I].
 */
import type { WorldClock } from "../core/clock.ts";
import type { GraphMethod, OperationLimit } from "./operation.ts";

export interface ThrottleSubject {
  readonly method: GraphMethod;
  /** Template. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly appId: string;
  readonly tenantId: string;
  readonly userCount: number;
  readonly limits: readonly OperationLimit[];
}

export type ThrottleVerdict =
  | { readonly kind: "passed"; readonly units: number; readonly usedShare: number }
  | { readonly kind: "refused"; readonly retryAfterSeconds: number; readonly scope: string; readonly what: string };

interface Bucket {
  readonly key: string;
  readonly capacity: number;
  readonly perMs: number;
  readonly cost: number;
  readonly scope: string;
  readonly what: string;
}

const RETRY_AFTER_SECONDS_MAX = 300;
/** What a refused call costs, and how far below empty a bucket can be driven. */
const EARLY_RETRY_COST = 1;
const DEBT_SHARE_MAX = 0.1;

export class GraphThrottle {
  readonly #clock: WorldClock;
  readonly #levels = new Map<string, { readonly left: number; readonly atMs: number }>();

  constructor(clock: WorldClock) {
    this.#clock = clock;
  }

  take(subject: ThrottleSubject): ThrottleVerdict {
    const buckets = bucketsOf(subject);
    const nowMs = this.#clock.nowMs();
    const levels = buckets.map((bucket) => ({ bucket, left: this.#left(bucket, nowMs) }));
    const lacking = levels.filter(({ bucket, left }) => left < bucket.cost);
    const worst = lacking.sort((one, two) => waitMs(two) - waitMs(one))[0];
    if (worst !== undefined) {
      const floor = -worst.bucket.capacity * DEBT_SHARE_MAX;
      this.#levels.set(worst.bucket.key, { left: Math.max(floor, worst.left - EARLY_RETRY_COST), atMs: nowMs });
      const seconds = Math.min(RETRY_AFTER_SECONDS_MAX, Math.max(1, Math.ceil(waitMs(worst) / 1_000)));
      return { kind: "refused", retryAfterSeconds: seconds, scope: worst.bucket.scope, what: worst.bucket.what };
    }
    for (const { bucket, left } of levels) this.#levels.set(bucket.key, { left: left - bucket.cost, atMs: nowMs });
    const usedShare = Math.max(...levels.map(({ bucket, left }) => 1 - (left - bucket.cost) / bucket.capacity));
    return { kind: "passed", units: resourceUnits(subject), usedShare };
  }

  #left({ key, capacity, perMs }: Bucket, nowMs: number): number {
    const level = this.#levels.get(key);
    if (level === undefined) return capacity;
    return Math.min(capacity, level.left + ((nowMs - level.atMs) / perMs) * capacity);
  }
}

function waitMs({ bucket, left }: { readonly bucket: Bucket; readonly left: number }): number {
  return ((bucket.cost - left) / bucket.capacity) * bucket.perMs;
}

function bucketsOf(subject: ThrottleSubject): readonly Bucket[] {
  const { appId, tenantId, userCount, limits } = subject;
  const units = resourceUnits(subject);
  const isWrite = subject.method !== "GET" && subject.path !== "/$batch";
  const bucket = (scope: string, who: string, what: string, [capacity, perMs, cost]: [number, number, number]) => ({
    key: `${scope}|${who}|${what}`,
    scope: `${scope}/${isWrite ? "Write" : "Read"}/${appId}/${tenantId}`,
    what,
    capacity,
    perMs,
    cost,
  });
  const pair = `${appId}|${tenantId}`;
  return [
    bucket("Tenant_Application", pair, "ResourceUnitLimitExceeded", [unitsOfTenant(userCount), 10_000, units]),
    bucket("Application", appId, "ResourceUnitLimitExceeded", [150_000, 20_000, units]),
    ...(isWrite
      ? [
          bucket("Tenant_Application", pair, "WriteLimitExceeded", [3_000, 150_000, 1]),
          bucket("Application", appId, "WriteLimitExceeded", [70_000, 300_000, 1]),
          bucket("Tenant", tenantId, "WriteLimitExceeded", [18_000, 300_000, 1]),
        ]
      : []),
    ...limits.map(({ name, calls, perMs }) => bucket("Tenant_Application", pair, name, [calls, perMs, 1])),
  ];
}

/** Tenants below 50, up to 500 and above 500 users. */
function unitsOfTenant(userCount: number): number {
  return userCount < 50 ? 3_500 : userCount <= 500 ? 5_000 : 8_000;
}

const BASE_UNITS: Readonly<Record<string, number>> = {
  "/groups/{group-id}/members": 3,
  "/groups/{group-id}/transitiveMembers": 5,
  "/applications": 2,
  "/users": 2,
  "/subscribedSkus": 3,
  "/servicePrincipals/{servicePrincipal-id}/appRoleAssignments": 2,
};

/** Base cost; `$select` minus 1, `$expand` plus 1, `$top` below 20 minus 1, never below 1. Any write costs 1. */
export function resourceUnits({ method, path, query }: Pick<ThrottleSubject, "method" | "path" | "query">): number {
  if (method !== "GET") return 1;
  const top = query.$top;
  const discount = (query.$select === undefined ? 0 : 1) + (top !== undefined && Number(top) < 20 ? 1 : 0);
  return Math.max(1, (BASE_UNITS[path] ?? 1) - discount + (query.$expand === undefined ? 0 : 1));
}
