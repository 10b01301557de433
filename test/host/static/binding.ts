/**
 * Which value belongs to which parameter of a command, as PowerShell would bind them by name.
 * Guarantees: a value that follows no parameter that takes one is left over as positional; it is never dropped.
 */
import type { Command } from "./command.ts";
import type { Library } from "./finding.ts";
import type { Script } from "./script.ts";
import { hashTableKeys } from "./splat.ts";
import type { Syntax } from "./syntax.ts";

export interface Binding {
  readonly parameter: string;
  /** Absent for a switch. */
  readonly value: Syntax | undefined;
  readonly node: Syntax;
}

export interface Bound {
  readonly bindings: readonly Binding[];
  readonly positional: readonly Syntax[];
  /** `@variable` whose hash table is written nowhere. */
  readonly unknownSplats: readonly Syntax[];
}

/** Of every cmdlet and every advanced function: about_CommonParameters (Windows PowerShell 5.1). */
const COMMON_SWITCHES: readonly string[] = ["verbose", "debug", "whatif", "confirm"];

export function bind(command: Command, script: Script, library: Library): Bound {
  const switches = new Set([...COMMON_SWITCHES, ...(library.switchesOf(command.name ?? "") ?? [])]);
  const bindings: Binding[] = [];
  const positional: Syntax[] = [];
  const unknownSplats: Syntax[] = [];
  let waiting: { readonly name: string; readonly node: Syntax } | undefined;
  const settle = (value: Syntax | undefined): void => {
    if (waiting !== undefined) bindings.push({ parameter: waiting.name, value, node: waiting.node });
    waiting = undefined;
  };
  for (const argument of command.arguments) {
    if (argument.kind === "value") {
      if (waiting === undefined) positional.push(argument.node);
      else settle(argument.node);
      continue;
    }
    settle(undefined);
    if (argument.kind === "splat") {
      const keys = hashTableKeys(argument, script, library);
      if (keys === undefined) unknownSplats.push(argument.node);
      else bindings.push(...keys);
    } else if (argument.joined !== undefined) {
      bindings.push({ parameter: argument.name, value: argument.joined, node: argument.node });
    } else if (switches.has(argument.name.toLowerCase())) {
      bindings.push({ parameter: argument.name, value: undefined, node: argument.node });
    } else waiting = argument;
  }
  settle(undefined);
  return { bindings, positional, unknownSplats };
}

/** The value given to a parameter by name; undefined when it is not given or is a switch. */
export function valueOf(bound: Bound, ...parameters: readonly string[]): Syntax | undefined {
  const wanted = parameters.map((parameter) => parameter.toLowerCase());
  return bound.bindings.find(({ parameter }) => wanted.includes(parameter.toLowerCase()))?.value;
}

export function gives(bound: Bound, parameter: string): boolean {
  return bound.bindings.some((binding) => binding.parameter.toLowerCase() === parameter.toLowerCase());
}
