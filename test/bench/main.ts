/**
 * `make bench`: measures every figure of docs/benchmarks.md, prints one table, ends by itself.
 * Guarantees: what it starts it stops; a row that fails says so in the table, and the exit code is 1; docs/benchmarks.md is written only by
 * a run of all rows; every single value goes to `.run/bench/`.
 * Usage: node test/bench/main.ts [rows]  or  ROWS=1,2 make bench
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Figure } from "./figures.ts";
import { loadAverage, machineFacts } from "./machine.ts";
import { documentOf, tableOf, type MeasuredFigure } from "./report.ts";
import type { CallsAtRest } from "./rest.ts";
import { measureMany } from "./row-many.ts";
import { measureDefaultRates } from "./row-rates.ts";
import { measureReady } from "./row-ready.ts";
import { restFigures, restOfOnePool } from "./row-rest.ts";
import { measureResync } from "./row-resync.ts";
import { measureScope } from "./row-scope.ts";
import { measureStart } from "./row-start.ts";
import { measureTakeover } from "./row-takeover.ts";

const PROJECT = resolve(import.meta.dirname, "../..");
const ALL_ROWS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
/** At least two minutes of rest each (issue 3). */
const REST_MS = 125_000;

// Ending by `exit` ends the children too.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

const rows = chosenRows(process.argv[2] ?? process.env["ROWS"]);
const figures: MeasuredFigure[] = [];
const startedMs = performance.now();
let quiet: Promise<unknown> | undefined;
let onePool: Promise<CallsAtRest> | undefined;

if (rows.includes(1)) await measured("1", measureStart);
if (rows.includes(2)) await measured("2", measureReady);
if (rows.includes(3) || rows.includes(5)) await measured("3", fleetRows);
await quietRows();
if (rows.some((row) => [7, 8, 10].includes(row))) await measured("7", scopeRows);
if (rows.includes(9)) await measured("9", measureResync);
finish();

async function scopeRows(): Promise<readonly Figure[]> {
  return (await measureScope()).filter(({ row }) => rows.includes(row));
}

async function fleetRows(): Promise<readonly Figure[]> {
  const isRestWanted = rows.includes(5);
  const meanwhile = isRestWanted ? { restMs: REST_MS, meanwhile: () => quietRows() } : {};
  const { figures: fleet, rest } = await measureMany(meanwhile);
  const one = await onePool?.catch(() => undefined);
  const atRest = rest === undefined || one === undefined ? [] : restFigures(one, rest);
  return [...fleet.filter(({ row }) => rows.includes(row)), ...atRest];
}

/** Rows that mostly wait: side by side, and beside the rest of the large fleet. Runs once, whoever asks first. */
function quietRows(): Promise<unknown> {
  quiet ??= Promise.all([
    rows.includes(4) ? measured("4", measureDefaultRates) : undefined,
    rows.includes(6) ? measured("6", measureTakeover) : undefined,
    rows.includes(5) ? measured("5", restOfOne) : undefined,
  ]);
  return quiet;
}

async function restOfOne(): Promise<readonly Figure[]> {
  onePool = restOfOnePool(REST_MS);
  await onePool;
  return [];
}

async function measured(name: string, measure: () => Promise<readonly Figure[]>): Promise<void> {
  const before = loadAverage();
  process.stderr.write(`row ${name}: measuring (load average ${before})\n`);
  const fromMs = performance.now();
  try {
    for (const figure of await measure()) figures.push({ ...figure, load: `${before} to ${loadAverage()}` });
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const why = (text.split("\n")[0] ?? "").replace(/^Error: /, "");
    const failure = { row: Number(name), name: `row ${name} failed`, measured: why, target: "", raw: text };
    figures.push({ ...failure, verdict: "missed", notes: [], load: `${before} to ${loadAverage()}` });
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
  const isWhole = ALL_ROWS.every((row) => rows.includes(row));
  if (isWhole) writeFileSync(join(PROJECT, "docs/benchmarks.md"), documentOf(figures, facts));
}

function chosenRows(text: string | undefined): readonly number[] {
  if (text === undefined || text === "") return ALL_ROWS;
  const chosen = text.split(",").map(Number);
  const unknown = chosen.filter((row) => !ALL_ROWS.includes(row));
  if (unknown.length > 0) throw new Error(`there is no row ${unknown.join(", ")}; rows are ${ALL_ROWS.join(", ")}`);
  return chosen;
}
