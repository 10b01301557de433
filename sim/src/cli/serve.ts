/** The options of `cloudsync-world serve`. */
import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";

import type { DelayPreset } from "../core/delays.ts";
import { DELAY_PRESETS } from "../core/delays.ts";
import { ENDPOINTS_FILE } from "./names.ts";

export interface ServeOptions {
  readonly ec2Port: number;
  readonly ssmPort: number;
  readonly stsPort: number;
  readonly directoryPort: number;
  readonly controlPort: number;
  readonly graphPort: number;
  readonly seed: number;
  readonly timeScale: number;
  readonly delays: DelayPreset;
  readonly ownerId?: string;
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
    .option("--directory-port <port>", "Directory Service; 0 takes a free one", wholeNumber, 0)
    .option("--control-port <port>", "0 takes a free one", wholeNumber, 0)
    .option("--graph-port <port>", "Microsoft Graph and login over HTTPS; 0 takes a free one", wholeNumber, 0)
    .option("--seed <number>", "decides all chance", wholeNumber, 1)
    .option("--time-scale <factor>", "world seconds a real second", factor, 1)
    .addOption(new Option("--delays <preset>", "how long things take").choices(DELAY_PRESETS).default("demo"))
    .option("--owner-id <text>", "the operator's own: fills the shipped policy that its key and roles act under")
    .option("--layout <file>", "YAML or JSON; its sections replace those of the default layout")
    .option("--no-buckets", "switch API throttling off (benchmarks)")
    .option("--endpoints-file <file>", "where the endpoints are written", ENDPOINTS_FILE)
    .action(async (options: ServeOptions) => {
      // Loaded only here: the other commands start in a fraction of the time without a whole world.
      const { runWorld } = await import("./run-world.ts");
      await runWorld(options);
    });
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
