/**
 * What `make up` leaves for `make down` and for people: processes by recorded id, a kubeconfig, commands to put on the path.
 * Guarantees: a process is signalled only if its command line names this directory, so a reused id is let alone; stopping twice is harmless.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../support/helm.ts";
import { run } from "../support/kubectl.ts";
import { isProcessAlive, PROCESS_LIST, stopProcess } from "../support/processes.ts";
import { FLEET_NAMESPACE } from "./names.ts";

export const RUN_DIRECTORY = join(PROJECT, ".run");

export interface RecordedProcess {
  readonly pid: number;
  readonly name: string;
}

/** The processes of `make up`, in the order in which they are stopped: the operator first, etcd last. */
export const PROCESS_NAMES = ["operator", "world", "kube-controller-manager", "kube-apiserver", "etcd"] as const;

/** How long each may take to end by itself. The operator finishes its passes; the API server hangs on SIGTERM once etcd is gone. */
const STOP_GRACE_MS: Readonly<Record<string, number>> = { operator: 42_000, world: 3_000 };
const OTHER_GRACE_MS = 300;

export function upDirectory(runDirectory: string): string {
  return join(runDirectory, "up");
}

export async function liveProcesses(runDirectory: string): Promise<readonly RecordedProcess[]> {
  const directory = upDirectory(runDirectory);
  const recorded = recordedProcesses(join(directory, PROCESS_LIST));
  const isOurs = await Promise.all(
    recorded.map(async ({ pid }) => isProcessAlive(pid) && (await commandLineOf(pid)).includes(directory)),
  );
  const live = recorded.filter((_, index) => isOurs[index]);
  const rank = ({ name }: RecordedProcess): number => PROCESS_NAMES.findIndex((known) => known === name);
  return live.toSorted((left, right) => rank(left) - rank(right));
}

function recordedProcesses(file: string): readonly RecordedProcess[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .map((line) => /^(\d+) (\S+)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, pid = "0", name = ""]) => ({ pid: Number(pid), name }));
}

/** Linux has it in /proc; elsewhere ps is part of the system. */
async function commandLineOf(pid: number): Promise<string> {
  if (existsSync("/proc/self/cmdline")) {
    const file = `/proc/${pid}/cmdline`;
    return existsSync(file) ? readFileSync(file, "utf8").replaceAll("\0", " ") : "";
  }
  return (await run("ps", ["-o", "args=", "-p", String(pid)])).stdout;
}

/** Stops what runs and removes what was written. Returns the names of what was stopped. */
export async function stopAndRemove(runDirectory: string): Promise<readonly string[]> {
  const live = await liveProcesses(runDirectory);
  for (const { pid, name } of live) await stopProcess(pid, STOP_GRACE_MS[name] ?? OTHER_GRACE_MS);
  for (const entry of ["up", "bin", "env", "world.json"]) {
    rmSync(join(runDirectory, entry), { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
  return live.map(({ name }) => name);
}

export interface ForPeople {
  readonly runDirectory: string;
  readonly kubectlPath: string;
  readonly adminKubeconfig: string;
}

/** Writes `.run/env`, which points kubectl and cloudsync-world of one shell here. */
export function writeForPeople({ runDirectory, kubectlPath, adminKubeconfig }: ForPeople): void {
  const directory = upDirectory(runDirectory);
  const bin = join(runDirectory, "bin");
  const kubeconfig = join(directory, "kubeconfig");
  const config = readFileSync(adminKubeconfig, "utf8");
  writeFileSync(kubeconfig, config.replace('"namespace": "default"', `"namespace": "${FLEET_NAMESPACE}"`), {
    mode: 0o600,
  });
  mkdirSync(bin, { recursive: true });
  const worldFile = join(runDirectory, "world.json");
  writeCommand(join(bin, "kubectl"), [
    `KUBECONFIG='${kubeconfig}' KUBECACHEDIR='${join(directory, "kubectl-cache")}' exec '${kubectlPath}' "$@"`,
  ]);
  writeCommand(join(bin, "cloudsync-world"), [
    `exec '${process.execPath}' '${join(PROJECT, "sim/src/cli.ts")}' --endpoints '${worldFile}' "$@"`,
  ]);
  rmSync(worldFile, { force: true });
  symlinkSync(join("up", "world.json"), worldFile);
  const env = [`export KUBECONFIG='${kubeconfig}'`, `export PATH='${bin}':"$PATH"`];
  writeFileSync(join(runDirectory, "env"), `${env.join("\n")}\n`);
}

function writeCommand(file: string, lines: readonly string[]): void {
  writeFileSync(file, `${["#!/bin/sh", ...lines].join("\n")}\n`, { mode: 0o755 });
}
