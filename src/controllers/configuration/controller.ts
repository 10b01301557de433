/**
 * The loop of one SyncConfiguration: observe, decide, act, publish. Start reading here.
 * Guarantees: at most one call that changes something outside a pass, its intent stored first; nothing is written at rest (L1).
 */
import { ANNOTATIONS, FINALIZERS, SYNC_CONFIGURATION } from "../../api/kinds.ts";
import { parseConfiguration } from "../../api/parse.ts";
import { isDeleting, releaseFinalizer } from "../../kube/finalizers.ts";
import { keyText, type KubeObject, type Reconcile, type ReconcileResult } from "../../kube/port.ts";
import { needsPerson } from "../../runtime/failure.ts";
import { callText, type ConfigurationAction } from "../../sync/configuration/action.ts";
import { assess } from "../../sync/configuration/assessment.ts";
import { CONFIGURATION_BOUNDS } from "../../sync/configuration/bounds.ts";
import { decideConfiguration, heldUp } from "../../sync/configuration/decide.ts";
import { settled } from "../../sync/configuration/memory.ts";
import type { ConfigurationSnapshot } from "../../sync/configuration/snapshot.ts";
import { announcer } from "../announcer.ts";
import { actOnConfiguration, type ConfigurationOutcome } from "./act.ts";
import { configurationDecision, failedDecision, refusedObject } from "./announce.ts";
import { configurationMemory } from "./memory.ts";
import { observeConfiguration } from "./observe.ts";
import type { ConfigurationPorts } from "./ports.ts";
import { nextConfigurationStatus, writeConfigurationStatus } from "./publish.ts";

export function configurationReconciler(ports: ConfigurationPorts): Reconcile {
  const announce = announcer("configuration", ports.log, ports.events);
  const announceFailure = announcer("configuration", ports.log, ports.events);
  const memory = configurationMemory(ports.clock);
  const lastUIDs = new Map<string, string>();
  return async function reconcile(key, signal) {
    const object = ports.caches.configurations.get(key);
    if (object === undefined) {
      const uid = lastUIDs.get(keyText(key)) ?? "";
      announce.forget(uid);
      announceFailure.forget(uid);
      memory.forget(uid);
      lastUIDs.delete(keyText(key));
      return { kind: "done" };
    }
    const { uid } = object.metadata;
    lastUIDs.set(keyText(key), uid);
    const parsed = parseConfiguration(object);
    if (parsed.kind === "invalid") {
      announce.announce(object, refusedObject(parsed.problems));
      return releaseUnread(object, ports, signal);
    }
    const snapshot = await observeConfiguration(parsed.object, ports, memory, signal);
    if (snapshot.entra.kind === "failed") {
      // Trouble that may pass by itself changes no verdict before the evidence is too old for it (S5, S12); whoever deletes waits for an answer (S10).
      if (
        isPassing(snapshot) &&
        !isDeleting(object) &&
        memory.evidenceAgeMs(uid) < CONFIGURATION_BOUNDS.evidenceMaxAgeMs
      )
        return retryAfter(snapshot.entra.failure.retryAfterMs);
    } else memory.readWhole(uid);
    const found = assess(snapshot);
    const action = decideConfiguration(snapshot, found);
    announce.announce(parsed.object, configurationDecision(action));
    if (!ports.mayAct()) return { kind: "retry", reason: "NotLeading" };
    const statusFrom = (remembered: typeof parsed.object.status) => {
      const failure = memory.failureOf(uid, callText(action));
      return nextConfigurationStatus(
        snapshot,
        found,
        failure === undefined ? action : heldUp(snapshot, failure),
        remembered,
      );
    };
    const context = { snapshot, settled: settled(snapshot, found), statusFrom, ports, signal };
    const outcome = await actOnConfiguration(action, context);
    memory.rememberFailure(uid, callText(action), outcome.failure);
    if (outcome.failure === undefined) announceFailure.forget(uid);
    else
      announceFailure.announce(
        parsed.object,
        failedDecision(action, heldUp(snapshot, outcome.failure), isDeleting(object)),
      );
    if (outcome.next === "gone") return { kind: "done" };
    // The finalizer is a write of its own: the next pass publishes on top of it.
    if (action.kind === "addFinalizer")
      return outcome.next === "again" ? { kind: "requeue", afterMs: 0 } : { kind: "retry", reason: "Contended" };
    const published = await writeConfigurationStatus(outcome.configuration, statusFrom(outcome.status), ports, signal);
    if (published.kind !== "ok" && published.kind !== "notFound") return { kind: "retry", reason: "StatusNotWritten" };
    return nextVisit(action, outcome, snapshot);
  };
}

/** What cannot be read is left alone; somebody's word to let it go needs nothing of it (S10). */
async function releaseUnread(
  object: KubeObject,
  { kube, mayAct }: ConfigurationPorts,
  signal: AbortSignal,
): Promise<ReconcileResult> {
  if (!isDeleting(object) || object.metadata.annotations?.[ANNOTATIONS.release] !== "true") return { kind: "done" };
  if (!mayAct()) return { kind: "retry", reason: "NotLeading" };
  const held = { port: kube, kind: SYNC_CONFIGURATION, object, finalizer: FINALIZERS.configuration };
  const { kind } = await releaseFinalizer(held, signal);
  return kind === "ok" ? { kind: "done" } : { kind: "retry", reason: "Contended" };
}

function isPassing({ entra }: ConfigurationSnapshot): boolean {
  return entra.kind === "failed" && !needsPerson(entra.failure);
}

function retryAfter(retryAfterMs: number | undefined): ReconcileResult {
  return { kind: "retry", reason: "EntraUnread", ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** A call's effect may take a moment to be seen. */
const EFFECT_SEEN_MS = 5_000;
/** What goes on by itself is looked at this often at most. */
const WAIT_REVISIT_MS = 30_000;

/**
 * What was created or written a moment ago is looked for soon, then after as long again as it has been missing: replicas mostly show it within seconds
 * (entra-graph reference, 10.5). Only reads are more frequent: how long nothing is asked for a second time is S8's own bound (`unansweredMs`).
 */
function revisitMs({ configuration: { status }, nowMs }: ConfigurationSnapshot): number {
  const unseen = (status.written ?? []).flatMap(({ at, confirmed }) => (confirmed === undefined ? [at] : []));
  const since = [...unseen, ...(status.intent === undefined ? [] : [status.intent.since])].map((at) => Date.parse(at));
  const ageMs = nowMs - Math.max(...since);
  return Math.min(WAIT_REVISIT_MS, Math.max(EFFECT_SEEN_MS, ageMs));
}

function nextVisit(
  action: ConfigurationAction,
  { next, failure }: ConfigurationOutcome,
  snapshot: ConfigurationSnapshot,
): ReconcileResult {
  const { entra } = snapshot;
  if (next === "again") return { kind: "requeue", afterMs: 0 };
  if (next === "soon") return { kind: "requeue", afterMs: EFFECT_SEEN_MS };
  if (next === "backOff") return retryAfter(failure?.retryAfterMs);
  if (entra.kind === "failed") return retryAfter(entra.failure.retryAfterMs);
  if (action.kind === "hold" && action.on === "waiting") return { kind: "requeue", afterMs: revisitMs(snapshot) };
  return { kind: "requeue", afterMs: CONFIGURATION_BOUNDS.pollMs };
}
