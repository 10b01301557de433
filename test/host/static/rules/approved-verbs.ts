/** Functions are Verb-Noun with a verb that PowerShell approves: a reader knows from it whether a function can change anything. */
import { findingsOf, type Rule } from "../finding.ts";
import { APPROVED_VERBS } from "../tables/verbs.ts";

export const APPROVED_VERB: Rule = {
  name: "approved-verb",
  find(script) {
    const finding = findingsOf("approved-verb", script);
    return script.functions.flatMap(({ name, node }) => {
      const [verb, noun] = /^([A-Za-z]+)-([A-Z][A-Za-z0-9]*)$/.exec(name)?.slice(1) ?? [];
      if (noun !== undefined && verb !== undefined && APPROVED_VERBS.has(verb)) return [];
      const why = noun === undefined ? `${name} is not Verb-Noun.` : `${verb ?? ""} is no approved verb.`;
      return [finding(node, [why, 'Take a verb of "Approved Verbs for PowerShell Commands".'])];
    });
  },
};
