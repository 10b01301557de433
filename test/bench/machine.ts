/** Where the figures were measured. */
import { execFileSync } from "node:child_process";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { resolve } from "node:path";

export interface MachineFacts {
  readonly at: string;
  readonly text: string;
}

export function machineFacts(): MachineFacts {
  const model = cpus()[0]?.model ?? "unknown CPU";
  const at = new Date().toISOString().slice(0, 19) + "Z";
  const memoryGiB = (totalmem() / 1_073_741_824).toFixed(0);
  const machine = `${availableParallelism()} cores (${model.trim()}), ${memoryGiB} GiB, Node ${process.version}`;
  return { at, text: `${at}, ${machine}, commit ${commit()}. etcd, API server, world and operator share these cores.` };
}

/** Of the last minute: above the number of cores, other work slowed the figure down. */
export function loadAverage(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

function commit(): string {
  try {
    const project = resolve(import.meta.dirname, "../..");
    return execFileSync("git", ["-C", project, "rev-parse", "--short=12", "HEAD"], { encoding: "utf8" }).trim();
  } catch {
    return "unknown"; // a source archive has no repository
  }
}
