/**
 * docs/host-steps.md as data. Guarantees: every row of its tables is read or named as malformed; text around the tables is left alone.
 */
import { readForm, type Form } from "./form.ts";

export const KINDS = [
  "cmdlet",
  "common parameter",
  "program",
  "argument",
  "module",
  "feature",
  "service",
  "registry key",
  "registry value",
  "file",
  "event log",
  "CIM class",
  "environment variable",
  "host name",
  "type",
] as const;
export type Kind = (typeof KINDS)[number];

/** `own`: a name that this product gives; there is nothing to look up. */
export const CERTAINTIES = ["documented", "inferred", "general", "unverified", "own"] as const;
export type Certainty = (typeof CERTAINTIES)[number];

export interface Source {
  /** Short name of the book, as docs/host-sources.json has it. */
  readonly short: string;
  readonly page: string;
  readonly heading: string;
}

export interface Row {
  readonly line: number;
  readonly name: string;
  readonly kind: Kind;
  /** Script names without .ps1. */
  readonly usedIn: readonly string[];
  readonly what: string;
  readonly sources: readonly Source[];
  readonly certainty: Certainty;
  /** Of a cmdlet row. */
  readonly form: Form | undefined;
}

export interface Table {
  readonly rows: readonly Row[];
  /** Sentences with line numbers. */
  readonly malformed: readonly string[];
}

const HEADER = ["Name", "Kind", "Used in", "What and why", "Source (page, heading)", "Certainty"];

export function readTable(markdown: string): Table {
  const rows: Row[] = [];
  const malformed: string[] = [];
  let isInTable = false;
  markdown.split("\n").forEach((text, index) => {
    const cells = cellsOf(text);
    if (cells === undefined) isInTable = false;
    else if (cells.join() === HEADER.join()) isInTable = true;
    else if (isInTable && !cells.every((cell) => /^:?-+:?$/.test(cell))) {
      const row = readRow(cells, index + 1);
      if (typeof row === "string") malformed.push(`docs/host-steps.md:${index + 1} ${row}`);
      else rows.push(row);
    }
  });
  return { rows, malformed };
}

function cellsOf(line: string): readonly string[] | undefined {
  const trimmed = line.trim();
  if (!trimmed.startsWith("|") || !trimmed.endsWith("|")) return undefined;
  return trimmed
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}

/** A row, or what is wrong with it. */
function readRow(cells: readonly string[], line: number): Row | string {
  const [nameCell = "", kindCell = "", usedIn = "", what = "", sourceCell = "", certaintyCell = ""] = cells;
  if (cells.length !== HEADER.length) return `has ${cells.length} cells, not ${HEADER.length}.`;
  const name = /^`([^`]+)`$/.exec(nameCell)?.[1];
  if (name === undefined) return "has a name that does not stand in backticks.";
  const kind = KINDS.find((one) => one === kindCell);
  if (kind === undefined) return `has the kind ${kindCell}; there are ${KINDS.join(", ")}.`;
  const certainty = CERTAINTIES.find((one) => one === certaintyCell);
  if (certainty === undefined) return `has the certainty ${certaintyCell}; there are ${CERTAINTIES.join(", ")}.`;
  const form = kind === "cmdlet" ? readForm(name) : undefined;
  if (kind === "cmdlet" && form === undefined) return `is no form of a call: ${name}.`;
  if (what === "") return "does not say what and why.";
  const sources = readSources(sourceCell);
  if (typeof sources === "string") return certainty === "documented" ? sources : rowOf([]);
  return rowOf(sources);

  function rowOf(found: readonly Source[]): Row | string {
    if (certainty === "documented" && found.length === 0) return "is documented and names no page.";
    const files = usedIn.split(/,\s*/).filter((file) => file !== "");
    return {
      line,
      name: name ?? "",
      kind: kind ?? "file",
      usedIn: files,
      what,
      sources: found,
      certainty: certainty ?? "own",
      form,
    };
  }
}

/** `E: how-to-install.md, Install the agent; PS: Get-Service.md, PARAMETERS`. Words of another shape are for the reader alone. */
function readSources(cell: string): readonly Source[] | string {
  if (cell === "-" || cell === "") return [];
  const found: Source[] = [];
  for (const part of cell.split(/;\s*/)) {
    const [, short, page, heading] = /^([A-Z]+[A-Za-z]*): ([^,]+\.\w+), (.+)$/.exec(part) ?? [];
    if (short === undefined || page === undefined || heading === undefined)
      return `names no page and heading: ${part}.`;
    found.push({ short, page, heading });
  }
  return found;
}
