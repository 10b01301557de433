/**
 * Whether the Entra side has come to rest, from its objects alone. Pure.
 * Guarantees: "settled" only when each object is Ready; what waits says for what; a run, a retry or a write under way is "moving".
 */
import type { ClusterObject } from "./person.ts";
import type { Rest } from "./rest.ts";
import { conditionOf, isReady, waitsForPerson } from "./rest.ts";

export interface EntraObjects {
  readonly configurations: readonly ClusterObject[];
  readonly scopes: readonly ClusterObject[];
  readonly tests: readonly ClusterObject[];
}

/** Undefined where there is nothing of Entra to wait for. */
export function entraRestOf(
  { configurations, scopes, tests }: EntraObjects,
  isFleetWaiting: boolean,
): Rest | undefined {
  if (configurations.length + scopes.length + tests.length === 0) return undefined;
  const roots = configurations.map(restOfOne);
  // Without a configuration that gets on, its scopes and tests can only wait for it; without a fleet that gets on, tests can.
  const isRootWaiting = roots.length === 0 || roots.some(({ kind }) => kind === "waits");
  // Who waits for its gate waits for a test that may be run again by itself.
  const isGateAwaited = configurations.some((one) => conditionOf(one, "Ready")?.reason.startsWith("Gate") === true);
  const dependants = [
    ...scopes.map((scope) => dependantOf(scope, isRootWaiting)),
    ...tests.map((test) => dependantOf(test, (isRootWaiting && !isGateAwaited) || isFleetWaiting)),
  ];
  const all = [...roots, ...dependants];
  return (
    all.find(({ kind }) => kind === "moving") ??
    all.find(({ kind }) => kind === "waits") ??
    ({ kind: "ready" } as const)
  );
}

/** What an object says while it does something itself, whatever it depends on. */
const AT_WORK: ReadonlySet<string> = new Set(["Adding", "Removing", "Running", "Working", "NotYetJudged"]);

function dependantOf(object: ClusterObject, isBasisWaiting: boolean): Rest {
  const own = restOfOne(object);
  if (own.kind !== "moving" || !isBasisWaiting || !hasSpoken(object)) return own;
  const reason = conditionOf(object, "Ready")?.reason ?? "";
  const progress = conditionOf(object, "Reconciling")?.reason ?? "";
  if (AT_WORK.has(reason) || AT_WORK.has(progress)) return own;
  return { kind: "waits", why: `${named(object)} waits for what it depends on: ${reason}` };
}

/** Goes on by itself a day later, and not before. */
const LEFT_TO_TIME: ReadonlySet<string> = new Set(["Contended", "OverAdditionCeiling"]);
/** A test's group that was deleted, or never made: looked for again every five minutes. */
const LEFT_TO_PERSON: ReadonlySet<string> = new Set(["SubjectNotFound"]);
/** Is read again within a minute. */
const READ_AGAIN: ReadonlySet<string> = new Set([
  "ListShrankWithoutAgreement",
  "ScopesUnread",
  "NotYetJudged",
  "Listing",
]);

function restOfOne(object: ClusterObject): Rest {
  if (!hasSpoken(object)) return { kind: "moving", why: `${named(object)} has said nothing of its generation` };
  const waits = waitsForPerson(object);
  if (waits !== undefined) return { kind: "waits", why: waits };
  if (object.metadata.deletionTimestamp !== undefined)
    return { kind: "moving", why: `${named(object)} is being deleted` };
  const reconciling = conditionOf(object, "Reconciling");
  const ready = conditionOf(object, "Ready");
  const reason = ready?.reason ?? "";
  if (isReady(object) && reconciling?.status !== "True") return { kind: "ready" };
  if (LEFT_TO_TIME.has(reason)) return { kind: "waits", why: `${named(object)} waits for tomorrow: ${reason}` };
  if (LEFT_TO_PERSON.has(reason)) return { kind: "waits", why: `${named(object)} waits for a person: ${reason}` };
  if (isFailedForGood(object)) return { kind: "waits", why: `${named(object)} failed: ${reason}` };
  const isIdleScope = object.kind === "GroupScope" && reconciling?.status === "False" && !READ_AGAIN.has(reason);
  if (isIdleScope) return { kind: "waits", why: `${named(object)} waits: ${reason}` };
  return { kind: "moving", why: `${named(object)} Ready=${String(ready?.status)}/${reason}` };
}

/** What only an agent of the domain could have answered is asked again once there is one. */
const ASKED_AGAIN: ReadonlySet<string> = new Set(["NoActiveAgent", "AgentNotAssigned", "NoDirectoryReader"]);

/** A red test runs again by its schedule, or when somebody asks for it; one whose group is not in scope yet, three times by itself. */
function isFailedForGood({ kind, status }: ClusterObject): boolean {
  const last = status?.["last"] as LastRun | undefined;
  const isRunning = status?.["run"] !== undefined;
  if (kind !== "ProvisioningTest" || isRunning || last?.result !== "Failed") return false;
  if (last.reason === "NotInScope") return (last.retries ?? 0) >= RETRIES_MAX;
  return !ASKED_AGAIN.has(last.reason ?? "");
}

interface LastRun {
  readonly result?: string;
  readonly reason?: string;
  readonly retries?: number;
}
const RETRIES_MAX = 3;

function hasSpoken(object: ClusterObject): boolean {
  const ready = conditionOf(object, "Ready");
  return ready !== undefined && ready.observedGeneration === object.metadata.generation;
}

function named({ kind, metadata }: ClusterObject): string {
  return `${kind} ${metadata.name}`;
}
