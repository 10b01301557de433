/** A string that interpolates nothing is single-quoted, so that a double quote tells the reader that something is put in. A text that holds a single quote may keep its double ones. */
import { findingsOf, type Rule } from "../finding.ts";
import { isExpanded } from "../literal.ts";
import { all } from "../syntax.ts";

export const SINGLE_QUOTES: Rule = {
  name: "single-quotes",
  find(script) {
    const finding = findingsOf("single-quotes", script);
    return all(script.root, "expandable_string_literal", "expandable_here_string_literal")
      .filter((node) => !isExpanded(node) && !/`[0abfnrtv]|'/.test(node.text))
      .map((node) => finding(node, ["A double-quoted string interpolates nothing.", "Use single quotes."]));
  },
};
