/**
 * The functions that stand before the real cmdlets, written from the rows of docs/host-steps.md.
 * Guarantees: a parameter that no row has is unknown to the function, none can be given by its place, and the exact set is checked by the stand-ins.
 */
import { readdirSync, readFileSync } from "node:fs";
import type { Form } from "../trace/form.ts";
import type { Table } from "../trace/table.ts";

export const STAND_INS = new URL("../stand-ins/", import.meta.url);

/** For forms.json: names as PowerShell compares them, without regard to case. */
export interface ExactSet {
  readonly mandatory: readonly string[];
  readonly optional: readonly string[];
}

export interface BoundModule {
  readonly text: string;
  readonly forms: Readonly<Record<string, readonly ExactSet[]>>;
  /** Cmdlets that are played by a stand-in. */
  readonly commands: readonly string[];
}

export function boundModule({ rows }: Table): BoundModule {
  const implemented = implementedCommands();
  const forms = new Map<string, Form[]>();
  for (const { form } of rows) {
    if (form === undefined || !implemented.has(implementationOf(form.command))) continue;
    forms.set(form.command, [...(forms.get(form.command) ?? []), form]);
  }
  const commands = [...forms.keys()].toSorted();
  const functions = commands.map((command) => boundFunction(command, forms.get(command) ?? []));
  return {
    text: [...functions, `Export-ModuleMember -Function ${commands.map((name) => `'${name}'`).join(", ")}`, ""].join(
      "\n",
    ),
    forms: Object.fromEntries([...forms].map(([command, sets]) => [command, sets.map(exactSet)])),
    commands,
  };
}

/** `Use-GetService` plays `Get-Service`. */
function implementationOf(command: string): string {
  return `Use-${command.replace("-", "")}`;
}

function implementedCommands(): ReadonlySet<string> {
  const texts = standInFiles().map((name) => readFileSync(new URL(name, STAND_INS), "utf8"));
  return new Set(texts.flatMap((text) => [...text.matchAll(/^function (Use-\w+)/gm)].map(([, name]) => name ?? "")));
}

export function standInFiles(): readonly string[] {
  return readdirSync(STAND_INS)
    .filter((name) => name.endsWith(".psm1"))
    .toSorted();
}

function boundFunction(command: string, forms: readonly Form[]): string {
  const parameters = new Map(
    forms.flatMap((form) => form.parameters.map(({ name, isSwitch }) => [name, isSwitch] as const)),
  );
  const declared = [...parameters].map(([name, isSwitch]) => `        ${isSwitch ? "[switch]" : ""}$${name}`);
  return [
    `function ${command} {`,
    "    [CmdletBinding(PositionalBinding = $false)]",
    "    param(",
    declared.join(",\n"),
    "    )",
    `    Invoke-StandIn -Name '${command}' -Bound $PSBoundParameters`,
    "}",
    "",
  ].join("\n");
}

function exactSet({ parameters }: Form): ExactSet {
  const names = (isMandatory: boolean): readonly string[] =>
    parameters.filter((parameter) => parameter.isMandatory === isMandatory).map(({ name }) => name);
  return { mandatory: names(true), optional: names(false) };
}
