/** `cloudsync-world serve`: one world in real time until it is told to end. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import { parse } from "yaml";

import { realClock } from "../core/clock.ts";
import type { DelayPreset } from "../core/delays.ts";
import { DELAY_PRESETS } from "../core/delays.ts";
import { isRecord } from "../core/input.ts";
import { DEFAULT_LAYOUT } from "../layout/default.ts";
import type { WorldLayout } from "../layout/layout.ts";
import { serveWorld } from "../serve.ts";
import { createWorld } from "../world.ts";
import { ENDPOINTS_FILE } from "./names.ts";

interface ServeOptions {
  readonly ec2Port: number;
  readonly ssmPort: number;
  readonly stsPort: number;
  readonly controlPort: number;
  readonly seed: number;
  readonly timeScale: number;
  readonly delays: DelayPreset;
  readonly layout?: string;
  readonly buckets: boolean;
  readonly endpointsFile: string;
}

export function addServe(program: Command): void {
  program
    .command("serve")
    .description("run a world until SIGTERM; prints its endpoints as one line of JSON and writes them to a file")
    .option("--ec2-port <port>", "0 takes a free one", wholeNumber, 0)
    .option("--ssm-port <port>", "0 takes a free one", wholeNumber, 0)
    .option("--sts-port <port>", "0 takes a free one", wholeNumber, 0)
    .option("--control-port <port>", "0 takes a free one", wholeNumber, 0)
    .option("--seed <number>", "decides all chance", wholeNumber, 1)
    .option("--time-scale <factor>", "world seconds a real second", factor, 1)
    .addOption(new Option("--delays <preset>", "how long things take").choices(DELAY_PRESETS).default("demo"))
    .option("--layout <file>", "YAML or JSON; its sections replace those of the default layout")
    .option("--no-buckets", "switch API throttling off (benchmarks)")
    .option("--endpoints-file <file>", "where the endpoints are written", ENDPOINTS_FILE)
    .action(run);
}

async function run(options: ServeOptions): Promise<void> {
  const world = createWorld({
    clock: realClock({ timeScale: options.timeScale }),
    seed: options.seed,
    delays: { preset: options.delays },
    ...(options.layout !== undefined && { layout: readLayout(options.layout) }),
  });
  world.buckets.isOn = options.buckets;
  const running = await serveWorld(world, {
    ec2: options.ec2Port,
    ssm: options.ssmPort,
    sts: options.stsPort,
    control: options.controlPort,
  });
  const line = `${JSON.stringify(running.endpoints)}\n`;
  mkdirSync(dirname(options.endpointsFile), { recursive: true });
  writeFileSync(options.endpointsFile, line);
  process.stdout.write(line);
  await new Promise<void>((resolve) => {
    process.once("SIGTERM", () => resolve());
    process.once("SIGINT", () => resolve());
  });
  rmSync(options.endpointsFile, { force: true });
  await running.close();
}

/** Sections are taken whole; their inside is checked where it is used (addresses, ids). */
function readLayout(file: string): WorldLayout {
  const content: unknown = parse(readFileSync(file, "utf8"));
  if (!isRecord(content)) throw new Error(`${file} is not an object of layout sections`);
  const unknown = Object.keys(content).find((section) => !Object.hasOwn(DEFAULT_LAYOUT, section));
  if (unknown !== undefined) {
    throw new Error(`${file}: no section is named ${unknown}; there are ${Object.keys(DEFAULT_LAYOUT).join(", ")}`);
  }
  return { ...DEFAULT_LAYOUT, ...content };
}

function wholeNumber(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError("give a whole number.");
  return Number(value);
}

function factor(value: string): number {
  const number = Number(value);
  if (!(number > 0)) throw new InvalidArgumentError("give a number above 0.");
  return number;
}
