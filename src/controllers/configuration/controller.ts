/**
 * The loop of one SyncConfiguration: observe, decide, act, publish. Start reading here.
 * Guarantees: at most one call that changes something outside a pass, its intent stored first; nothing is written at rest (L1).
 */
import { parseConfiguration } from "../../api/parse.ts";
import { keyText, type Reconcile, type ReconcileResult } from "../../kube/port.ts";
import { needsPerson, sentenceOf } from "../../runtime/failure.ts";
import type { ConfigurationAction } from "../../sync/configuration/action.ts";
import { assess } from "../../sync/configuration/assessment.ts";
import { CONFIGURATION_BOUNDS } from "../../sync/configuration/bounds.ts";
import { decideConfiguration } from "../../sync/configuration/decide.ts";
import { settled } from "../../sync/configuration/memory.ts";
import type { ConfigurationSnapshot } from "../../sync/configuration/snapshot.ts";
import { announcer } from "../announcer.ts";
import { actOnConfiguration, type ConfigurationOutcome } from "./act.ts";
import { configurationDecision } from "./announce.ts";
import { configurationMemory } from "./memory.ts";
import { observeConfiguration } from "./observe.ts";
import type { ConfigurationPorts } from "./ports.ts";
import { nextConfigurationStatus, writeConfigurationStatus } from "./publish.ts";

export function configurationReconciler(ports: ConfigurationPorts): Reconcile {
  const announce = announcer("configuration", ports.log, ports.events);
  const memory = configurationMemory(ports.clock);
  const lastUIDs = new Map<string, string>();
  return async function reconcile(key, signal) {
    const object = ports.caches.configurations.get(key);
    if (object === undefined) {
      const uid = lastUIDs.get(keyText(key)) ?? "";
      announce.forget(uid);
      memory.forget(uid);
      lastUIDs.delete(keyText(key));
      return { kind: "done" };
    }
    const { uid } = object.metadata;
    lastUIDs.set(keyText(key), uid);
    const parsed = parseConfiguration(object);
    if (parsed.kind === "invalid") {
      ports.log.error("object refused", { controller: "configuration", ...key, problems: parsed.problems.join("; ") });
      return { kind: "done" };
    }
    const snapshot = await observeConfiguration(parsed.object, ports, memory, signal);
    if (snapshot.entra.kind === "failed") {
      // Trouble that may pass by itself changes no verdict before the evidence is too old for it (S5, S12).
      if (isPassing(snapshot) && memory.evidenceAgeMs(uid) < CONFIGURATION_BOUNDS.evidenceMaxAgeMs)
        return retryAfter(snapshot.entra.failure.retryAfterMs);
    } else memory.readWhole(uid);
    const found = assess(snapshot);
    const action = decideConfiguration(snapshot, found);
    announce.announce(parsed.object, configurationDecision(action));
    if (!ports.mayAct()) return { kind: "retry", reason: "NotLeading" };
    const statusFrom = (remembered: typeof parsed.object.status) =>
      nextConfigurationStatus(snapshot, found, action, remembered);
    const context = { snapshot, settled: settled(snapshot, found), statusFrom, ports, signal };
    const outcome = await actOnConfiguration(action, context);
    if (outcome.failure !== undefined)
      ports.log.warn("call not made or not answered", {
        controller: "configuration",
        ...key,
        action: action.kind,
        reason: outcome.failure.reason,
        message: sentenceOf(outcome.failure),
      });
    if (outcome.next === "gone") return { kind: "done" };
    // The finalizer is a write of its own: the next pass publishes on top of it.
    if (action.kind === "addFinalizer")
      return outcome.next === "again" ? { kind: "requeue", afterMs: 0 } : { kind: "retry", reason: "Contended" };
    const published = await writeConfigurationStatus(outcome.configuration, statusFrom(outcome.status), ports, signal);
    if (published.kind !== "ok" && published.kind !== "notFound") return { kind: "retry", reason: "StatusNotWritten" };
    return nextVisit(action, outcome, snapshot);
  };
}

function isPassing({ entra }: ConfigurationSnapshot): boolean {
  return entra.kind === "failed" && !needsPerson(entra.failure);
}

function retryAfter(retryAfterMs: number | undefined): ReconcileResult {
  return { kind: "retry", reason: "EntraUnread", ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** A call's effect may take a moment to be seen. */
const EFFECT_SEEN_MS = 5_000;
/** What goes on by itself is looked at this often. */
const WAIT_REVISIT_MS = 30_000;

function nextVisit(
  action: ConfigurationAction,
  { next, failure }: ConfigurationOutcome,
  { entra }: ConfigurationSnapshot,
): ReconcileResult {
  if (next === "again") return { kind: "requeue", afterMs: 0 };
  if (next === "soon") return { kind: "requeue", afterMs: EFFECT_SEEN_MS };
  if (next === "backOff") return retryAfter(failure?.retryAfterMs);
  if (entra.kind === "failed") return retryAfter(entra.failure.retryAfterMs);
  if (action.kind === "hold" && action.on === "waiting") return { kind: "requeue", afterMs: WAIT_REVISIT_MS };
  return { kind: "requeue", afterMs: CONFIGURATION_BOUNDS.pollMs };
}
