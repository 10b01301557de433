/** All rule rows. Those of durations follow from the CRDs: every one has both bounds, said in its sentence. */
import { CRD_FILES, rulesOf, type FoundRule } from "./crd-files.ts";
import { valueAt } from "./manifest.ts";
import { CONFIGURATION_ROWS, SCOPE_ROWS, TEST_ROWS } from "./rule-rows-entra.ts";
import { AGENT_ROWS, DOMAIN_ROWS, POOL_ROWS, TENANT_ROWS } from "./rule-rows-fleet.ts";
import { row, type RuleRow } from "./rule-row.ts";
import { SPECIMENS } from "./specimens.ts";

const DURATION_SENTENCE = /^set a duration between (\S+) and (\S+),/;

export const ALL_RULES: readonly FoundRule[] = CRD_FILES.flatMap(rulesOf);

export const ALL_ROWS: readonly RuleRow[] = [
  ...TENANT_ROWS,
  ...DOMAIN_ROWS,
  ...POOL_ROWS,
  ...AGENT_ROWS,
  ...CONFIGURATION_ROWS,
  ...SCOPE_ROWS,
  ...TEST_ROWS,
  ...ALL_RULES.flatMap(durationRows),
];

/** The rule that a row shows; a row that matches none or several is a mistake in the row. */
export function ruleOf({ specimen, path, sentence }: RuleRow): FoundRule {
  const matching = ALL_RULES.filter(
    (rule) => rule.kind === specimen.kind && rule.path === path && rule.message.startsWith(sentence),
  );
  const [rule] = matching;
  if (rule === undefined || matching.length > 1) {
    throw new Error(`${matching.length} rules of ${specimen.kind} at "${path}" start with "${sentence}"`);
  }
  return rule;
}

function durationRows({ kind, path, message }: FoundRule): readonly RuleRow[] {
  const [, min, max] = DURATION_SENTENCE.exec(message) ?? [];
  if (min === undefined || max === undefined) return [];
  const specimen = SPECIMENS.find((candidate) => candidate.kind === kind && isPlaceable(candidate, path));
  if (specimen === undefined) throw new Error(`no specimen of ${kind} has a place for ${path}`);
  const place = path.replaceAll("[]", ".0");
  // The longest probe interval would break the rule that evidence outlives it: there the shortest is the accepted one.
  const accepted = { [place]: place.endsWith("probeInterval") ? min : max };
  return ["0s", "100000h"].map((refused) => row(specimen, path, message, { refused: { [place]: refused }, accepted }));
}

/** List items and required siblings must be there; members of defaulted objects need not. */
function isPlaceable(candidate: (typeof SPECIMENS)[number], path: string): boolean {
  const parent = path.replaceAll("[]", ".0").split(".").slice(0, -1).join(".");
  return (
    /\.(health|timeouts|remediation|removal|removalCeiling|additionCeiling)$/.test(parent) ||
    valueAt(candidate, parent) !== undefined
  );
}
