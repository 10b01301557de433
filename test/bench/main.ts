/**
 * `make bench`: measures every figure of docs/benchmarks.md, prints one table, ends by itself.
 * Guarantees: what it starts it stops; a row that fails is a row that says so, and the exit code is 1; docs/benchmarks.md is written only by
 * a run of all rows; every single value goes to `.run/bench/`.
 * Usage: node test/bench/main.ts [rows]  or  ROWS=1,2 make bench
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Figure } from "./figures.ts";
import { loadAverage, machineFacts } from "./machine.ts";
import { documentOf, tableOf, type MeasuredFigure } from "./report.ts";
import { measureMany } from "./row-many.ts";
import { measureDefaultRates } from "./row-rates.ts";
import { measureReady } from "./row-ready.ts";
import { restFigures, restOfOnePool } from "./row-rest.ts";
import { measureStart } from "./row-start.ts";
import { measureTakeover } from "./row-takeover.ts";

const PROJECT = resolve(import.meta.dirname, "../..");
const ALL_ROWS: readonly number[] = [1, 2, 3, 4, 5, 6];
/** At least two minutes of rest each (issue 3). */
const REST_MS = 125_000;

// Ending by `exit` ends the children too.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

const rows = chosenRows(process.argv[2] ?? process.env["ROWS"]);
const figures: MeasuredFigure[] = [];
const startedMs = performance.now();

const isFleetWanted = rows.includes(3) || rows.includes(5);
if (rows.includes(1)) await measured("1", measureStart);
if (rows.includes(2)) await measured("2", measureReady);
if (isFleetWanted) await measured(rows.includes(5) ? "3 and 5" : "3", fleetRows);
if (rows.includes(4)) await measured("4", measureDefaultRates);
if (rows.includes(6)) await measured("6", measureTakeover);
finish();

async function fleetRows(): Promise<readonly Figure[]> {
  if (!rows.includes(5)) return (await measureMany({ restMs: undefined })).figures;
  const one = await restOfOnePool(REST_MS);
  const { figures: many, rest } = await measureMany({ restMs: REST_MS });
  return [...many.filter(({ row }) => rows.includes(row)), ...(rest === undefined ? [] : restFigures(one, rest))];
}

async function measured(name: string, measure: () => Promise<readonly Figure[]>): Promise<void> {
  process.stderr.write(`row ${name}: measuring (load average ${loadAverage()})\n`);
  const before = loadAverage();
  const fromMs = performance.now();
  try {
    const load = (): string => `${before} to ${loadAverage()}`;
    for (const figure of await measure()) figures.push({ ...figure, load: load() });
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const failure = { row: Number(name[0]), name: `row ${name}`, measured: "failed", target: "", raw: text };
    figures.push({ ...failure, verdict: "missed", notes: [text.split("\n")[0] ?? ""], load: before });
    process.exitCode = 1;
    process.stderr.write(`${text}\n`);
  }
  process.stderr.write(`row ${name}: ${((performance.now() - fromMs) / 1_000).toFixed(0)} s\n`);
}

function finish(): void {
  figures.sort((left, right) => left.row - right.row);
  const facts = machineFacts();
  const tookSeconds = Math.round((performance.now() - startedMs) / 1_000);
  const directory = join(PROJECT, ".run/bench");
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${facts.at.replaceAll(":", "-")}.json`);
  writeFileSync(file, JSON.stringify({ facts, tookSeconds, figures }, null, 2));
  process.stdout.write(`${tableOf(figures)}\n\n${facts.text}\nTook ${tookSeconds} s. Every value: ${file}\n`);
  const isWhole = ALL_ROWS.every((row) => rows.includes(row)) && process.exitCode !== 1;
  if (isWhole) writeFileSync(join(PROJECT, "docs/benchmarks.md"), documentOf(figures, facts));
}

function chosenRows(text: string | undefined): readonly number[] {
  if (text === undefined || text === "") return ALL_ROWS;
  const chosen = text.split(",").map(Number);
  const unknown = chosen.filter((row) => !ALL_ROWS.includes(row));
  if (unknown.length > 0) throw new Error(`there is no row ${unknown.join(", ")}; rows are ${ALL_ROWS.join(", ")}`);
  return chosen;
}
