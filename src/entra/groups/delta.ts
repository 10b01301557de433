/**
 * Follows changes of groups by delta query (entra-graph reference, 10.3).
 * Guarantees: a new link is told only with all pages before it read; an expired or withdrawn token is `restarted`, and so are more pages than the
 * bound: then reading everything is the cheaper way. Never: a link to another origin.
 */
import type { EntraAccess } from "../access/port.ts";
import { fieldOf } from "../call/answer.ts";
import type { CallOutcome, Operation } from "../call/caller.ts";
import type { GraphCalls } from "../call/graph-calls.ts";
import { isOwnLink } from "../call/graph-client.ts";
import { foreignLink, incomplete } from "../call/read-pages.ts";
import { pathOf } from "../call/wire.ts";
import { notRead, unreadable } from "../call/written.ts";
import { DELTA_PAGES_MAX } from "../limits.ts";
import type { Reading } from "../outcome.ts";
import { groupChange } from "./parse-group.ts";
import type { GroupChange, GroupChanges } from "./port.ts";

const DELTA: Operation = { name: "GroupsDelta", bucket: "reads", isWrite: false };
const DELTA_FIELDS = "displayName,securityEnabled,mailEnabled,members";
/** Codes that mean "start over" whatever their status; 410 means it whatever its code. */
const START_OVER: ReadonlySet<string> = new Set(["syncstatenotfound", "resyncrequired", "syncstateinvalid"]);

type Calls = Pick<GraphCalls, "caller" | "originOf">;

export async function latestDelta(
  { caller, originOf }: Calls,
  access: EntraAccess,
  signal: AbortSignal,
): Promise<Reading<string>> {
  const path = pathOf("/groups/delta", { $deltatoken: "latest", $select: DELTA_FIELDS });
  const outcome = await caller.call({ access, operation: DELTA, request: { method: "GET", path }, signal });
  if (outcome.kind === "failed") return notRead(outcome);
  const link = fieldOf(outcome.answer.body, "@odata.deltaLink");
  if (typeof link !== "string") return { kind: "failed", failure: incomplete(DELTA.name, "no delta link") };
  if (!isOwnLink(link, originOf({ access }))) return { kind: "failed", failure: foreignLink(DELTA.name) };
  return { kind: "found", value: link };
}

export async function changesSince(
  { caller, originOf }: Calls,
  access: EntraAccess,
  deltaLink: string,
  signal: AbortSignal,
): Promise<GroupChanges> {
  const changes: GroupChange[] = [];
  let path = deltaLink;
  for (let page = 0; page < DELTA_PAGES_MAX; page += 1) {
    if (!isOwnLink(path, originOf({ access }))) return { kind: "failed", failure: foreignLink(DELTA.name) };
    const outcome = await caller.call({ access, operation: DELTA, request: { method: "GET", path }, signal });
    if (outcome.kind === "failed")
      return isStartOver(outcome) ? { kind: "restarted" } : { kind: "failed", failure: outcome.failure };
    const { body } = outcome.answer;
    const values = fieldOf(body, "value");
    if (!Array.isArray(values)) return { kind: "failed", failure: incomplete(DELTA.name, "a page without a list") };
    for (const value of values as readonly unknown[]) {
      const change = groupChange.safeParse(value);
      if (!change.success) return { kind: "failed", failure: unreadable(DELTA.name, change.error) };
      changes.push(change.data);
    }
    const last = fieldOf(body, "@odata.deltaLink");
    if (typeof last === "string") {
      if (!isOwnLink(last, originOf({ access }))) return { kind: "failed", failure: foreignLink(DELTA.name) };
      return { kind: "read", changes, deltaLink: last };
    }
    const next = fieldOf(body, "@odata.nextLink");
    if (typeof next !== "string" || next === path)
      return { kind: "failed", failure: incomplete(DELTA.name, "a page without the link to the next one") };
    path = next;
  }
  return { kind: "restarted" };
}

function isStartOver({ status, codes }: Extract<CallOutcome, { readonly kind: "failed" }>): boolean {
  return status === 410 || codes.some((code) => START_OVER.has(code.toLowerCase()));
}
