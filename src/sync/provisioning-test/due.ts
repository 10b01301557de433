/**
 * Whether a run is due, and why.
 * Guarantees: once a generation, once a request, once a schema for a gate, and by schedule with one run for all that were missed; what told nothing is
 * run again a bounded number of times; at rest nothing is due (L1).
 */
import type { RunCause } from "../../api/provisioning-test.ts";
import { ANNOTATIONS } from "../../api/kinds.ts";
import { GAP_MIN_MS, nextRun } from "./schedule.ts";
import type { LastRun, TestSnapshot } from "./snapshot.ts";

export type Due =
  | { readonly kind: "now"; readonly cause: RunCause; readonly request?: string }
  | { readonly kind: "at"; readonly atMs: number }
  | { readonly kind: "asked" }; // only by a change, or by a person

/** Reasons of a run that only the agents of the domain could have answered. */
export const NO_AGENT_REASONS: ReadonlySet<string> = new Set([
  "NoActiveAgent",
  "AgentNotAssigned",
  "NoDirectoryReader",
]);
/**
 * A group may come in scope a moment after its first run: another loop writes the assignment, and Entra shows it late (entra-graph reference, 10.5).
 */
const MAY_PASS_REASONS: ReadonlySet<string> = new Set(["NotInScope"]);
/** How late a cache, and times in whole seconds, may show an agent that was Ready before the run began. */
const SEEN_LATE_MS = 10_000;
/** What told nothing, or failed for a cause that may pass, is tried so often again, each time later. */
const RETRY_DELAYS_MS = [5 * 60_000, 30 * 60_000, 2 * 3_600_000] as const;

export function runDue(snapshot: TestSnapshot): Due {
  const { test, nowMs } = snapshot;
  const { last } = test.status;
  const request = test.metadata.annotations?.[ANNOTATIONS.requestedAt];
  if (request !== undefined && request !== test.status.lastHandledRequest)
    return { kind: "now", cause: "Requested", request };
  if (last === undefined || last.generation !== test.metadata.generation) return { kind: "now", cause: "Generation" };
  if (isSchemaUntested(snapshot, last)) return { kind: "now", cause: "Schema" };
  const later = [agentsReturned(snapshot, last), scheduled(snapshot, last), retry(last)].flatMap((one) => one ?? []);
  const due = later.filter(({ atMs }) => atMs <= nowMs);
  const [first] = due;
  if (first !== undefined) return { kind: "now", cause: first.cause };
  return later.length === 0 ? { kind: "asked" } : { kind: "at", atMs: Math.min(...later.map(({ atMs }) => atMs)) };
}

interface Later {
  readonly cause: RunCause;
  readonly atMs: number;
}

/** A gate counts for one schema alone: when that has changed, its test is due by itself. */
function isSchemaUntested({ test, configuration }: TestSnapshot, last: LastRun): boolean {
  const schemaHash = configuration?.status.schemaHash;
  const isGate = configuration?.spec.start.gateRef?.name === test.metadata.name;
  return isGate && schemaHash !== undefined && schemaHash !== last.schemaHash;
}

/**
 * A run that failed or told nothing for want of an agent is due once one has become Ready since it began; not more often than the gap, whatever the
 * agents do. One that was Ready well before changes nothing (L1).
 */
function agentsReturned({ readers }: TestSnapshot, last: LastRun): Later | undefined {
  if (last.result === "Passed" || !NO_AGENT_REASONS.has(last.reason ?? "")) return undefined;
  const hasReturned = readers.some(
    ({ readySince }) => Date.parse(readySince) >= Date.parse(last.startedAt) - SEEN_LATE_MS,
  );
  return hasReturned ? { cause: "AgentsReturned", atMs: endedMs(last) + GAP_MIN_MS } : undefined;
}

function scheduled({ test }: TestSnapshot, last: LastRun): Later | undefined {
  const { schedule, timeZone } = test.spec;
  if (schedule === undefined) return undefined;
  const next = nextRun({ schedule, timeZone }, Date.parse(last.startedAt));
  return next.kind === "at" ? { cause: "Schedule", atMs: next.atMs } : undefined;
}

function retry(last: LastRun): Later | undefined {
  const reason = last.reason ?? "";
  const mayPass = last.result === "Unknown" ? !NO_AGENT_REASONS.has(reason) : MAY_PASS_REASONS.has(reason);
  if (!mayPass) return undefined;
  const delayMs = RETRY_DELAYS_MS[last.retries ?? 0];
  return delayMs === undefined ? undefined : { cause: "Retry", atMs: endedMs(last) + delayMs };
}

function endedMs({ finishedAt, startedAt }: LastRun): number {
  return Date.parse(finishedAt ?? startedAt);
}
