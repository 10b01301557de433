/** The text of a string that is the same on every run. Never: guesses at what a variable may hold. */
import { all, type Syntax } from "./syntax.ts";

export const STRING_TYPES = [
  "verbatim_string_characters",
  "verbatim_here_string_characters",
  "expandable_string_literal",
  "expandable_here_string_literal",
] as const;

/** A quoted string without interpolation, or a bare word; undefined for anything else. */
export function literalText(node: Syntax): string | undefined {
  switch (node.type) {
    case "verbatim_string_characters":
      return node.text.slice(1, -1).replaceAll("''", "'");
    case "verbatim_here_string_characters":
      return node.text.replace(/^@'\s*\r?\n/, "").replace(/\r?\n'@$/, "");
    case "expandable_string_literal":
      return isExpanded(node) ? undefined : node.text.slice(1, -1).replace(/`(.)|"(")/gs, "$1$2");
    case "expandable_here_string_literal":
      return isExpanded(node) ? undefined : node.text.replace(/^@" *\r?\n/, "").replace(/\r?\n"@$/, "");
    case "generic_token":
      return node.text;
    default:
      return undefined;
  }
}

/** A string whose text depends on a variable or an expression. */
export function isExpanded(node: Syntax): boolean {
  return node.type.startsWith("expandable") && all(node, "variable", "sub_expression").length > 0;
}
