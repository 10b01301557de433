/**
 * How the product starts Node: the image's entry point and environment, read from the Dockerfile, and the heap limit of the chart's defaults.
 * Guarantees: what tests, demo and bench run is what users run; nothing of it is written twice.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";

const PROJECT = resolve(import.meta.dirname, "../..");

/** One instruction a line, comments left out. */
export const dockerfileInstructions: readonly string[] = readFileSync(join(PROJECT, "Dockerfile"), "utf8")
  .replaceAll("\\\n", " ")
  .split("\n")
  .filter((line) => /^[A-Z]+ /.test(line));

const lastStage = dockerfileInstructions.slice(
  dockerfileInstructions.findLastIndex((line) => line.startsWith("FROM ")),
);

export const IMAGE: {
  /** Between `node` and the bundle. */
  readonly nodeFlags: readonly string[];
  /** Without PATH, which is the image's own. */
  readonly environment: Readonly<Record<string, string>>;
} = { nodeFlags: entryPoint().slice(1, -1), environment: environment() };

/** `NODE_OPTIONS` of the chart's container with default values. */
export function chartNodeOptions(): string {
  const values = parse(readFileSync(join(PROJECT, "charts/cloudsync-operator/values.yaml"), "utf8")) as {
    readonly maxOldSpaceSizeMiB: number;
  };
  return `--max-old-space-size=${values.maxOldSpaceSizeMiB}`;
}

function entryPoint(): readonly string[] {
  const line = lastStage.find((instruction) => instruction.startsWith("ENTRYPOINT "));
  return JSON.parse((line ?? "").replace("ENTRYPOINT ", "")) as string[];
}

function environment(): Record<string, string> {
  const settings = lastStage.filter((line) => line.startsWith("ENV ")).flatMap((line) => line.slice(4).split(" "));
  const { PATH: _path, ...rest } = Object.fromEntries(
    settings.map((setting) => setting.split("=") as [string, string]),
  );
  return rest;
}
