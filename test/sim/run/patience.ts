/**
 * How long a run waits before it calls a fleet at rest, by the times that the plan itself sets. Pure.
 * Guarantees: nothing that the operator does by one of its own intervals comes later, unless it is news.
 */
import { durationMs } from "../../../src/api/durations.ts";
import type { OperatorConfig } from "../../../src/runtime/config.ts";
import type { Plan } from "./plan.ts";

export interface Patience {
  /** Nothing is written by operators for so long: at rest, as far as a person who goes on can see. */
  readonly quietMs: number;
  /** So long after it, every trouble has been noticed: the age of a ping and of evidence, and lists of the cloud on top. */
  readonly noticedMs: number;
}

const SLACK_MS = 60_000;
/** Intervals come up to a fifth later than they say. */
const JITTER = 1.2;
/** CloudSyncAgentPool, health.evidenceMaxAge. */
const EVIDENCE_MAX_AGE_DEFAULT = "15m";

/** A cycle of the vendor's job, or a poll of it. */
const ENTRA_CYCLE_MS = 22 * 60_000;
/** Assignments are listed this often at the least: only then a hand in the portal is seen. */
const ASSIGNMENTS_LISTED_MS = 33 * 60_000;

export function patienceOf({ pool, acts }: Pick<Plan, "pool" | "acts">, config: OperatorConfig): Patience {
  const { inventoryIntervalMs, pingAgeMaxMs } = config;
  const spec = pool["spec"] as { readonly health?: { readonly evidenceMaxAge?: string } } | undefined;
  const evidenceMs = durationMs(spec?.health?.evidenceMaxAge ?? EVIDENCE_MAX_AGE_DEFAULT);
  return {
    quietMs: JITTER * inventoryIntervalMs + SLACK_MS,
    noticedMs: Math.max(pingAgeMaxMs + evidenceMs + 2 * JITTER * inventoryIntervalMs, entraNoticedMs(acts)),
  };
}

function entraNoticedMs(acts: Plan["acts"]): number {
  const kinds = new Set(acts.map(({ deed }) => deed.kind));
  if (kinds.has("assign") || kinds.has("unassign")) return ASSIGNMENTS_LISTED_MS;
  return kinds.has("applyEntra") ? ENTRA_CYCLE_MS : 0;
}
