/**
 * The one writer of a configuration's assignments: observe, decide, act, tell. Start reading here.
 * Guarantees: nothing is written without a live look at the configuration's jobs in the same pass (S6); removals stand on lists of the same pass; at rest
 * nothing is written, and a list is read a few times an hour at most.
 * Never: keeps truth in memory: after a start everything is read before anything is sent.
 */
import type { SyncConfiguration } from "../../api/sync-configuration.ts";
import { isDeleting } from "../../kube/finalizers.ts";
import { keyOf, keyText, type Reconcile, type ReconcileResult } from "../../kube/port.ts";
import { sentenceOf } from "../../runtime/failure.ts";
import { decideAssignments } from "../../sync/scope/decide.ts";
import { withEntries, withMeta, type Ledger } from "../../sync/scope/ledger.ts";
import type { AssignmentDecision, AssignmentReading, Hold } from "../../sync/scope/snapshot.ts";
import { DONE, LEDGER_RETRY_MS, type ActContext, type Acted } from "./act.ts";
import { addGroups } from "./add.ts";
import { countNewcomers, countSome } from "./count-members.ts";
import { inspectSome, type Inspection } from "./inspect-members.ts";
import { refreshList } from "./list-assignments.ts";
import { quarantined, seenScopes, snapshotOf, standingOf, type SeenScope, type Standing } from "./observe-union.ts";
import type { ScopePorts } from "./ports.ts";
import { publishCounts, withdrawCounts } from "./publish-counts.ts";
import { beginRemoval, removeGroups } from "./remove.ts";
import { configurationAt } from "./surroundings.ts";
import {
  heldAfterMs,
  isListDue,
  settleRecent,
  settledAfterMs,
  writerMemory,
  type WriterMemory,
} from "./writer-memory.ts";

/** The deadline of a pass is 60 s; a batch takes a bucket's wait and a call. */
const ACT_MS = 35_000;

export function assignmentReconciler(ports: ScopePorts): Reconcile {
  const memories = new Map<string, { readonly uid: string; readonly memory: WriterMemory }>();
  const forget = (text: string): void => {
    const known = memories.get(text);
    if (known !== undefined) ports.ledgers.forget(known.uid);
    memories.delete(text);
  };
  return async function reconcile(key, signal) {
    const text = keyText(key);
    const configuration = configurationAt(ports.caches, key);
    // What a configuration that goes takes along is its own loop's matter; its scopes end by themselves.
    if (configuration === undefined || isDeleting(configuration)) {
      forget(text);
      return { kind: "done" };
    }
    const { uid } = configuration.metadata;
    if (memories.get(text)?.uid !== uid) forget(text);
    const memory = memories.get(text)?.memory ?? writerMemory();
    memories.set(text, { uid, memory });
    if (configuration.spec.connector !== "EntraToAD") return { kind: "done" };
    const seen = seenScopes(configuration, ports);
    const isCountShown = configuration.status.scope !== undefined;
    // A configuration without scopes owns no assignment, and none is looked at.
    if (seen.length === 0 && !isCountShown) return { kind: "done" };
    if (!ports.mayAct()) return { kind: "retry", reason: "NotLeading" };
    if (seen.length === 0)
      return (await withdrawCounts({ ports, configuration, memory, signal })) ? { kind: "done" } : COUNTS_NOT_WRITTEN;
    const result = await pass({ ports, configuration, memory, seen, signal });
    return result;
  };
}

const COUNTS_NOT_WRITTEN: ReconcileResult = { kind: "retry", reason: "StatusNotWritten" };

interface Pass {
  readonly ports: ScopePorts;
  readonly configuration: SyncConfiguration;
  readonly memory: WriterMemory;
  readonly seen: readonly SeenScope[];
  readonly signal: AbortSignal;
}

async function pass(given: Pass): Promise<ReconcileResult> {
  const { ports, configuration, memory, seen, signal } = given;
  const untilMs = ports.clock.monotonicMs() + ACT_MS;
  const standing = standingOf(configuration, memory, ports);
  const directory = standing.reader === undefined ? undefined : ports.directories.of(standing.reader);
  settleRecent(memory, ports.clock.monotonicMs());
  let assignments = await assignmentsOf(given, standing, false);
  const reading = await ledgerOf(given, assignments);
  if (reading.kind === "unread")
    return told(
      given,
      { standing: { ...standing, hold: reading.hold }, assignments, ledger: undefined },
      LEDGER_RETRY_MS,
    );
  await countNewcomers({ seen, signal }, assignments, directory);
  const isApprovalTrusted = await trustOf(given);
  const decide = (): AssignmentDecision =>
    decideAssignments(
      snapshotOf({
        configuration,
        seen,
        standing,
        ledger: reading.ledger,
        assignments,
        directory,
        memory,
        isApprovalTrusted,
        nowMs: ports.clock.nowMs(),
        monotonicMs: ports.clock.monotonicMs(),
      }),
    );
  let decision = decide();
  if (decision.executions.length + decision.removals.length > 0) {
    assignments = await assignmentsOf(given, standing, true);
    decision = decide();
  }
  const acted = await act(given, { standing, decision, ledger: reading.ledger, untilMs });
  if (acted.kind === "held") {
    memory.hold = { hold: acted.hold, untilMs: ports.clock.monotonicMs() + acted.retryMs };
    return told(
      given,
      { standing: { ...standing, hold: acted.hold }, assignments, ledger: reading.ledger },
      acted.retryMs,
    );
  }
  const isBusy = acted.kind === "again" || decision.additions.length > 0 || decision.executions.length > 0;
  tell(given, decision, isBusy);
  const isCounted = assignments.kind === "unread" || (await publishCounts(given, decision.groups, isBusy));
  if (acted.kind === "again") return { kind: "requeue", afterMs: acted.afterMs };
  if (isBusy) return { kind: "requeue", afterMs: 0 };
  if (!isCounted) return COUNTS_NOT_WRITTEN;
  const waits = [
    settledAfterMs(memory, ports.clock.monotonicMs()),
    unreadRevisit(assignments),
    heldAfterMs(memory, ports.clock.monotonicMs()),
    await leisure({ ...given, directory, reader: standing.reader, assignments }),
  ];
  const afterMs = Math.min(...waits.filter((wait) => wait !== undefined));
  return Number.isFinite(afterMs) ? { kind: "requeue", afterMs } : { kind: "done" };
}

/** Between two looks at members; thousands of scopes that are read after a start each bring a pass, which must not wait for that. */
const LEISURE_MS = 60_000;

async function leisure(inspection: Inspection): Promise<number | undefined> {
  const { ports, memory, signal, assignments, directory } = inspection;
  const nowMs = ports.clock.monotonicMs();
  const waitMs = memory.leisureMs === undefined ? 0 : memory.leisureMs + LEISURE_MS - nowMs;
  if (waitMs > 0) return waitMs;
  const more = [await inspectSome(inspection), await countSome(signal, assignments, directory)];
  const afterMs = Math.min(...more.filter((wait) => wait !== undefined));
  if (!Number.isFinite(afterMs)) return undefined;
  memory.leisureMs = nowMs;
  return afterMs;
}

/** Tells every scope what withholds its writes, as a decision without any write says it. */
function told(
  given: Pass,
  {
    standing,
    assignments,
    ledger,
  }: { readonly standing: Standing; readonly assignments: AssignmentReading; readonly ledger: Ledger | undefined },
  retryMs: number,
): ReconcileResult {
  const { ports, configuration, memory, seen } = given;
  const nowMs = ports.clock.nowMs();
  const empty: Ledger = {
    meta: { startedMs: nowMs, foundAtStart: 1, removed: [], plans: new Map(), executions: new Map() },
    shards: [],
  };
  const directory = standing.reader === undefined ? undefined : ports.directories.of(standing.reader);
  const unread: AssignmentReading =
    ledger === undefined && standing.hold !== undefined ? { kind: "unread", hold: standing.hold } : assignments;
  const snapshot = snapshotOf({
    configuration,
    seen,
    standing,
    ledger: ledger ?? empty,
    assignments: unread,
    directory,
    memory,
    isApprovalTrusted: false,
    nowMs,
    monotonicMs: ports.clock.monotonicMs(),
  });
  tell(given, decideAssignments(snapshot), false);
  return { kind: "requeue", afterMs: retryMs };
}

function tell({ ports, seen }: Pass, { verdicts }: AssignmentDecision, isBusy: boolean): void {
  for (const { scope, generations, isRead, view } of seen) {
    const verdict = verdicts.get(view.uid);
    // A verdict without the scope's own reading finds nothing to do, which would be told as "all is well" for the new generation.
    if (verdict !== undefined && isRead)
      ports.board.judge({ uid: view.uid, key: keyOf(scope), generations }, verdict, isBusy);
  }
}

async function assignmentsOf(
  { ports, memory, configuration, signal }: Pass,
  standing: Standing,
  isForced: boolean,
): Promise<AssignmentReading> {
  const { reader, servicePrincipalID, hold } = standing;
  if (reader === undefined || servicePrincipalID === undefined)
    return {
      kind: "unread",
      hold: hold ?? { reason: "NoIdentity", message: "The tenant has no identity that reads." },
    };
  const { clock } = ports;
  if (isForced || isListDue(memory, clock.monotonicMs())) {
    const uid = configuration.metadata.uid;
    const known = ports.ledgers.isHeld(uid)
      ? await ports.ledgers.read(configuration, clock.nowMs(), 0, signal)
      : undefined;
    const refused = await refreshList(
      {
        entra: ports.entra,
        access: reader,
        servicePrincipalID,
        memory,
        ledger: known?.kind === "read" ? known.ledger : undefined,
        nowMs: clock.nowMs(),
        monotonicMs: () => clock.monotonicMs(),
      },
      signal,
    );
    // Between two looks the last complete list still holds, unless this pass needs a new one.
    if (refused !== undefined && (isForced || memory.list === undefined || memory.isListWanted))
      return { kind: "unread", hold: refused };
  }
  return memory.list === undefined
    ? { kind: "unread", hold: UNLISTED }
    : { kind: "complete", byGroup: memory.list.byGroup };
}

const UNLISTED: Hold = { reason: "Listing", message: "The assignments of the configuration are being listed." };

async function ledgerOf({ ports, configuration, signal }: Pass, assignments: AssignmentReading) {
  const uid = configuration.metadata.uid;
  const isFirst = !ports.ledgers.isHeld(uid);
  const found = assignments.kind === "complete" ? assignments.byGroup.size : 1;
  const reading = await ports.ledgers.read(configuration, ports.clock.nowMs(), found, signal);
  // A ledger cannot begin before it is known what was there.
  if (reading.kind === "read" && reading.isNew && assignments.kind === "unread") ports.ledgers.forget(uid);
  if (reading.kind === "read" && reading.isNew && isFirst && found > 0 && assignments.kind === "complete") {
    const { namespace = "", name } = configuration.metadata;
    ports.log.info("ledger begins", { controller: "assignments", namespace, name, foreign: found });
  }
  return reading;
}

async function trustOf({ ports, seen, signal }: Pass): Promise<boolean> {
  return seen.some(({ view }) => view.approvedPlan !== undefined) ? ports.trust.isTrusted(signal) : false;
}

const UNREAD_REVISIT_MS = 30_000;

function unreadRevisit(assignments: AssignmentReading): number | undefined {
  return assignments.kind === "unread" ? UNREAD_REVISIT_MS : undefined;
}

interface Intended {
  readonly standing: Standing;
  readonly decision: AssignmentDecision;
  readonly ledger: Ledger;
  readonly untilMs: number;
}

async function act(given: Pass, { standing, decision, ledger, untilMs }: Intended): Promise<Acted> {
  const { ports, configuration, memory, seen, signal } = given;
  const { writer, reader, servicePrincipalID, hold } = standing;
  const edited = await editLedger(given, decision, ledger);
  if (edited.kind === "held") return edited;
  const isWriting = decision.additions.length + decision.removals.length + decision.executions.length > 0;
  const { list, role } = memory;
  if (!isWriting || hold !== undefined || writer === undefined || reader === undefined) return DONE;
  if (servicePrincipalID === undefined || list === undefined || role === undefined) return DONE;
  const jobs = await jobHold(given, reader, servicePrincipalID);
  if (jobs !== undefined) return { kind: "held", hold: jobs, retryMs: JOB_RETRY_MS };
  const context: ActContext = {
    ports,
    configuration,
    writer,
    servicePrincipalID,
    roleID: role.id,
    memory,
    list,
    untilMs,
    ledger: edited.ledger,
  };
  const removals = [...decision.removals];
  for (const execution of decision.executions) {
    const scope = seen.find(({ view }) => view.uid === execution.scopeUID);
    if (scope === undefined) continue;
    const begun = await beginRemoval(context, execution, scope, signal);
    if (begun.kind !== "done") return begun;
    removals.push(...execution.removals);
  }
  const removed = await removeGroups(context, removals, signal);
  const added = removed.kind === "held" ? removed : await addGroups(context, decision.additions, signal);
  return added.kind === "done" ? removed : added;
}

/** What only confirms waits for the end of the additions: their own waves write the same shards (C3). */
async function editLedger(
  given: Pass,
  { ledger: edits, additions }: AssignmentDecision,
  ledger: Ledger,
): Promise<{ readonly kind: "edited"; readonly ledger: Ledger } | Extract<Acted, { readonly kind: "held" }>> {
  const hasEdits = edits.entries.size > 0 || Object.keys(edits.meta).length > 0;
  if (!hasEdits || (!edits.isUrgent && additions.length > 0)) return { kind: "edited", ledger };
  const withEdits = withEntries(ledger, edits.entries);
  if (withEdits === undefined)
    return {
      kind: "held",
      hold: {
        reason: "LedgerFull",
        message: "The ledger of the configuration is full: take groups out of scope first.",
      },
      retryMs: LEDGER_RETRY_MS,
    };
  const next = Object.keys(edits.meta).length > 0 ? withMeta(withEdits, edits.meta) : withEdits;
  const { ports, configuration, signal } = given;
  const written = await ports.ledgers.write(configuration, next, signal);
  return written.kind === "written"
    ? { kind: "edited", ledger: next }
    : { kind: "held", hold: written.hold, retryMs: LEDGER_RETRY_MS };
}

const JOB_RETRY_MS = 5 * 60_000;

/** Live, in the pass that writes: the status of the configuration may be older than a quarantine (S6). */
async function jobHold(
  { ports, signal }: Pass,
  reader: NonNullable<Standing["reader"]>,
  servicePrincipalID: string,
): Promise<Hold | undefined> {
  const jobs = await ports.entra.jobs.list(reader, servicePrincipalID, signal);
  if (jobs.kind !== "complete")
    return {
      reason: "JobsUnread",
      message: `Whether a job is in quarantine could not be read, so nothing is written. ${sentenceOf(jobs.failure)}`,
    };
  const bad = jobs.items.find(({ status }) => status.quarantine !== undefined || status.code === "Quarantine");
  return bad === undefined ? undefined : quarantined(bad.status.quarantine?.reason ?? "Unknown");
}
