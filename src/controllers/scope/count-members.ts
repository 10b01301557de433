/** Counts members: of groups that are to come in before they do, of those that are in at leisure. A count costs a part of a batch, never a list. */
import { isWorthCounting } from "../../sync/scope/eligibility.ts";
import type { AssignmentReading } from "../../sync/scope/snapshot.ts";
import type { GroupDirectory } from "./directory.ts";
import type { SeenScope } from "./observe-union.ts";

/** As many as come in within a pass. */
const NEWCOMERS_AT_ONCE = 400;
const AT_ONCE = 200;
const REVISIT_MS = 60_000;

export async function countNewcomers(
  { seen, signal }: { readonly seen: readonly SeenScope[]; readonly signal: AbortSignal },
  assignments: AssignmentReading,
  directory: GroupDirectory | undefined,
): Promise<void> {
  if (directory === undefined || assignments.kind === "unread") return;
  const due = new Set<string>();
  for (const { view } of seen) {
    if (view.reading.kind !== "resolved") continue;
    for (const id of view.reading.resolution.admitted.keys()) {
      if (due.size >= NEWCOMERS_AT_ONCE) break;
      if (!assignments.byGroup.has(id) && isWorthCounting(directory.factOf(id))) due.add(id);
    }
  }
  if (due.size > 0) await directory.count([...due], signal);
}

/** When to go on; `undefined` when all were counted lately. */
export async function countSome(
  signal: AbortSignal,
  assignments: AssignmentReading,
  directory: GroupDirectory | undefined,
): Promise<number | undefined> {
  if (directory === undefined || assignments.kind === "unread") return undefined;
  const due: string[] = [];
  for (const id of assignments.byGroup.keys()) {
    if (due.length > AT_ONCE) break;
    if (directory.isCountDue(id)) due.push(id);
  }
  if (due.length === 0) return undefined;
  await directory.count(due.slice(0, AT_ONCE), signal);
  return due.length > AT_ONCE ? REVISIT_MS : undefined;
}
