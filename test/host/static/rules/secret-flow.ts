/**
 * A secret goes from the reader of secrets to a parameter that takes a credential, and nowhere else.
 * Guarantees: every place where a variable with a secret stands is on the short list below, or it is a finding: output, files, events, strings, command
 * lines and environment variables are not on it.
 */
import { bind } from "../binding.ts";
import { findingsOf, type Library, type Rule } from "../finding.ts";
import type { Script } from "../script.ts";
import { all, around, type Syntax } from "../syntax.ts";
import { functionNamed, isOpenMember, secretsIn } from "../taint.ts";

const NAME = "secret-flow";
/** Parameters of the vendors' cmdlets that take a secret as an object. */
const CREDENTIAL_PARAMETERS =
  /^(Credential|EACredential|TargetDomainCredential|LocalCredential|DomainCredential|UnjoinDomainCredential|UserCredentials|AccessToken)$/i;
/** Only there is a secret still text: it is read, taken apart and put into SecureString. */
export const SECRET_READER = "Get-CloudSyncSecret";
const READER_COMMANDS = /^(ConvertFrom-Json|ConvertTo-SecureString|New-Object)$/i;

export const SECRET_FLOW: Rule = {
  name: NAME,
  find(script, library) {
    const finding = findingsOf(NAME, script);
    const taint = secretsIn(library);
    const held = all(script.root, "variable").filter((node) => taint.isSecret(node, script));
    const inline = script.commands.filter(({ name }) => taint.readsSecret(name ?? "")).map(({ node }) => node);
    return [...held, ...inline]
      .filter((node) => !isAllowed(node, script, library))
      .map((node) =>
        finding(node, [
          `${node.text.slice(0, 40)} holds a secret and stands where it can get out.`,
          "Pass it only as -Credential (or the like) of a cmdlet, or to a function of these scripts.",
        ]),
      );
  },
};

function isAllowed(node: Syntax, script: Script, library: Library): boolean {
  // A splat passes a hash table whose keys were judged where they are written; rules/named-parameters.ts sees to it that they are.
  if (node.text.startsWith("@")) return true;
  let inner = node;
  for (let outer = node.parent; outer !== undefined; inner = outer, outer = outer.parent) {
    switch (outer.type) {
      case "left_assignment_expression":
      case "script_parameter":
        return true;
      case "comparison_expression":
        return isTest(outer, inner) || (isReader(node, script) && isQuestion(outer));
      case "if_statement":
      case "elseif_clause":
        return true;
      case "flow_control_statement":
        // `throw $secret` gets out, `return $secret` makes the function a reader.
        return !/^throw/i.test(outer.text) && isResultOfFunction(outer);
      case "assignment_expression":
        return !isSharedPlace(outer);
      case "statement_list":
        if (/^(sub|array)_expression$/.test(outer.parent?.type ?? "")) break;
        return isResultOfFunction(outer);
      case "pipeline_chain":
        // Into the next command, whatever that does with it.
        if (outer.children.at(-1) !== inner && !isReader(node, script)) return false;
        break;
      case "member_access":
      case "element_access":
        if (isOpenMember(outer) && outer.children[0] === inner) return true;
        break;
      case "invokation_expression":
        // The object that it gives is as secret; that it is asked for at all is for rules/plain-secrets.ts.
        if (isOpening(outer, inner)) break;
        return isHarmlessCall(outer, inner, script);
      case "hash_entry":
        return CREDENTIAL_PARAMETERS.test(outer.children[0]?.text.replaceAll("'", "") ?? "") || isReader(node, script);
      case "command":
        return isPassedOn(outer, node, script, library);
      case "expandable_string_literal":
      case "expandable_here_string_literal":
      case "additive_expression":
      case "format_expression":
      case "redirection":
        return false;
      default:
    }
  }
  return true;
}

/** A variable of the whole script could be read anywhere; the list that is cleared at the end of the run is the one such place. */
function isSharedPlace(assignment: Syntax): boolean {
  const place = assignment.children[0]?.text ?? "";
  return /^\$(script|global):/i.test(place) && place !== "$script:Run.Secrets";
}

/** What a script block returns goes to whoever runs it; what a function returns makes the function a reader. */
function isResultOfFunction(node: Syntax): boolean {
  return around(node, "function_statement", "script_block_expression")?.type === "function_statement";
}

function isReader(node: Syntax, script: Script): boolean {
  return script.functionAround(node)?.name === SECRET_READER;
}

/** Whether it is there, or of which type it is. */
function isTest(comparison: Syntax, one: Syntax): boolean {
  const isTypeTest = comparison.children.some(({ text }) => /^-is(not)?$/i.test(text));
  return isTypeTest || comparison.children.some((other) => other !== one && /^\$null$/i.test(other.text));
}

function isOpening(call: Syntax, inner: Syntax): boolean {
  return call.children[0] === inner && call.children.some(({ text }) => /^GetNetworkCredential$/i.test(text));
}

/** Its answer is yes or no; -replace, -split, -join and -as give text. */
function isQuestion(comparison: Syntax): boolean {
  return all(comparison, "comparison_operator").every(({ text }) => !/^-[ci]?(replace|split|join|as)$/i.test(text));
}

/** `$secret.Dispose()`, `[pscredential]::new($name, $secret)`; in the reader also other calls on it. */
function isHarmlessCall(call: Syntax, inner: Syntax, script: Script): boolean {
  const [owner] = call.children;
  const member = call.children.find(({ type }) => type === "member_name")?.text ?? "";
  // LdapConnection.Bind is what an account is for.
  if (/^Bind$/i.test(member) && owner !== inner) return true;
  if (owner === inner && /^(Dispose|Clear|MakeReadOnly|Copy)$/i.test(member)) return true;
  if (/^\[(System\.Management\.Automation\.)?PSCredential\]$/i.test(owner?.text ?? "") && /^new$/i.test(member))
    return true;
  return isReader(call, script) && !/^(Write\w*|Append\w*|Set\w*Variable|Start)$/i.test(member);
}

function isPassedOn(commandNode: Syntax, secret: Syntax, script: Script, library: Library): boolean {
  const command = script.commands.find(({ node }) => node === commandNode);
  if (command === undefined) return false;
  const isIn = (value: Syntax | undefined): boolean =>
    value !== undefined && value.start <= secret.start && secret.end <= value.end;
  const given = bind(command, script, library).bindings.find(({ value }) => isIn(value));
  if (given === undefined) return false;
  if (CREDENTIAL_PARAMETERS.test(given.parameter)) return true;
  if (isReader(commandNode, script) && READER_COMMANDS.test(command.name ?? "")) return true;
  const callee = functionNamed(command.name, library);
  // Its own body is judged by the same rule, with the parameter as a secret; these three only talk.
  return (
    callee !== undefined && !/^(Write|Stop|Out)-/i.test(callee.name) && isDeclared(callee.parameters, given.parameter)
  );
}

function isDeclared(parameters: readonly { readonly name: string }[], parameter: string): boolean {
  return parameters.some(({ name }) => name.toLowerCase() === parameter.toLowerCase());
}
