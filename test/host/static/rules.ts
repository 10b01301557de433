/** Every rule of the static proof, a line each: the list is the specification. */
import type { Finding, Library, Rule } from "./finding.ts";
import type { Script } from "./script.ts";
import { ALIASES } from "./rules/aliases.ts";
import { APPROVED_VERB } from "./rules/approved-verbs.ts";
import { DOUBLE_BRACES } from "./rules/double-braces.ts";
import { GUARDED_FORCE } from "./rules/guarded-force.ts";
import { NAMED_PARAMETERS } from "./rules/named-parameters.ts";
import { NO_CONSOLE } from "./rules/no-console.ts";
import { NO_DOWNLOAD } from "./rules/no-download.ts";
import { NO_DYNAMIC_CODE } from "./rules/no-dynamic-code.ts";
import { PLAIN_SECRETS } from "./rules/plain-secrets.ts";
import { QUIET_CATCH } from "./rules/quiet-catch.ts";
import { SECRET_FLOW } from "./rules/secret-flow.ts";
import { SINGLE_QUOTES } from "./rules/single-quotes.ts";
import { STEP_SHAPE } from "./rules/step-shape.ts";
import { SYNTAX_ERROR } from "./rules/syntax-error.ts";
import { WINDOWS_POWERSHELL } from "./rules/windows-powershell.ts";

export const RULES: readonly Rule[] = [
  SYNTAX_ERROR,
  WINDOWS_POWERSHELL,
  STEP_SHAPE,
  NO_DYNAMIC_CODE,
  ALIASES,
  NAMED_PARAMETERS,
  APPROVED_VERB,
  GUARDED_FORCE,
  PLAIN_SECRETS,
  SECRET_FLOW,
  NO_CONSOLE,
  NO_DOWNLOAD,
  QUIET_CATCH,
  SINGLE_QUOTES,
  DOUBLE_BRACES,
];

export function allFindings(script: Script, library: Library): readonly Finding[] {
  return RULES.flatMap(({ find }) => find(script, library)).toSorted((a, b) => a.line - b.line);
}
