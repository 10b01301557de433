/**
 * Checks a command's parameters against its document, as SendCommand does before anything is sent.
 * Guarantees: what passes is complete (defaults filled in); what does not is refused as InvalidParameters with the parameter's name.
 */
import { ApiError } from "../core/call.ts";
import { isRecord } from "../core/input.ts";
import type { CommandDocument, DocumentParameter } from "./document.ts";

export type CommandParameters = Readonly<Record<string, readonly string[]>>;

export function checkedParameters(document: CommandDocument, given: unknown): CommandParameters {
  const values = readGiven(given);
  for (const name of Object.keys(values)) {
    if (!document.parameters.has(name)) refuse(`${name} is not defined in the document ${document.name}`);
  }
  const resolved = [...document.parameters].map(([name, rule]): readonly [string, readonly string[]] => {
    const value = values[name] ?? rule.defaults;
    if (value === undefined) return refuse(`no value for the required parameter ${name}`);
    checkValues(name, value, rule);
    return [name, value];
  });
  return Object.fromEntries(resolved);
}

function readGiven(given: unknown): CommandParameters {
  if (given === undefined || given === null) return {};
  if (!isRecord(given)) return refuse("parameters have to be a map");
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      if (!Array.isArray(value)) return refuse(`the value of ${name} has to be a list of texts`);
      return [
        name,
        value.map((item: unknown) => (typeof item === "string" ? item : refuse(`${name} has to hold texts`))),
      ];
    }),
  );
}

function checkValues(name: string, values: readonly string[], rule: DocumentParameter): void {
  if (rule.type === "String" && values.length !== 1) refuse(`${name} takes one value, not ${values.length}`);
  if (rule.itemsMax !== undefined && values.length > rule.itemsMax)
    refuse(`${name} takes at most ${rule.itemsMax} values`);
  for (const value of values) {
    if (rule.allowedPattern !== undefined && !rule.allowedPattern.test(value)) {
      refuse(`${name}: ${value} does not match ${rule.allowedPattern.source}`);
    }
    if (rule.allowedValues !== undefined && !rule.allowedValues.includes(value))
      refuse(`${name}: ${value} is not allowed`);
    if (rule.charsMin !== undefined && value.length < rule.charsMin) refuse(`${name} is shorter than ${rule.charsMin}`);
    if (rule.charsMax !== undefined && value.length > rule.charsMax) refuse(`${name} is longer than ${rule.charsMax}`);
  }
}

function refuse(reason: string): never {
  throw new ApiError("InvalidParameters", `The parameters of the command are invalid: ${reason}.`);
}
