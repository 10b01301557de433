/**
 * The loop of one CloudSyncAgentPool: observe, decide, act, publish. Start reading here.
 * Guarantees: at most one action a pass; status is written at most once beside a stored intent; nothing is written at rest (L1).
 */
import { parsePool } from "../../api/parse.ts";
import { decidePool, type PoolAction } from "../../fleet/pool/decide.ts";
import { poolCounts } from "../../fleet/pool/summary.ts";
import { keyText, type Reconcile } from "../../kube/port.ts";
import { announcer, type Decision } from "../announcer.ts";
import { actOnPool } from "./act.ts";
import { observePool, type ObservedPool } from "./observe.ts";
import type { PoolPorts } from "./ports.ts";
import { nextPoolStatus, writePoolStatus } from "./publish.ts";

export function poolReconciler(ports: PoolPorts): Reconcile {
  const announce = announcer("pool", ports.log, ports.events);
  const lastUIDs = new Map<string, string>();
  return async function reconcile(key, signal) {
    const object = ports.caches.pools.get(key);
    if (object === undefined) {
      announce.forget(lastUIDs.get(keyText(key)) ?? "");
      ports.figures.poolGone(key);
      lastUIDs.delete(keyText(key));
      return { kind: "done" };
    }
    lastUIDs.set(keyText(key), object.metadata.uid);
    const parsed = parsePool(object);
    if (parsed.kind === "invalid") {
      ports.log.error("object refused", { controller: "pool", ...key, problems: parsed.problems.join("; ") });
      return { kind: "done" };
    }
    const observed = await observePool(parsed.object, ports, signal);
    const action = decidePool(observed.snapshot);
    if (announce.announce(parsed.object, poolDecision(action))) count(action, ports);
    measure(observed, ports);
    if (!ports.mayAct()) return { kind: "retry", reason: "NotLeading" };
    const outcome = await actOnPool(action, observed, ports, signal);
    if (outcome.next === "gone") return { kind: "done" };
    // The finalizer is a write of its own: the next pass publishes on top of it.
    if (action.kind === "addFinalizer" && outcome.next === "again") return { kind: "requeue", afterMs: 0 };
    if (outcome.next === "backOff") return { kind: "retry", reason: "Contended" };
    const published = await writePoolStatus(
      outcome.pool,
      nextPoolStatus(observed, action, outcome.pool.status),
      ports,
      signal,
    );
    if (published.kind !== "ok" && published.kind !== "notFound") return { kind: "retry", reason: "StatusNotWritten" };
    if (outcome.next === "again") return { kind: "requeue", afterMs: 0 };
    if (action.kind === "hold" && action.reason === "InventoryUnread")
      return { kind: "requeue", afterMs: UNREAD_REVISIT_MS };
    return action.kind === "hold" || observed.snapshot.preflight.kind !== "passed"
      ? { kind: "requeue", afterMs: HOLD_REVISIT_MS }
      : { kind: "done" };
  };
}

/** An empty list changes no agent, so nothing wakes the loop when the first complete one comes after a failure. */
const UNREAD_REVISIT_MS = 1_000;
/** What withholds action may lie outside the cluster, where no event tells of its end. */
const HOLD_REVISIT_MS = 30_000;

/** Counted when the decision is new, not on every pass that repeats it. */
function count(action: PoolAction, { figures }: PoolPorts): void {
  if (action.kind === "createAgents")
    for (const { incarnation, reason } of action.agents) if (incarnation > 1) figures.replaced(reason);
  if (action.kind === "hold") figures.remediationBlocked(action.reason);
}

function measure({ snapshot }: ObservedPool, { figures }: PoolPorts): void {
  const { pool, instances } = snapshot;
  const name = { namespace: pool.metadata.namespace ?? "", name: pool.metadata.name };
  figures.pool(name, { desired: pool.spec.replicas, ready: poolCounts(snapshot).readyReplicas });
  if (instances.kind === "read") figures.orphans(name, instances.orphans.length);
}

/** Every pool goes through these within seconds: a line in the log, no event. */
const PASSING_HOLDS: ReadonlySet<string> = new Set([
  "InventoryUnread",
  "DomainNotAccepted",
  "AgentsLeaving",
  "Orphaning",
]);

function poolDecision(action: PoolAction): Decision {
  switch (action.kind) {
    case "hold": {
      const { reason, message } = action;
      const isPassing = PASSING_HOLDS.has(reason);
      return {
        action: "Hold",
        reason,
        message,
        ...(isPassing ? {} : { event: { type: "Warning", reason, action: "Hold", message } }),
      };
    }
    case "createAgents": {
      const agents = action.agents.map(
        ({ slot, incarnation, place }) => `${slot}-${incarnation} in ${place.availabilityZone}`,
      );
      return {
        action: "CreateAgents",
        reason: action.agents.every(({ reason }) => reason === "Fill") ? "Fill" : "Replace",
        message: agents.join(", "),
      };
    }
    case "retire":
      return { action: "Retire", reason: action.reason, message: action.agents.map(({ name }) => name).join(", ") };
    case "takeDisruption":
      return { action: "TakeDisruption", reason: action.disruption, message: action.agent.name };
    case "dropSlot":
      return { action: "DropSlot", reason: action.reason, message: String(action.slot) };
    case "recordReleased":
      return { action: "RecordReleased", reason: action.reason, message: action.instanceID };
    case "rest":
    case "addFinalizer":
    case "removeFinalizer":
    case "freeDisruption":
      return { action: action.kind, reason: "None", message: "" };
  }
}
