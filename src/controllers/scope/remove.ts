/**
 * Takes groups out of scope: exactly the assignments of a plan that was allowed.
 * Guarantees: before the first DELETE the ledger has the marks, the charge and the used approval, so that a restart goes on with this plan and no other;
 * a lost answer costs a list.
 */
import { PLAN_LIFE_MS } from "../../sync/approval.ts";
import { entryOf, withEntries, withMeta, withRemoved, type LedgerEntry } from "../../sync/scope/ledger.ts";
import type { NewExecution, Removal } from "../../sync/scope/snapshot.ts";
import {
  BATCH_SIZE,
  chunks,
  DONE,
  isRefused,
  LEDGER_RETRY_MS,
  mayGoOn,
  saveLedger,
  stopOf,
  type ActContext,
  type Acted,
} from "./act.ts";
import type { SeenScope } from "./observe-union.ts";
import { writeRebindings } from "./publish.ts";

/** Marks and charges one plan; on `done` its assignments may be deleted. */
export async function beginRemoval(
  context: ActContext,
  execution: NewExecution,
  { scope }: SeenScope,
  signal: AbortSignal,
): Promise<Acted> {
  const { ports } = context;
  const { scopeUID, serial, hash, removals, rebindings } = execution;
  if (rebindings.length > 0) {
    const bound = await writeRebindings(scope, rebindings, ports.kube, signal);
    if (bound.kind !== "ok") return { kind: "again", afterMs: LEDGER_RETRY_MS };
    ports.board.refresh({
      uid: scopeUID,
      key: { namespace: scope.metadata.namespace ?? "", name: scope.metadata.name },
    });
  }
  const nowMs = ports.clock.nowMs();
  const marks = new Map(
    removals.map(({ groupID, assignmentID }): [string, LedgerEntry] => [
      groupID,
      { ...(entryOf(context.ledger, groupID) ?? foreignEntry(nowMs)), removal: { assignmentID, scopeUID, serial } },
    ]),
  );
  const marked = withEntries(context.ledger, marks);
  if (marked === undefined)
    return {
      kind: "held",
      hold: {
        reason: "LedgerFull",
        message: "The ledger has no room for the marks of this removal: remove in smaller parts.",
      },
      retryMs: LEDGER_RETRY_MS,
    };
  const { meta } = marked;
  const charged = withMeta(marked, {
    removed:
      removals.length === 0
        ? meta.removed
        : withRemoved(meta.removed, { atMs: nowMs, scopeUID, count: removals.length }),
    plans: new Map([...meta.plans, [scopeUID, { hash, serial, consumed: hash }]]),
    executions:
      removals.length === 0
        ? meta.executions
        : new Map([...meta.executions, [scopeUID, { serial, untilMs: nowMs + PLAN_LIFE_MS }]]),
  });
  const saved = await saveLedger(context, charged, signal);
  if (saved.kind === "done") announce(context, execution, scope);
  return saved;
}

function foreignEntry(nowMs: number): LedgerEntry {
  return { scopeUIDs: [], sinceMs: nowMs, isConfirmed: true, isNewMatch: false, isForeign: true };
}

function announce(
  { ports }: ActContext,
  { removals, isApproved, hash }: NewExecution,
  scope: SeenScope["scope"],
): void {
  const reason = isApproved ? "ApprovedRemoval" : "RemovalWithinBudget";
  const message = `${removals.length} groups leave the scope, ${isApproved ? `as approved by ${hash}` : "within the budgets"}.`;
  const { namespace = "", name } = scope.metadata;
  ports.log.info("removal begins", {
    controller: "assignments",
    namespace,
    name,
    reason,
    groups: removals.length,
    plan: hash,
  });
  ports.events.emit(scope, { type: "Normal", reason, action: "Remove", message });
}

export async function removeGroups(
  context: ActContext,
  removals: readonly Removal[],
  signal: AbortSignal,
): Promise<Acted> {
  const { ports, writer, servicePrincipalID, memory, list } = context;
  for (const batch of chunks(removals, BATCH_SIZE)) {
    if (!mayGoOn(context)) return { kind: "again", afterMs: 0 };
    const request = { servicePrincipalID, assignmentIDs: batch.map(({ assignmentID }) => assignmentID) };
    const answers = await ports.entra.assignments.remove(writer, request, signal);
    let stop: Acted | undefined;
    batch.forEach(({ groupID }, index) => {
      const answer = answers[index] ?? { kind: "unknown" as const };
      if (answer.kind === "done") {
        memory.recent.set(groupID, { kind: "removed", atMs: ports.clock.monotonicMs() });
        list.byGroup.delete(groupID);
      } else if (isRefused(answer)) stop = stopOf(answer.failure) ?? { kind: "again", afterMs: RETRY_MS };
      else {
        memory.isListWanted = true;
        stop ??= { kind: "again", afterMs: RETRY_MS };
      }
    });
    if (stop !== undefined) return stop;
  }
  return DONE;
}

const RETRY_MS = 10_000;
