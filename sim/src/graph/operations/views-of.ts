/** Views of many things, each made when it is looked at: a page of a list of ten thousand makes a hundred. */
import type { Numbered } from "../../entra/lifetimes.ts";
import type { Entity } from "../odata/filter.ts";

export function views<Value>(
  items: readonly Numbered<Value>[],
  view: (value: Value) => Entity,
): readonly Numbered<Entity>[] {
  return items.map(({ sequence, value }) => {
    let made: Entity | undefined;
    return {
      sequence,
      get value() {
        return (made ??= view(value));
      },
    };
  });
}
