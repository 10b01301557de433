/**
 * The campaigns of the simulation, as programs with workers of their own: virtual time replaces a process, and jest's is not to be replaced.
 * Guarantees: a campaign passes only if its program says so by its exit code; its last line, the figures, is shown; what it said is in the failure.
 */
import { spawn } from "node:child_process";
import { resolve } from "node:path";

const PROJECT = resolve(import.meta.dirname, "../..");
const MAIN = "test/sim/main.ts";
const FIELDS = "test/sim/fields/main.ts";
const minutes = (count: number): number => count * 60_000;
/** What a campaign that fails may say at length: stories and plans. */
const OUTPUT_MAX = 20_000;

const campaigns: readonly (readonly [sentence: string, args: readonly string[], timeoutMs: number])[] = [
  ["plans that failed once fail no more", [MAIN, "regressions"], minutes(5)],
  ["the same seed gives the same trace, twice in a process and in two processes", [MAIN, "digests"], minutes(5)],
  ["rollouts and repairs are told as in the golden stories", [MAIN, "golden"], minutes(5)],
  ["operators that are wrong on purpose are caught", [MAIN, "wrong"], minutes(10)],
  ["each action that the operator's policy lacks is named by the fleet", [MAIN, "permissions"], minutes(10)],
  ["nothing is written over a whole day at rest", [MAIN, "day"], minutes(5)],
  ["1,200 groups, withdrawn tokens and consent by unit end as they must", [MAIN, "cases"], minutes(5)],
  [
    "death after each single write and each lost answer change nothing about the end",
    [MAIN, "exhaustive"],
    minutes(15),
  ],
  [
    "every promise is kept under two thousand seeds of acts and faults, those of the Entra side among them",
    [MAIN, "random"],
    minutes(24),
  ],
  ["every field means in the world what it says, by whatever path it came", [FIELDS, "--seed=1"], minutes(10)],
];

test.each(campaigns)(
  "%s",
  async (_sentence, args, timeoutMs) => {
    const { code, output } = await runCampaign(args, timeoutMs);
    const lines = output.trim().split("\n");
    process.stderr.write(`${lines.at(-1) ?? ""}\n`);
    if (code !== 0) throw new Error(`${args.join(" ")} ended with ${String(code)}:\n${output}`);
  },
  minutes(25),
);

function runCampaign(
  args: readonly string[],
  timeoutMs: number,
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolveRun, reject) => {
    const child = spawn("node", ["--no-warnings", ...args], {
      cwd: PROJECT,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeoutMs,
    });
    let output = "";
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString("utf8")).slice(-OUTPUT_MAX);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("error", reject);
    child.once("close", (code) => resolveRun({ code, output }));
  });
}
