/**
 * What the acts of the writer share: where they write, how long they may, and what stops them.
 * Guarantees: an act that is stopped says why as a hold, or asks for another pass.
 */
import type { SyncConfiguration } from "../../api/sync-configuration.ts";
import type { EntraAccess } from "../../entra/access/port.ts";
import type { Written } from "../../entra/outcome.ts";
import { sentenceOf, type Failure } from "../../runtime/failure.ts";
import type { Ledger } from "../../sync/scope/ledger.ts";
import type { Hold } from "../../sync/scope/snapshot.ts";
import type { ScopePorts } from "./ports.ts";
import type { AssignmentList, WriterMemory } from "./writer-memory.ts";

export interface ActContext {
  readonly ports: ScopePorts;
  readonly configuration: SyncConfiguration;
  readonly writer: EntraAccess;
  readonly servicePrincipalID: string;
  readonly roleID: string;
  readonly memory: WriterMemory;
  readonly list: AssignmentList;
  /** No batch begins after this: the pass has a deadline of its own, and an answer that is cut off is an unknown outcome. */
  readonly untilMs: number;
  ledger: Ledger;
}

export type Acted =
  | { readonly kind: "done" }
  /** More is left for the next pass. */
  | { readonly kind: "again"; readonly afterMs: number }
  /** Nothing more goes until this is over. */
  | { readonly kind: "held"; readonly hold: Hold; readonly retryMs: number };

export const DONE: Acted = { kind: "done" };

/** Graph takes at most 20 requests a batch (entra-graph reference, 10.2). */
export const BATCH_SIZE = 20;
/** So many batches at once keep the write bucket empty at 350 ms a call, and no more: each is an unknown outcome if the process dies. */
export const BATCHES_AT_ONCE = 4;

export function mayGoOn({ ports, untilMs }: ActContext): boolean {
  return ports.mayAct() && ports.clock.monotonicMs() < untilMs;
}

/** A refusal that concerns everything alike stops the act; one that concerns its group does not. */
export function stopOf(failure: Failure): Acted | undefined {
  switch (failure.class) {
    case "Throttled":
      return { kind: "again", afterMs: failure.retryAfterMs ?? THROTTLED_MS };
    case "Denied":
      return { kind: "held", hold: { reason: failure.reason, message: sentenceOf(failure) }, retryMs: DENIED_MS };
    default:
      return undefined;
  }
}

const THROTTLED_MS = 30_000;
const DENIED_MS = 5 * 60_000;
export const LEDGER_RETRY_MS = 5_000;

export async function saveLedger(context: ActContext, next: Ledger, signal: AbortSignal): Promise<Acted> {
  const { ports, configuration } = context;
  const written = await ports.ledgers.write(configuration, next, signal);
  if (written.kind === "failed") return { kind: "held", hold: written.hold, retryMs: LEDGER_RETRY_MS };
  context.ledger = next;
  return DONE;
}

export function isRefused(outcome: {
  readonly kind: string;
}): outcome is Extract<Written, { readonly kind: "refused" }> {
  return outcome.kind === "refused";
}

export function chunks<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const parts: Item[][] = [];
  for (let start = 0; start < items.length; start += size) parts.push(items.slice(start, start + size));
  return parts;
}
