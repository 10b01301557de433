/** Full command names only: an alias can be another thing on another host, and a reader has to know it. */
import { findingsOf, type Rule } from "../finding.ts";
import { BUILT_IN_ALIASES } from "../tables/aliases.ts";

export const ALIASES: Rule = {
  name: "alias",
  find(script) {
    const finding = findingsOf("alias", script);
    return script.commands.flatMap(({ name, node, operator }) => {
      if (name === undefined) return [];
      if (BUILT_IN_ALIASES.has(name.toLowerCase())) {
        return [finding(node, [`${name} is an alias.`, "Write the cmdlet's full name."])];
      }
      const isPlain = name.includes("-") || /\.(exe|com)$/i.test(name) || operator === "&";
      return isPlain
        ? []
        : [finding(node, [`${name} is neither Verb-Noun nor a file name.`, "Name an executable with .exe."])];
    });
  },
};
