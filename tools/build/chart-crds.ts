/**
 * Copies crds/ into the chart, whose templates may read only files of the chart; with --check only compares.
 * Guarantees: the chart installs byte for byte what crds/ holds; a CRD that left crds/ leaves the chart.
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const PROJECT = resolve(import.meta.dirname, "../..");
export const CRDS = join(PROJECT, "crds");
export const CHART_CRDS = join(PROJECT, "charts/cloudsync-operator/files/crds");

/** File name to content. */
export function yamlFiles(directory: string): ReadonlyMap<string, string> {
  const names = readdirSync(directory).filter((name) => name.endsWith(".yaml"));
  return new Map(names.toSorted().map((name) => [name, readFileSync(join(directory, name), "utf8")]));
}

export function staleCopies(): readonly string[] {
  const [source, copy] = [yamlFiles(CRDS), yamlFiles(CHART_CRDS)];
  return [...new Set([...source.keys(), ...copy.keys()])].filter((name) => source.get(name) !== copy.get(name));
}

if (import.meta.main) {
  mkdirSync(CHART_CRDS, { recursive: true });
  if (!process.argv.includes("--check")) {
    const source = yamlFiles(CRDS);
    for (const name of yamlFiles(CHART_CRDS).keys()) if (!source.has(name)) rmSync(join(CHART_CRDS, name));
    for (const [name, content] of source) writeFileSync(join(CHART_CRDS, name), content);
  }
  const stale = staleCopies();
  if (stale.length > 0) process.stderr.write(`the chart's copy is stale: ${stale.join(", ")}; run: make generate\n`);
  process.exitCode = stale.length > 0 ? 1 : 0;
}
