/** Functions on several values. */
import type { ExpressionFunction } from "./functions.ts";
import { repeating, required } from "./parameter.ts";

export const LIST_FUNCTIONS: readonly ExpressionFunction[] = [
  {
    name: "Count",
    parameters: [required("attribute")],
    result: (given) => String(given.list("attribute").length),
  },
  {
    name: "Item",
    parameters: [required("attribute"), required("index", "Integer")],
    // The first item is 1; "Index 0 shouldn't be used".
    result: (given) => given.list("attribute")[given.integer("index") - 1] ?? null,
  },
  {
    name: "Join",
    parameters: [required("separator"), repeating("source")],
    result: (given) => {
      const parts = given.all("source").flatMap((value) => (value === null || value === "" ? [] : value));
      return parts.join(given.text("separator") ?? "");
    },
  },
  {
    name: "RemoveDuplicates",
    parameters: [required("attribute")],
    result: (given) => [...new Set(given.list("attribute"))],
  },
  {
    name: "Split",
    parameters: [required("source"), required("delimiter")],
    result: (given) => {
      const source = given.text("source");
      const delimiter = given.text("delimiter") ?? "";
      if (source === null) return null;
      return delimiter === "" ? [source] : source.split(delimiter).map((part) => part.trim());
    },
  },
];
