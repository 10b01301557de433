/**
 * Pages of Directory Service lists (Limit, NextToken). Guarantees: what exists during the whole walk appears exactly once;
 * a token of another list is refused with InvalidNextTokenException.
 */
import type { ApiCall } from "../core/call.ts";
import { ApiError } from "../core/call.ts";
import { callFacts } from "../core/facts.ts";
import type { Faults } from "../core/faults.ts";
import { limit, optionalText } from "./input.ts";

/** Most items of a page when the caller names no Limit; the vendor publishes none [unverified]. */
const PAGE_ITEMS_MAX = 100;

export interface Page<Item> {
  readonly items: readonly Item[];
  /** With the member to spread into an answer; empty on the last page. */
  readonly next: { readonly NextToken?: string };
}

/** @param list names the list, its directory included: a token is good for that list only */
export function pageOf<Item extends { readonly sequence: number }>(
  faults: Faults,
  call: ApiCall,
  list: { readonly name: string; readonly items: readonly Item[] },
): Page<Item> {
  const asked = limit(call.input) || PAGE_ITEMS_MAX;
  const token = optionalText(call.input, "NextToken");
  const after = token === undefined ? 0 : sequenceOf(token, list.name);
  const subject = { service: call.service, action: call.action, facts: callFacts(call) };
  if (faults.strike("emptyList", subject) !== undefined) return { items: [], next: {} };
  const rest = list.items
    .filter(({ sequence }) => sequence > after)
    .sort((left, right) => left.sequence - right.sequence);
  const partial = faults.strike("partialPage", subject, () => Math.min(asked, rest.length) > 1);
  const size = Math.min(asked, PAGE_ITEMS_MAX, partial === undefined ? asked : (partial.effect.itemsMax ?? 1));
  const items = rest.slice(0, size);
  const last = items.at(-1);
  const hasMore = rest.length > items.length;
  return { items, next: hasMore ? { NextToken: tokenOf(last?.sequence ?? after, list.name) } : {} };
}

function tokenOf(sequence: number, name: string): string {
  return Buffer.from(`${name}:${sequence}`).toString("base64url");
}

function sequenceOf(token: string, name: string): number {
  const [listName, sequence = ""] = Buffer.from(token, "base64url").toString("utf8").split(":");
  if (listName === name && /^\d{1,12}$/.test(sequence)) return Number(sequence);
  throw new ApiError("InvalidNextTokenException", "The NextToken value is not valid.");
}
