/**
 * The loop of one GroupScope: resolves what it declares, tells the writer of its configuration's assignments, publishes what that one found.
 * Guarantees: status is written at most once a pass, and not at all at rest (L1); a scope whose configuration is gone or going ends at once (S10).
 * Never: writes to Graph; only the writer of assignments does.
 */
import type { GroupScope } from "../../api/group-scope.ts";
import { ANNOTATIONS, FINALIZERS, GROUP_SCOPE } from "../../api/kinds.ts";
import { parseGroupScope } from "../../api/parse.ts";
import { ensureFinalizer, isDeleting, hasFinalizer, releaseFinalizer } from "../../kube/finalizers.ts";
import { keyText, type Reconcile, type ReconcileResult } from "../../kube/port.ts";
import { announcer, type Announcer, type Decision } from "../announcer.ts";
import { observeScope, type ObservedScope } from "./observe-scope.ts";
import type { ScopePorts } from "./ports.ts";
import { nextStatus, writeScopeStatus } from "./publish.ts";
import type { ScopeMemory } from "./read-scope.ts";
import { configurationAt, configurationKey, isReleased } from "./surroundings.ts";

export function groupScopeReconciler(ports: ScopePorts): Reconcile {
  const announce = announcer("group-scope", ports.log, ports.events);
  const memories = new Map<string, ScopeMemory>();
  const uids = new Map<string, string>();
  const forget = (text: string): void => {
    const uid = uids.get(text);
    if (uid === undefined) return;
    uids.delete(text);
    memories.delete(uid);
    announce.forget(uid);
    ports.board.forget(uid);
  };
  return async function reconcile(key, signal) {
    const text = keyText(key);
    const object = ports.caches.groupScopes.get(key);
    if (object === undefined) {
      forget(text);
      return { kind: "done" };
    }
    const { uid } = object.metadata;
    if (uids.get(text) !== uid) forget(text);
    uids.set(text, uid);
    const parsed = parseGroupScope(object);
    if (parsed.kind === "invalid") {
      ports.log.error("object refused", { controller: "group-scope", ...key, problems: parsed.problems.join("; ") });
      return { kind: "done" };
    }
    const scope = parsed.object;
    const held = { port: ports.kube, kind: GROUP_SCOPE, object: scope, finalizer: FINALIZERS.groupScope };
    const end = endOf(scope, ports);
    if (end !== undefined) {
      if (hasFinalizer(scope, FINALIZERS.groupScope)) {
        if (!ports.mayAct()) return { kind: "retry", reason: "NotLeading" };
        announce.announce(scope, end);
        const released = await releaseFinalizer(held, signal);
        return released.kind === "ok" ? { kind: "done" } : { kind: "retry", reason: "Contended" };
      }
      return { kind: "done" };
    }
    if (!ports.mayAct()) return { kind: "retry", reason: "NotLeading" };
    if (scope.spec.deletionPolicy === "Delete" && !isDeleting(scope)) {
      const ensured = await ensureFinalizer(held, signal);
      if (ensured.kind === "added") return { kind: "requeue", afterMs: 0 };
      if (ensured.kind !== "present") return { kind: "retry", reason: "Contended" };
    }
    if (scope.spec.deletionPolicy !== "Delete" && hasFinalizer(scope, FINALIZERS.groupScope)) {
      const released = await releaseFinalizer(held, signal);
      return released.kind === "ok" ? { kind: "requeue", afterMs: 0 } : { kind: "retry", reason: "Contended" };
    }
    const observed = await observeScope(scope, memories.get(uid), ports, signal);
    if (observed.memory === undefined) memories.delete(uid);
    else memories.set(uid, observed.memory);
    return publish(scope, observed, announce, ports, signal);
  };
}

/** Why a deleting scope is let go without another look at Entra; `undefined` while it lives, or has something to remove. */
function endOf(scope: GroupScope, { caches, board }: ScopePorts): Decision | undefined {
  if (!isDeleting(scope)) return undefined;
  const name = scope.metadata.name;
  const end = (reason: string, message: string): Decision => ({
    action: "LetGo",
    reason,
    message,
    event: { type: "Normal", reason, action: "LetGo", message },
  });
  if (isReleased(scope))
    return end(
      "Released",
      `GroupScope ${name} carries ${ANNOTATIONS.release}: its assignments stay in Entra as they are.`,
    );
  if (scope.spec.deletionPolicy !== "Delete")
    return end("Retained", `GroupScope ${name} retains its assignments: they stay in Entra as they are.`);
  const configuration = configurationAt(caches, configurationKey(scope));
  if (configuration === undefined || isDeleting(configuration))
    return end(
      "ConfigurationGone",
      `The configuration of GroupScope ${name} is gone or going, and its assignments with it or left as they are.`,
    );
  if (board.isEndedBy(scope.metadata.uid))
    return end("Removed", `What GroupScope ${name} had brought into scope has left it.`);
  return undefined;
}

async function publish(
  scope: GroupScope,
  observed: ObservedScope,
  announce: Announcer,
  ports: ScopePorts,
  signal: AbortSignal,
): Promise<ReconcileResult> {
  const { shown, revisitMs } = observed;
  const next: ReconcileResult = revisitMs === undefined ? { kind: "done" } : { kind: "requeue", afterMs: revisitMs };
  // The writer looks at the new reading within moments and wakes this loop: two writes for one edit would be one too many (C3).
  if (shown.verdict === undefined && shown.stalled === undefined && shown.reading.kind === "resolved") return next;
  const status = nextStatus(scope, shown, ports.clock.nowMs());
  tell(scope, observed, announce);
  const written = await writeScopeStatus(scope, status, ports.kube, signal);
  if (written.kind !== "ok" && written.kind !== "notFound") return { kind: "retry", reason: "StatusNotWritten" };
  return next;
}

function tell(scope: GroupScope, { shown: { verdict, stalled } }: ObservedScope, announce: Announcer): void {
  if (stalled !== undefined) {
    const { reason, message } = stalled;
    announce.announce(scope, {
      action: "Hold",
      reason,
      message,
      event: { type: "Warning", reason, action: "Hold", message },
    });
    return;
  }
  if (verdict === undefined) return;
  const { removal, plan } = verdict;
  if (removal.kind === "waiting" || removal.kind === "withheld") {
    const { reason, message } = removal.hold;
    announce.announce(scope, {
      action: "HoldRemoval",
      reason,
      message,
      facts: { groups: verdict.toRemove, plan: plan?.hash ?? "" },
      event: { type: "Warning", reason, action: "HoldRemoval", message },
    });
    return;
  }
  announce.announce(scope, { action: removal.kind === "executing" ? "Remove" : "Rest", reason: "None", message: "" });
}
