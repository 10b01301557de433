/**
 * A command that destroys or overwrites without asking stands behind a check of what it is about to change, in the same function.
 * A check: an `if` or `switch` around it, or an earlier one that leaves the function; its condition names what the command acts on, or a value read
 * from that. Never: takes the mere presence of some `if` for a check.
 */
import { bind, gives, valueOf, type Bound } from "../binding.ts";
import type { Command } from "../command.ts";
import { findingsOf, type Rule } from "../finding.ts";
import { literalText, STRING_TYPES } from "../literal.ts";
import type { Script } from "../script.ts";
import { all, around, type Syntax } from "../syntax.ts";
import { assignmentsTo, scopeOf, variablesIn } from "../variables.ts";

const NAME = "guarded-force";
const DESTRUCTIVE =
  /^(Remove|Stop|Restart|Clear|Uninstall|Disable|Reset|Move|Rename|Set|Copy|Expand|Unregister|Dismount|Suspend|Out|Export)-/i;
/** They act on the host that runs them: any look at its state is a look at what they change. */
const ON_THIS_HOST = /^(Add|Remove|Rename|Restart|Stop)-Computer$/i;
const ALSO = /^(Add-Computer|New-Item|New-ItemProperty|Install-ADServiceAccount)$/i;

export const GUARDED_FORCE: Rule = {
  name: NAME,
  find(script, library) {
    const finding = findingsOf(NAME, script);
    return script.commands.flatMap((command) => {
      const { name } = command;
      if (name === undefined || !(DESTRUCTIVE.test(name) || ALSO.test(name))) return [];
      const bound = bind(command, script, library);
      if (!isForced(bound) || isGuarded(command, bound, script)) return [];
      return [
        finding(command.node, [
          `${name} is forced without a check of what it changes.`,
          "Look first, in the same function, and leave or stop if it is not what was expected.",
        ]),
      ];
    });
  },
};

function isForced(bound: Bound): boolean {
  const isOff = (parameter: string): boolean => /^\$false$/i.test(valueOf(bound, parameter)?.text ?? "");
  return (gives(bound, "Force") && !isOff("Force")) || (gives(bound, "Confirm") && isOff("Confirm"));
}

function isGuarded(command: Command, bound: Bound, script: Script): boolean {
  const isOnThisHost = ON_THIS_HOST.test(command.name ?? "");
  const subjects = isOnThisHost ? new Set<string>() : subjectsOf(bound, scopeOf(command.node, script));
  return [...conditionsAround(command.node, script), ...earlyExits(command.node, script)].some(
    (condition) => subjects.size === 0 || mentions(condition).some((one) => subjects.has(one)),
  );
}

/** What the command acts on, and the variables that were read from it: `$s = Get-Service -Name $n` makes a check of `$s` one of `$n`. */
function subjectsOf(bound: Bound, scope: Syntax): ReadonlySet<string> {
  const direct = bound.bindings.flatMap(({ value, parameter }) =>
    value === undefined || /^(Force|Confirm|ErrorAction)$/i.test(parameter) ? [] : mentions(value),
  );
  const found = new Set(direct);
  const assigned = new Set(all(scope, "left_assignment_expression").flatMap((left) => [...variablesIn(left)]));
  for (const variable of assigned) {
    if (assignmentsTo(variable, scope).some(({ value }) => mentions(value).some((one) => found.has(one))))
      found.add(`$${variable}`);
  }
  // And the other way round: the command acts on what was read of something that was checked.
  for (const one of direct.filter((text) => text.startsWith("$"))) {
    for (const { value } of assignmentsTo(one.slice(1), scope)) mentions(value).forEach((from) => found.add(from));
  }
  return found;
}

function mentions(node: Syntax): readonly string[] {
  const texts = all(node, ...STRING_TYPES).map(literalText);
  return [
    ...[...variablesIn(node)].map((name) => `$${name}`),
    ...texts.flatMap((text) => (text === undefined ? [] : [`'${text.toLowerCase()}`])),
  ];
}

function conditionsAround(node: Syntax, script: Script): readonly Syntax[] {
  const found: Syntax[] = [];
  const end = scopeOf(node, script);
  for (
    let outer = around(node, ...BRANCHES);
    outer !== undefined && outer !== end.parent;
    outer = around(outer, ...BRANCHES)
  ) {
    if (outer.start < end.start) break;
    const condition = conditionOf(outer);
    // A command in the condition itself is not guarded by it.
    if (condition !== undefined && !(condition.start <= node.start && node.end <= condition.end)) found.push(condition);
  }
  return found;
}

const BRANCHES = ["if_statement", "elseif_clause", "switch_statement", "while_statement"] as const;

function conditionOf(branch: Syntax): Syntax | undefined {
  return branch.children.find(
    ({ isNamed, type }) => isNamed && !["comment", "statement_block", "switch_parameters"].includes(type),
  );
}

/** `if (...) { return }` before the command, in a block that also holds the command. */
function earlyExits(node: Syntax, script: Script): readonly Syntax[] {
  const scope = scopeOf(node, script);
  return all(scope, "if_statement").flatMap((branch) => {
    const holder = branch.parent;
    const condition = conditionOf(branch);
    const isBefore =
      branch.end <= node.start && holder !== undefined && holder.start <= node.start && node.end <= holder.end;
    return isBefore && condition !== undefined && leaves(branch) ? [condition] : [];
  });
}

function leaves(branch: Syntax): boolean {
  const flow = all(branch, "flow_control_statement").some(({ text }) =>
    /^(return|throw|exit|continue|break)/i.test(text),
  );
  const stops = all(branch, "command_name").some(({ text }) =>
    /^(Stop-CloudSyncStep|Request-CloudSyncReboot)$/i.test(text),
  );
  return flow || stops;
}
