/**
 * Pages of EC2 lists. Guarantees: items in a fixed order, tokens that stay right while items come and go (they name the last item shown).
 * Faults: a short page still carries its token; an empty list carries none.
 */
import type { ApiCall } from "../core/call.ts";
import { ApiError } from "../core/call.ts";
import { callFacts } from "../core/facts.ts";
import type { Faults } from "../core/faults.ts";
import { integer, text } from "../core/input.ts";

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken: string | undefined;
}

/** `orderOf` numbers items upwards without ties; `items` comes in that order. */
export function pageOf<Item>(
  faults: Faults,
  call: ApiCall,
  items: readonly Item[],
  orderOf: (item: Item) => number,
): Page<Item> {
  const { input } = call;
  const maxResults = integer(input, "MaxResults");
  if (maxResults !== undefined && (maxResults < 5 || maxResults > 1_000)) {
    throw new ApiError(
      "InvalidParameterValue",
      `Value ( ${maxResults} ) for parameter maxResults is invalid. Expecting a value between 5 and 1000.`,
    );
  }
  const after = readToken(text(input, "NextToken"));
  const subject = { service: call.service, action: call.action, facts: callFacts(call) };
  if (faults.strike("emptyList", subject) !== undefined) return { items: [], nextToken: undefined };
  const rest = items.filter((item) => orderOf(item) > after);
  const asked = maxResults ?? Math.max(rest.length, 1);
  const short = faults.strike("partialPage", subject, () => Math.min(asked, rest.length) > 1);
  const size =
    short === undefined ? asked : Math.min(asked, short.effect.itemsMax ?? Math.ceil(Math.min(asked, rest.length) / 2));
  const shown = rest.slice(0, Math.max(size, 0));
  const last = shown.at(-1);
  return {
    items: shown,
    nextToken: rest.length > shown.length ? writeToken(last === undefined ? after : orderOf(last)) : undefined,
  };
}

const TOKEN_PREFIX = "world-page-";

function writeToken(order: number): string {
  return Buffer.from(`${TOKEN_PREFIX}${order}`).toString("base64");
}

function readToken(token: string | undefined): number {
  if (token === undefined) return -1;
  const content = Buffer.from(token, "base64").toString();
  const order = content.startsWith(TOKEN_PREFIX) ? Number(content.slice(TOKEN_PREFIX.length)) : Number.NaN;
  if (Number.isInteger(order)) return order;
  throw new ApiError("InvalidNextToken", "The token is invalid");
}
