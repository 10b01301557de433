/** `$orderby` by one property, ascending unless it says `desc`. Pure. */
import type { Numbered } from "../../entra/lifetimes.ts";
import { badRequest } from "../errors.ts";
import type { Entity } from "./filter.ts";

export function orderedBy(
  orderBy: string | undefined,
  items: readonly Numbered<Entity>[],
): readonly Numbered<Entity>[] {
  if (orderBy === undefined) return items;
  const [, property = "", direction = "asc"] = /^(\w+)(?:\s+(asc|desc))?$/.exec(orderBy.trim()) ?? [];
  if (property === "") throw badRequest(`Invalid $orderby clause: '${orderBy}'.`);
  const sign = direction === "desc" ? -1 : 1;
  return [...items].sort((one, two) => {
    const order = textOf(one.value[property]).localeCompare(textOf(two.value[property]), "en");
    return sign * (order === 0 ? one.sequence - two.sequence : order);
  });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value.toLowerCase() : "";
}
