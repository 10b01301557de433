/**
 * The campaigns of the simulation, as programs with workers of their own: virtual time replaces a process, and jest's is not to be replaced.
 * Guarantees: a campaign passes only if its program says so by its exit code; its last line, the figures, is shown; what it said is in the failure.
 */
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";

const PROJECT = resolve(import.meta.dirname, "../..");
const MAIN = join(PROJECT, "test/sim/main.ts");
const minutes = (count: number): number => count * 60_000;
/** What a campaign that fails may say at length: stories and plans. */
const OUTPUT_MAX = 20_000;

const campaigns: readonly (readonly [sentence: string, command: string, timeoutMs: number])[] = [
  ["plans that failed once fail no more", "regressions", minutes(5)],
  ["the same seed gives the same trace, twice in a process and in two processes", "digests", minutes(5)],
  ["rollouts and repairs are told as in the golden stories", "golden", minutes(5)],
  ["operators that are wrong on purpose are caught", "wrong", minutes(10)],
  ["death after each single write and each lost answer change nothing about the end", "exhaustive", minutes(15)],
  ["every promise is kept under 2,000 seeds of acts and faults", "random", minutes(20)],
];

test.each(campaigns)(
  "%s",
  async (_sentence, command, timeoutMs) => {
    const { code, output } = await runCampaign(command, timeoutMs);
    const lines = output.trim().split("\n");
    process.stderr.write(`${lines.at(-1) ?? ""}\n`);
    if (code !== 0) throw new Error(`${command} ended with ${String(code)}:\n${output}`);
  },
  minutes(25),
);

function runCampaign(
  command: string,
  timeoutMs: number,
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolveRun, reject) => {
    const child = spawn("node", ["--no-warnings", MAIN, command], {
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
