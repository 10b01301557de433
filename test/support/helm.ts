/**
 * Runs the real helm on this repository's chart.
 * Guarantees: no state of the caller's own helm is read or written; bounded time.
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseAllDocuments } from "yaml";
import { run } from "./kubectl.ts";
import type { CommandResult } from "./kubectl.ts";

export const PROJECT = resolve(import.meta.dirname, "../..");
export const CHART = join(PROJECT, "charts/cloudsync-operator");

export type Values = Readonly<Record<string, unknown>>;

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

export interface Helm {
  (args: readonly string[], values?: Values): Promise<CommandResult>;
}

/**
 * Finds helm as `make control-plane` does (a build of minutes where no binary is cached).
 * @param home helm's own cache and the values files; the caller removes it
 */
export async function findHelm(home = mkdtempSync(join(tmpdir(), "helm-"))): Promise<Helm> {
  const script = join(PROJECT, "tools/control-plane/ensure.mjs");
  const found = await run(process.execPath, [script, "--with-helm", "--print-dir"], { timeoutMs: 900_000 });
  if (found.code !== 0) throw new Error(`no helm: ${found.stderr}`);
  const binary = join(found.stdout.trim().split("\n").at(-1) ?? "", "helm");
  const env = { ...process.env, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home };
  let files = 0;
  return (args, values = {}) => {
    files += 1;
    const file = join(home, `values-${files}.json`);
    writeFileSync(file, JSON.stringify(values));
    const takesValues = ["template", "install", "upgrade", "lint"].includes(args[0] ?? "");
    return run(binary, takesValues ? [...args, "--values", file] : args, { env, timeoutMs: 60_000 });
  };
}

/** Renders the chart; throws with helm's words when it refuses. */
export async function rendered(helm: Helm, values: Values): Promise<readonly Manifest[]> {
  const answer = await helm(["template", "cloudsync-operator", CHART, "--namespace", "cloudsync-system"], values);
  if (answer.code !== 0) throw new Error(answer.stderr);
  return parseAllDocuments(answer.stdout)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}
