/**
 * Reads a paged list to its end or its bound.
 * Guarantees: `complete` only when every page was read, every item understood, and the last page said that it is the last (S5, S6);
 * a link is followed only to the Graph origin of the cloud, and never twice.
 */
import type * as z from "zod";
import type { Failure } from "../../runtime/failure.ts";
import type { Listing } from "../outcome.ts";
import { PAGES_MAX } from "../limits.ts";
import { fieldOf } from "./answer.ts";
import type { Call, Caller } from "./caller.ts";
import { isOwnLink } from "./graph-client.ts";
import { unreadable } from "./written.ts";

export interface PagedCall extends Call {
  readonly pagesMax?: number;
}

export type OriginOf = (call: Pick<Call, "access">) => string;

export async function readPages<Item>(
  caller: Caller,
  originOf: OriginOf,
  call: PagedCall,
  form: z.ZodType<Item>,
): Promise<Listing<Item>> {
  const { name } = call.operation;
  const items: Item[] = [];
  const seen = new Set<string>();
  let { request } = call;
  for (let page = 0; page < (call.pagesMax ?? PAGES_MAX); page += 1) {
    const outcome = await caller.call({ ...call, request });
    const stopped = (failure: Failure): Listing<Item> =>
      page === 0 ? { kind: "failed", failure } : { kind: "partial", items, failure };
    if (outcome.kind === "failed") return stopped(outcome.failure);
    const { body } = outcome.answer;
    const values = fieldOf(body, "value");
    if (!Array.isArray(values)) return stopped(incomplete(name, "a page without a list"));
    for (const value of values as readonly unknown[]) {
      const item = form.safeParse(value);
      if (!item.success) return { kind: "partial", items, failure: unreadable(name, item.error) };
      items.push(item.data);
    }
    const next = fieldOf(body, "@odata.nextLink");
    if (next === undefined || next === null) return { kind: "complete", items };
    if (typeof next !== "string" || !isOwnLink(next, originOf(call)))
      return { kind: "partial", items, failure: foreignLink(name) };
    if (seen.has(next)) return { kind: "partial", items, failure: incomplete(name, "the same page twice") };
    seen.add(next);
    request = { ...request, path: next };
  }
  return { kind: "partial", items, failure: tooLong(name) };
}

export function incomplete(name: string, what: string): Failure {
  return {
    class: "Transient",
    reason: "ListIncomplete",
    message: `${name}: Graph answered success with ${what}`,
    fix: "None: read again; nothing is removed on the strength of half a list.",
  };
}

export function foreignLink(name: string): Failure {
  return {
    class: "Permanent",
    reason: "ForeignLink",
    message: `${name}: the next page is not at the Graph endpoint of this cloud, so it was not asked for`,
    fix: "Check for a proxy that rewrites answers, and report this: the operator sends its token to Graph alone.",
  };
}

function tooLong(name: string): Failure {
  return {
    class: "Quota",
    reason: "ListTooLong",
    message: `${name}: there are more pages than the operator reads`,
    fix: "Narrow the selector, or report this: the bound is above every limit that the vendor documents.",
  };
}
