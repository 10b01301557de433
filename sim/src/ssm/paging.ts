/**
 * Pages of a list. Guarantees: items that exist during the whole walk appear exactly once, whatever is added or removed meanwhile;
 * a token of another list is refused (InvalidNextToken).
 */
import { ApiError, type ApiCall } from "../core/call.ts";
import type { Faults } from "../core/faults.ts";
import { text } from "../core/input.ts";
import { boundedInteger } from "./refusals.ts";

/** `sequence` is unique in the list and gives its order. */
export interface Listed {
  readonly sequence: number;
}

export interface PageRules {
  readonly order: "oldestFirst" | "newestFirst";
  readonly sizeMin: number;
  readonly sizeMax: number;
  readonly sizeDefault: number;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken: string | undefined;
}

export function pageOf<Item extends Listed>(
  items: readonly Item[],
  call: ApiCall,
  rules: PageRules,
  faults: Faults,
): Page<Item> {
  const asked = boundedInteger(call.input, "MaxResults", { min: rules.sizeMin, max: rules.sizeMax });
  const token = text(call.input, "NextToken");
  const subject = { service: call.service, action: call.action, facts: callerFacts(call) };
  if (faults.strike("emptyList", subject) !== undefined) return { items: [], nextToken: undefined };
  const after = token === undefined || token === "" ? undefined : sequenceOf(token, call.action);
  const sign = rules.order === "oldestFirst" ? 1 : -1;
  const rest = items
    .filter(({ sequence }) => after === undefined || (sequence - after) * sign > 0)
    .sort((left, right) => (left.sequence - right.sequence) * sign);
  const wanted = asked ?? rules.sizeDefault;
  const partial = faults.strike("partialPage", subject, () => rest.length > 1);
  const size = partial === undefined ? wanted : Math.min(wanted, partial.effect.itemsMax ?? 1);
  const shown = rest.slice(0, size);
  const last = shown.at(-1);
  return { items: shown, nextToken: rest.length > size && last !== undefined ? tokenOf(last, call.action) : undefined };
}

export function callerFacts({
  caller,
}: ApiCall): Record<"accountID" | "principalARN" | "accessKeyID", readonly string[]> {
  return {
    accountID: [caller.accountID],
    principalARN: [caller.principalARN],
    accessKeyID: [caller.accessKeyID],
  };
}

function tokenOf({ sequence }: Listed, action: string): string {
  return Buffer.from(`${action}:${sequence}`).toString("base64url");
}

function sequenceOf(token: string, action: string): number {
  const found = /^([A-Za-z]+):(\d{1,12})$/.exec(Buffer.from(token, "base64url").toString("utf8"));
  if (found === null || found[1] !== action) throw new ApiError("InvalidNextToken", "The specified token isn't valid.");
  return Number(found[2]);
}
