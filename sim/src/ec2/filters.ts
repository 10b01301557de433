/** EC2's filters: names to values; values of one filter are alternatives, filters add up; `*` and `?` are wildcards. Pure. */
import { ApiError } from "../core/call.ts";
import type { Input } from "../core/input.ts";
import { records, requiredText, texts } from "../core/input.ts";

export interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

/** Values a thing has under a filter name; `undefined` when the world does not know that filter. */
export type FilterValues<Item> = (item: Item, name: string) => readonly (string | undefined)[] | undefined;

/** EC2 allows 200 values a filter. */
export const FILTER_VALUES_MAX = 200;

export function readFilters(input: Input): readonly Filter[] {
  return records(input, "Filters").map((filter) => {
    const name = requiredText(filter, "Name");
    const values = texts(filter, "Values");
    if (values.length > FILTER_VALUES_MAX) {
      throw new ApiError(
        "FilterLimitExceeded",
        `The maximum number of filter values specified on a single call is ${FILTER_VALUES_MAX}`,
      );
    }
    return { name, values };
  });
}

/** @throws ApiError for a filter name that the world does not model: a silent match would be a wrong list */
export function passes<Item>(item: Item, filters: readonly Filter[], valuesOf: FilterValues<Item>): boolean {
  return filters.every(({ name, values }) => {
    const own = valuesOf(item, name);
    if (own === undefined) throw new ApiError("InvalidParameterValue", `The filter '${name}' is invalid`);
    return own.some((value) => value !== undefined && values.some((pattern) => matchesWildcard(pattern, value)));
  });
}

/** Refuses unknown names also when there is nothing to filter. */
export function checkFilterNames(filters: readonly Filter[], known: readonly string[]): void {
  for (const { name } of filters) {
    if (!known.includes(name) && !name.startsWith("tag:")) {
      throw new ApiError("InvalidParameterValue", `The filter '${name}' is invalid`);
    }
  }
}

function matchesWildcard(pattern: string, value: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === value;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(value);
}
