/**
 * Everything `make test` runs, phase by phase, with timings, and one last line: `N passed, N failed`.
 * Guarantees: a suite that could not run, a phase that crashed, timed out or ran nothing counts as a failure; the exit code is 0 only without failures.
 * Never: stops at the first failed phase; a phase that is left out silently.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { jestCounts, lineCounts } from "./counts.ts";
import type { Counts } from "./counts.ts";

const PROJECT = resolve(import.meta.dirname, "../..");
const OUTPUT = join(PROJECT, ".run/test");

interface Phase {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly timeoutMs: number;
  /** What the phase's output says; `undefined` when it says nothing that can be read. */
  readonly counts: (code: number, output: string) => Counts | undefined;
}

const minutes = (count: number): number => count * 60_000;
const asOneCheck = (code: number): Counts => ({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 });
const step = (name: string, command: string, args: readonly string[], timeoutMs: number): Phase => ({
  name,
  command,
  args,
  timeoutMs,
  counts: asOneCheck,
});

/** Integration runs file by file: each is bound by waits on one API server, not by the processor. */
const PHASES: readonly Phase[] = [
  step("generated files", "node", ["tools/generate/main.ts", "--check"], minutes(2)),
  step("chart's CRDs", "node", ["tools/build/chart-crds.ts", "--check"], minutes(1)),
  step("format", "prettier", ["--check", "--log-level", "warn", "."], minutes(5)),
  step("lint", "eslint", ["--max-warnings", "0", "."], minutes(10)),
  step("types", "tsc", ["-p", "."], minutes(5)),
  step("bundle", "node", ["tools/build/bundle.ts"], minutes(2)),
  step("control plane binaries", "node", ["tools/control-plane/ensure.mjs", "--with-helm"], minutes(60)),
  jest("unit", ["--maxWorkers=2"], minutes(20)),
  {
    name: "boto3",
    command: "bash",
    args: ["sim/test/boto3/run.sh"],
    timeoutMs: minutes(10),
    counts: (_, output) => lineCounts(output),
  },
  {
    name: "cfn-lint",
    command: "bash",
    args: ["test/aws/cfn-lint/run.sh"],
    timeoutMs: minutes(10),
    counts: (_, output) => lineCounts(output),
  },
  // One after the other: each campaign has a worker for every core.
  jest("simulation", ["--runInBand"], minutes(40)),
  jest("integration", ["--runInBand"], minutes(60)),
];

function jest(project: string, args: readonly string[], timeoutMs: number): Phase {
  const report = join(OUTPUT, `${project}.json`);
  return {
    name: project,
    command: "node",
    args: [
      "--experimental-vm-modules",
      "--no-warnings",
      "node_modules/jest/bin/jest.js",
      "--selectProjects",
      project,
      "--ci",
      "--json",
      `--outputFile=${report}`,
      ...args,
    ],
    timeoutMs,
    counts: () => (existsSync(report) ? jestCounts(readFileSync(report, "utf8")) : undefined),
  };
}

async function main(): Promise<void> {
  rmSync(OUTPUT, { recursive: true, force: true });
  mkdirSync(OUTPUT, { recursive: true });
  const total = { passed: 0, failed: 0 };
  for (const phase of PHASES) {
    const startedMs = performance.now();
    say(`--- ${phase.name}`);
    const { code, output } = await runPhase(phase);
    const counts = judged(phase, code, output);
    total.passed += counts.passed;
    total.failed += counts.failed;
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
    say(`--- ${phase.name}: ${counts.passed} passed, ${counts.failed} failed (${seconds} s)`);
  }
  say(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

/** A phase that ended badly without a failed test, or that ran no test at all, is itself a failure. */
function judged(phase: Phase, code: number, output: string): Counts {
  const counts = phase.counts(code, output) ?? { passed: 0, failed: 1 };
  const isUnexplained = counts.failed === 0 && (code !== 0 || counts.passed === 0);
  return isUnexplained ? { ...counts, failed: 1 } : counts;
}

/** The phase's output goes through as it comes; its last part is kept for {@link Phase.counts}. */
function runPhase({
  name,
  command,
  args,
  timeoutMs,
}: Phase): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolvePhase) => {
    const child = spawn(command, args, { cwd: PROJECT, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const timer = setTimeout(() => {
      say(`${name}: killed after ${timeoutMs / 60_000} minutes`);
      child.kill("SIGKILL");
    }, timeoutMs);
    const pass = (target: NodeJS.WriteStream) => (chunk: Buffer) => {
      target.write(chunk);
      output = (output + chunk.toString("utf8")).slice(-100_000);
    };
    // jest --json prints its report there as well; it is read from the file.
    child.stdout.on("data", args.includes("--json") ? () => undefined : pass(process.stdout));
    child.stderr.on("data", pass(process.stderr));
    const finish = (code: number): void => {
      clearTimeout(timer);
      resolvePhase({ code, output });
    };
    child.once("error", (error) => {
      say(`${name}: ${error.message}`);
      finish(127);
    });
    child.once("close", (code) => finish(code ?? 137));
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main();
