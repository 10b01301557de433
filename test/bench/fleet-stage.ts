/** Stages with many pools: built, applied and waited for in the same way by every row that needs them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunningOperator } from "../support/operator.ts";
import { benchNamespaces, manyManifests, untilFleetReady, writeLayout } from "./fleet.ts";
import { memoryMB, openStage, untilLogged, type Stage, type StageOptions } from "./stage.ts";

export interface FleetOptions extends Pick<StageOptions, "delays" | "hasBuckets"> {
  readonly pools: number;
  readonly namespaces: number;
  readonly times: "short" | "default";
  readonly flags: readonly string[];
  readonly timeoutMs: number;
  readonly pollMs: number;
}

export interface ReadyFleet {
  readonly stage: Stage;
  readonly operator: RunningOperator;
  /** From the start of kubectl, and from its end. */
  readonly sinceApplyMs: number;
  readonly sinceAppliedMs: number;
  readonly peakMB: number;
}

/** Every pool has three agents. On failure nothing is left running. */
export async function readyFleet(options: FleetOptions): Promise<ReadyFleet> {
  const namespaces = benchNamespaces(options.namespaces);
  const layoutDirectory = mkdtempSync(join(tmpdir(), "cloudsync-bench-layout-"));
  const layoutFile = writeLayout(layoutDirectory, options.pools);
  const { delays, hasBuckets, times, flags, pools, timeoutMs } = options;
  const stage = await openStage({
    namespaces,
    layoutFile,
    ...(delays === undefined ? {} : { delays }),
    ...(hasBuckets === undefined ? {} : { hasBuckets }),
  }).finally(() => rmSync(layoutDirectory, { recursive: true, force: true }));
  try {
    const manifests = manyManifests({ pools, namespaces });
    await stage.apply(manifests.ground);
    const operator = stage.operator({ times, flags, ...profiling() });
    await untilLogged(operator, "leading");
    const startMs = performance.now();
    await stage.apply(manifests.fleet);
    const appliedMs = performance.now();
    const readyMs = await untilFleetReady(stage, operator, 3 * pools, { timeoutMs, intervalMs: options.pollMs });
    return {
      stage,
      operator,
      sinceApplyMs: readyMs - startMs,
      sinceAppliedMs: readyMs - appliedMs,
      peakMB: memoryMB(operator).peakMB,
    };
  } catch (error) {
    await stage.close();
    throw error;
  }
}

/** `BENCH_PROFILE=<directory>` writes a CPU profile of the operator there when it ends in order. */
export function profiling(): { readonly nodeFlags?: readonly string[] } {
  const directory = process.env["BENCH_PROFILE"];
  return directory === undefined ? {} : { nodeFlags: ["--cpu-prof", `--cpu-prof-dir=${directory}`] };
}
