/**
 * Child processes of tests and the demo: started with their output in a file, stopped by their own id.
 * Guarantees: a process that does not obey SIGTERM within the grace is killed; children of a test run end with it.
 * Never: kills by name, leaves a wait without a deadline.
 */
import { spawn } from "node:child_process";
import { appendFileSync, closeSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { basename, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export interface LaunchOptions {
  readonly logFile: string;
  readonly env?: NodeJS.ProcessEnv;
  /**
   * A detached process outlives this program (`make up`); otherwise it is killed when this program exits.
   * Its id is noted at once in {@link PROCESS_LIST} beside its log, so that it is found even if this program dies in the next moment.
   */
  readonly isDetached?: boolean;
}

/** Lines `<process id> <name>` of the detached processes, oldest first; stands beside their logs. */
export const PROCESS_LIST = "processes";

export interface RunningProcess {
  readonly pid: number;
  readonly logFile: string;
  /** True until the exit was observed. */
  isAlive(): boolean;
  /** The last lines of its output, for failure messages. */
  logTail(): string;
}

export function launch(binary: string, args: readonly string[], options: LaunchOptions): RunningProcess {
  const log = openSync(options.logFile, "a");
  const isDetached = options.isDetached === true;
  const child = spawn(binary, args, {
    stdio: ["ignore", log, log],
    detached: isDetached,
    env: options.env ?? process.env,
  });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) throw new Error(`cannot start ${binary}`);
  if (isDetached) {
    appendFileSync(join(dirname(options.logFile), PROCESS_LIST), `${pid} ${basename(options.logFile, ".log")}\n`);
  }
  let hasExited = false;
  const killWithParent = (): void => {
    if (!hasExited) signalProcess(pid, "SIGKILL");
  };
  child.once("exit", () => {
    hasExited = true;
    process.removeListener("exit", killWithParent);
  });
  child.unref();
  if (!isDetached) process.once("exit", killWithParent);
  return {
    pid,
    logFile: options.logFile,
    isAlive: () => !hasExited && isProcessAlive(pid),
    logTail: () => tailOf(options.logFile),
  };
}

export function tailOf(file: string, lines = 15): string {
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  } catch {
    return "(no output)";
  }
}

export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Already gone: what the caller wanted.
  }
}

export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // An ended process keeps its id until its parent asks, and the first process of a container never asks (proc(5), state Z).
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false; // no /proc on this system, or gone since
  }
}

/** SIGTERM, then SIGKILL after `graceMs`; resolves when the process is gone. `graceMs` 0 kills at once. */
export async function stopProcess(pid: number, graceMs: number): Promise<void> {
  if (graceMs > 0) {
    signalProcess(pid, "SIGTERM");
    if (await isGoneWithin(pid, graceMs)) return;
  }
  signalProcess(pid, "SIGKILL");
  if (!(await isGoneWithin(pid, 10_000))) throw new Error(`process ${pid} survives SIGKILL`);
}

async function isGoneWithin(pid: number, timeoutMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs;
  while (isProcessAlive(pid)) {
    if (performance.now() > deadlineMs) return false;
    await delay(20);
  }
  return true;
}

/** A loopback port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Resolves once nobody listens on the loopback port any more. */
export async function untilPortIsFree(port: number, timeoutMs: number): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    if (await canListen(port)) return;
    if (performance.now() > deadlineMs) throw new Error(`port ${port} is still taken after ${timeoutMs} ms`);
    await delay(50);
  }
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
