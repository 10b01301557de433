/**
 * Puts groups in scope, in waves: the ledger first, then the POSTs.
 * Guarantees: no POST without its entry in the ledger; what was answered unclearly is not sent again before a list was read; a lost answer costs a list,
 * never a second assignment.
 */
import type { Assigned } from "../../entra/assignments/port.ts";
import { withEntries } from "../../sync/scope/ledger.ts";
import type { Addition } from "../../sync/scope/snapshot.ts";
import {
  BATCHES_AT_ONCE,
  BATCH_SIZE,
  chunks,
  DONE,
  LEDGER_RETRY_MS,
  mayGoOn,
  saveLedger,
  stopOf,
  type ActContext,
  type Acted,
} from "./act.ts";

/** One write of the ledger for so many POSTs: 50 writes for 10,000 groups (C3), and so many intents at most to look after on a restart. */
const WAVE_SIZE = 200;

export async function addGroups(
  context: ActContext,
  additions: readonly Addition[],
  signal: AbortSignal,
): Promise<Acted> {
  for (const wave of chunks(additions, WAVE_SIZE)) {
    if (!mayGoOn(context)) return { kind: "again", afterMs: 0 };
    const next = withEntries(context.ledger, new Map(wave.map(({ groupID, entry }) => [groupID, entry])));
    if (next === undefined)
      return {
        kind: "held",
        hold: {
          reason: "LedgerFull",
          message: "The ledger of the configuration is full: take groups out of scope first.",
        },
        retryMs: LEDGER_RETRY_MS,
      };
    const saved = await saveLedger(context, next, signal);
    if (saved.kind !== "done") return saved;
    const stop = await sendWave(context, wave, signal);
    if (stop !== undefined) return stop;
  }
  return DONE;
}

/** `undefined`: all were sent. */
async function sendWave(
  context: ActContext,
  wave: readonly Addition[],
  signal: AbortSignal,
): Promise<Acted | undefined> {
  const batches = [...chunks(wave, BATCH_SIZE)];
  let stop: Acted | undefined;
  const send = async (): Promise<void> => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      if (stop !== undefined) return;
      if (!mayGoOn(context)) {
        stop = { kind: "again", afterMs: 0 };
        return;
      }
      stop = (await sendBatch(context, batch, signal)) ?? stop;
    }
  };
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, send));
  return stop;
}

async function sendBatch(
  context: ActContext,
  batch: readonly Addition[],
  signal: AbortSignal,
): Promise<Acted | undefined> {
  const { ports, writer, servicePrincipalID, roleID, memory } = context;
  const groupIDs = batch.map(({ groupID }) => groupID);
  const sentMs = ports.clock.monotonicMs();
  // Until there is an answer the outcome is unknown, also to a pass that is cut off here.
  for (const groupID of groupIDs) memory.recent.set(groupID, { kind: "unknown", atMs: sentMs });
  const answers = await ports.entra.assignments.assign(
    writer,
    { servicePrincipalID, appRoleID: roleID, groupIDs },
    signal,
  );
  let stop: Acted | undefined;
  groupIDs.forEach((groupID, index) => {
    stop = note(context, groupID, answers[index]) ?? stop;
  });
  return stop;
}

function note(context: ActContext, groupID: string, answer: Assigned | undefined): Acted | undefined {
  const { ports, memory, list, configuration } = context;
  const atMs = ports.clock.monotonicMs();
  switch (answer?.kind) {
    case "done":
      memory.recent.set(groupID, { kind: "assigned", atMs });
      list.byGroup.set(groupID, answer.assignment);
      return undefined;
    case "exists":
    case "unknown":
    case undefined:
      memory.recent.set(groupID, { kind: "unknown", atMs });
      memory.isListWanted = true;
      return undefined;
    case "refused": {
      const { failure } = answer;
      const stop = stopOf(failure);
      if (stop !== undefined) memory.recent.delete(groupID);
      else {
        const isPermanent = failure.class === "Permanent" || failure.class === "Quota";
        memory.recent.set(groupID, { kind: isPermanent ? "refused" : "deferred", atMs });
        const { namespace = "", name } = configuration.metadata;
        ports.log.warn("assignment refused", {
          controller: "assignments",
          namespace,
          name,
          group: groupID,
          reason: failure.reason,
          message: failure.message,
        });
      }
      return stop;
    }
  }
}
