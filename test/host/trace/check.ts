/**
 * Holds scripts and trace table against each other: no name without a row, no row without a use, no documented row without its heading.
 * Guarantees: each problem is a sentence that says what to write.
 */
import type { Library } from "../static/finding.ts";
import { callsIn, type Call } from "./calls.ts";
import { fit } from "./form.ts";
import { namesIn, type UsedName } from "./names.ts";
import { headingsOf, resolve, type HostSources } from "./sources.ts";
import type { Row, Source, Table } from "./table.ts";

export interface TraceReport {
  /** Which scripts use each row, by its line; for the column Used in. */
  readonly usedIn: ReadonlyMap<number, readonly string[]>;
  readonly problems: readonly string[];
  /** Documented rows whose page nobody could read: said loudly, not a failure. */
  readonly unread: readonly string[];
}

interface Use {
  readonly row: Row;
  readonly file: string;
  /** Of a cmdlet row: the parameters that were given. */
  readonly parameters: readonly string[];
}

export function checkTrace(table: Table, sources: HostSources, library: Library): TraceReport {
  const calls = library.scripts.flatMap((script) => callsIn(script, library));
  const names = library.scripts.flatMap((script) => namesIn(script, library));
  const uses: Use[] = [];
  const missing = [
    ...calls.flatMap((call) => placeCall(call, table, uses)),
    ...names.flatMap((name) => placeName(name, table, uses)),
  ];
  const documented = table.rows.filter(({ certainty }) => certainty === "documented");
  return {
    usedIn: new Map(table.rows.map((row) => [row.line, filesOf(row, uses)])),
    problems: [
      ...table.malformed,
      ...new Set(missing),
      ...table.rows.flatMap((row) => useProblems(row, uses)),
      ...documented.flatMap((row) => sourceProblems(row, sources)),
    ],
    unread: documented.flatMap((row) =>
      row.sources
        .filter((source) => resolve(source, sources) === "unread")
        .map((source) => `${at(row)} ${told(source)} could not be read.`),
    ),
  };
}

function placeCall(call: Call, table: Table, uses: Use[]): readonly string[] {
  const forms = table.rows.filter(({ form }) => form?.command.toLowerCase() === call.command.toLowerCase());
  const fitting = forms
    .flatMap((row) =>
      row.form === undefined ? [] : [{ row, given: fit(row.form, call.parameters), size: row.form.parameters.length }],
    )
    .filter(({ given }) => given !== undefined)
    .toSorted((a, b) => a.size - b.size)[0];
  const common = call.common.flatMap((name) => placeCommon(name, call, table, uses));
  if (fitting !== undefined) {
    uses.push({ row: fitting.row, file: call.file, parameters: fitting.given ?? [] });
    return common;
  }
  const wanted = [call.command, ...[...call.parameters].map((name) => `-${name}`)].join(" ");
  const where = `${call.file}:${call.line}`;
  const problem =
    forms.length === 0
      ? `${where} ${call.command} has no row of kind cmdlet; it is called as ${wanted}.`
      : `${where} no form of ${call.command} fits the call ${wanted}.`;
  return [problem, ...common];
}

function placeCommon(name: string, call: Call, table: Table, uses: Use[]): readonly string[] {
  const row = table.rows.find(
    (one) => one.kind === "common parameter" && one.name.toLowerCase() === `-${name}`.toLowerCase(),
  );
  if (row === undefined) return [`${call.file}:${call.line} -${name} has no row of kind common parameter.`];
  uses.push({ row, file: call.file, parameters: [] });
  return [];
}

function placeName({ kind, name, file, line }: UsedName, table: Table, uses: Use[]): readonly string[] {
  // An executable may be started in one place and be a file in another: one row is enough.
  const kinds: readonly string[] = kind === "program" || kind === "file" ? ["program", "file"] : [kind];
  const found = table.rows.filter((row) => kinds.includes(row.kind) && row.name.toLowerCase() === name.toLowerCase());
  if (found.length === 0) return [`${file}:${line} ${name} has no row of kind ${kind}.`];
  for (const row of found) uses.push({ row, file, parameters: [] });
  return [];
}

function useProblems(row: Row, uses: readonly Use[]): readonly string[] {
  const own = uses.filter((use) => use.row === row);
  if (own.length === 0) return [`${at(row)} ${row.name} is used nowhere: remove the row.`];
  const files = filesOf(row, uses);
  const given = new Set(own.flatMap(({ parameters }) => parameters));
  const idle = (row.form?.parameters ?? []).filter(({ name }) => !given.has(name.toLowerCase()));
  return [
    ...(files.join() === row.usedIn.toSorted().join()
      ? []
      : [`${at(row)} ${row.name} is used in: ${files.join(", ")}.`]),
    ...idle.map(({ name }) => `${at(row)} -${name} of ${row.form?.command ?? ""} is given nowhere: remove it.`),
  ];
}

function filesOf(row: Row, uses: readonly Use[]): readonly string[] {
  const own = uses.filter((use) => use.row === row);
  return [...new Set(own.map(({ file }) => file.replace(/^.*\//, "").replace(/\.ps1$/, "")))].toSorted();
}

/** A documented row resolves; on a cmdlet's own reference page each of its parameters is a heading too. */
function sourceProblems(row: Row, sources: HostSources): readonly string[] {
  return row.sources.flatMap((source) => {
    const resolution = resolve(source, sources);
    if (resolution === "unknownPage") return [`${at(row)} docs/host-sources.json has no page ${told(source)}.`];
    if (resolution === "unknownHeading") return [`${at(row)} the page has no heading ${told(source)}.`];
    if (row.form === undefined || !isReferencePage(source.page, row.form.command)) return [];
    const headings = headingsOf(source, sources);
    return row.form.parameters
      .filter(({ name }) => !headings.includes(`-${name}`))
      .map(({ name }) => `${at(row)} the page ${source.page} has no parameter -${name}.`);
  });
}

/** Microsoft's page of a cmdlet, or the source file of one of AWS. */
function isReferencePage(page: string, command: string): boolean {
  return page === `${command}.md` || page === `${command}-Cmdlet.cs`;
}

function at({ line }: Row): string {
  return `docs/host-steps.md:${line}`;
}

function told({ short, page, heading }: Source): string {
  return `${short}: ${page}, ${heading}`;
}
