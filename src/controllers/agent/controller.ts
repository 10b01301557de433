/**
 * The loop of one CloudSyncAgent: observe, decide, act, publish. Start reading here.
 * Guarantees: one pass reads everything anew, does at most one thing outside, and writes status at most once beside a stored intent.
 */
import type { CloudSyncAgent } from "../../api/cloud-sync-agent.ts";
import { durationMs } from "../../api/durations.ts";
import { parseAgent } from "../../api/parse.ts";
import { decideAgent, type AgentPlan } from "../../fleet/agent/decide.ts";
import type { AgentSnapshot } from "../../fleet/agent/snapshot.ts";
import type { Reconcile, ReconcileResult } from "../../kube/port.ts";
import { announcer } from "../announcer.ts";
import { stageTimer } from "../figures.ts";
import { act, type ActOutcome } from "./act.ts";
import { agentDecision, readinessEvent } from "./announce.ts";
import { agentMemory } from "./memory.ts";
import { observeAgent } from "./observe.ts";
import type { AgentPorts } from "./ports.ts";
import { publish } from "./publish.ts";

export function agentReconciler(ports: AgentPorts): Reconcile {
  const memory = agentMemory(ports.clock);
  const announce = announcer("agent", ports.log, ports.events);
  const stages = stageTimer(ports.clock, ports.figures);
  const lastUIDs = new Map<string, string>();
  return async function reconcile(key, signal) {
    const keyText = `${key.namespace}/${key.name}`;
    const object = ports.caches.agents.get(key);
    if (object === undefined) {
      const uid = lastUIDs.get(keyText);
      lastUIDs.delete(keyText);
      if (uid !== undefined) {
        memory.forget(uid);
        announce.forget(uid);
        stages.forget(uid);
      }
      return { kind: "done" };
    }
    lastUIDs.set(keyText, object.metadata.uid);
    const parsed = parseAgent(object);
    if (parsed.kind === "invalid") {
      ports.log.error("object refused", { controller: "agent", ...key, problems: parsed.problems.join("; ") });
      return { kind: "done" };
    }
    const agent: CloudSyncAgent = parsed.object;
    const observed = await observeAgent(agent, ports, memory, signal);
    const plan = decideAgent(observed.snapshot);
    const outcome = await act(plan, { ports, memory, observed, signal });
    announce.announce(agent, agentDecision(agent, plan, outcome));
    if (outcome.next === "gone") return { kind: "done" };
    const published = await publish(observed.snapshot, plan, outcome, ports, signal);
    if (published.kind === "failed") return { kind: "retry", reason: "StatusNotWritten" };
    stages.phase(agent.metadata.uid, published.status.phase ?? "Unknown");
    const event = readinessEvent(readyOf(agent.status), readyOf(published.status));
    if (event !== undefined) ports.events.emit(agent, event);
    return nextVisit(observed.snapshot, plan, outcome, published.kind === "written");
  };
}

function readyOf({ conditions }: CloudSyncAgent["status"]) {
  return conditions?.find(({ type }) => type === "Ready");
}

/** Events wake the loop; times wake it here. At rest only the age of the evidence does (S12). */
function nextVisit(
  snapshot: AgentSnapshot,
  plan: AgentPlan,
  outcome: ActOutcome,
  hasChanged: boolean,
): ReconcileResult {
  if (outcome.next === "backOff") return afterContention(outcome);
  if (outcome.next === "again" || hasChanged) return { kind: "requeue", afterMs: 0 };
  const { health } = snapshot.agent.spec.template;
  const evidenceLeftMs =
    snapshot.probe.kind === "read"
      ? durationMs(health.evidenceMaxAge) - snapshot.probe.ageMs
      : Number.POSITIVE_INFINITY;
  const planLeftMs = plan.revisitAtMs === undefined ? Number.POSITIVE_INFINITY : plan.revisitAtMs - snapshot.nowMs;
  const isUnread = plan.action.kind === "hold" && plan.action.reason === "InventoryUnread";
  if (isUnread) return { kind: "requeue", afterMs: UNREAD_REVISIT_MS };
  const isSettled = plan.action.kind === "rest";
  const afterMs = Math.min(evidenceLeftMs, planLeftMs, isSettled ? Number.POSITIVE_INFINITY : OPEN_REVISIT_MS);
  if (!Number.isFinite(afterMs)) return { kind: "done" };
  return { kind: "requeue", afterMs: Math.max(VISIT_GAP_MS, afterMs + EDGE_MS) };
}

/**
 * A throttled call was not carried out, and the buckets of the AWS side already slow down for all: the key itself waits a fixed time.
 * Everything else backs off by key.
 */
function afterContention({ failure }: ActOutcome): ReconcileResult {
  const retryAfterMs = failure?.retryAfterMs;
  if (failure?.class === "Throttled")
    return { kind: "requeue", afterMs: Math.max(THROTTLED_REVISIT_MS, retryAfterMs ?? 0) };
  return {
    kind: "retry",
    reason: failure?.reason ?? "Contended",
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

const THROTTLED_REVISIT_MS = 2_000;
/** An empty list changes no agent, so nothing wakes the loop when the first complete one comes after a failure. */
const UNREAD_REVISIT_MS = 1_000;
/** While something is open, its deadline is looked at this often at the latest (L2). */
const OPEN_REVISIT_MS = 15_000;
const VISIT_GAP_MS = 500;
/** A visit just before an instant would judge nothing new. */
const EDGE_MS = 50;
