/** No failure is swallowed: an empty catch, or an error preference that hides errors for a whole script. */
import { findingsOf, type Rule } from "../finding.ts";
import { literalText } from "../literal.ts";
import { all } from "../syntax.ts";
import { assignmentsTo } from "../variables.ts";

export const QUIET_CATCH: Rule = {
  name: "quiet-catch",
  find(script) {
    const finding = findingsOf("quiet-catch", script);
    const empty = all(script.root, "catch_clause", "trap_statement").filter(
      (clause) => all(clause, "statement_list").length === 0,
    );
    const hidden = assignmentsTo("ErrorActionPreference", script.root).filter(
      ({ value }) => (literalText(value) ?? "") !== "Stop",
    );
    return [
      ...empty.map((node) =>
        finding(node, ["An empty catch hides what went wrong.", "Handle it, or say in code why it cannot matter."]),
      ),
      ...hidden.map(({ node }) =>
        finding(node, ["Errors that do not stop a script are not seen.", "$ErrorActionPreference stays 'Stop'."]),
      ),
    ];
  },
};
