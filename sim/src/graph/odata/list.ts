/**
 * Lists of Graph: filter, order, count, pages.
 * Guarantees: a page token holds a position, not a copy, so a list read over several pages sees changes between them, as the service's does;
 * advanced queries are refused without their header; an option that is not modelled is refused.
 */
import type { Numbered } from "../../entra/lifetimes.ts";
import { badRequest } from "../errors.ts";
import type { GraphCall, GraphReply } from "../operation.ts";
import type { Entity } from "./filter.ts";
import { parseFilter } from "./filter.ts";
import { isAdvancedCall, unsupportedQuery } from "./advanced.ts";
import { orderedBy } from "./order.ts";
import { nextLinkOf, readSkipToken } from "./page-token.ts";

export interface ListOptions {
  /** 100 and 999, as of most directory lists. */
  readonly pageSize?: { readonly standard: number; readonly maximum: number };
  /** `false`: `$filter` of any kind needs no header (services other than the directory). */
  readonly hasAdvancedQueries?: boolean;
}

const DIRECTORY_PAGES = { standard: 100, maximum: 999 };

/** One page of a list. @param items all of it, in the order of their numbers */
export function listReply(call: GraphCall, items: readonly Numbered<Entity>[], options: ListOptions = {}): GraphReply {
  const { query } = call;
  if (query.$search !== undefined) throw badRequest("$search is not modelled by this world.");
  const chosen = filtered(call, items, options);
  const size = pageSize(call, options);
  const sorted = orderedBy(query.$orderby, chosen);
  if (query.$orderby !== undefined && query.$filter !== undefined) requireAdvanced(call, options);
  const start = readSkipToken(query.$skiptoken, sorted);
  const page = sorted.slice(start, start + size);
  const last = page.at(-1);
  const isMore = start + page.length < sorted.length;
  return {
    status: 200,
    body: {
      ...(query.$count === "true" && isAdvancedCall(call) && { "@odata.count": chosen.length }),
      ...(isMore && last !== undefined && { "@odata.nextLink": nextLinkOf(call, last.sequence) }),
      value: page.map(({ value }) => value),
    },
  };
}

/** The number of what a filter leaves, as text. */
export function countReply(call: GraphCall, items: readonly Numbered<Entity>[]): GraphReply {
  if (!isAdvancedHeader(call)) throw unsupportedQuery("$count needs the header ConsistencyLevel: eventual.");
  const { $filter } = call.query;
  const filter = $filter === undefined ? undefined : parseFilter($filter);
  const count = filter === undefined ? items.length : items.filter(({ value }) => filter.matches(value)).length;
  return { status: 200, body: count, headers: { "content-type": "text/plain" } };
}

function filtered(
  call: GraphCall,
  items: readonly Numbered<Entity>[],
  options: ListOptions,
): readonly Numbered<Entity>[] {
  const { $filter } = call.query;
  if ($filter === undefined) return items;
  const filter = parseFilter($filter);
  if (filter.isAdvanced) requireAdvanced(call, options);
  const sample = items[0]?.value;
  const unknown = filter.properties.find((name) => sample !== undefined && !isProperty(sample, name));
  if (unknown !== undefined) throw badRequest(`Invalid filter clause: Could not find a property named '${unknown}'.`);
  return items.filter(({ value }) => filter.matches(value));
}

/** Directory extensions are properties whether an object has them or not. */
function isProperty(sample: Entity, name: string): boolean {
  return Object.hasOwn(sample, name.split("/")[0] ?? name) || name.startsWith("extension_");
}

function requireAdvanced(call: GraphCall, { hasAdvancedQueries = true }: ListOptions): void {
  if (hasAdvancedQueries && !isAdvancedCall(call))
    throw unsupportedQuery(
      "Unsupported Query. Advanced query capabilities need ConsistencyLevel: eventual and $count=true.",
    );
}

function isAdvancedHeader({ headers }: GraphCall): boolean {
  return headers.consistencylevel?.toLowerCase() === "eventual";
}

function pageSize({ query, pageItemsMax }: GraphCall, { pageSize: sizes = DIRECTORY_PAGES }: ListOptions): number {
  const top = query.$top === undefined ? sizes.standard : Number(query.$top);
  if (!Number.isInteger(top) || top < 1) throw badRequest(`Invalid page size specified: '${query.$top ?? ""}'.`);
  if (top > sizes.maximum)
    throw badRequest(`Invalid page size specified: '${top}'. Must be between 1 and ${sizes.maximum} inclusive.`);
  return Math.max(1, Math.min(top, pageItemsMax ?? top));
}
