/** Row 3: 300 pools from apply to Ready in a world without delays, and (row 5) what they ask of AWS at rest. */
import { setTimeout as delay } from "node:timers/promises";
import { below, median, seconds, type Figure } from "./figures.ts";
import { readyFleet, type ReadyFleet } from "./fleet-stage.ts";
import { memoryMB, metricsOf, total, type Sample } from "./stage.ts";
import { callsAtRest, type CallsAtRest } from "./rest.ts";

/** `BENCH_POOLS` makes a quick try smaller. */
export const POOLS = Number(process.env["BENCH_POOLS"] ?? 300);
const AGENTS = 3 * POOLS;
const NAMESPACES = 6;
export const INVENTORY_FLAG = "--inventory-interval=10s";

/** Everything that only a rate limit would slow down is out of the way; the rest is what users get. */
export const RAISED: readonly string[] = [
  "--run-instances-rate=1000",
  "--run-instances-burst=1000",
  "--ec2-reads-rate=1000",
  "--ec2-reads-burst=1000",
  "--ec2-writes-rate=1000",
  "--ec2-writes-burst=1000",
  "--ssm-send-rate=1000",
  "--ssm-send-burst=1000",
  "--ssm-reads-rate=1000",
  "--ssm-reads-burst=1000",
  "--command-poll-min=1s",
  "--command-poll-max=5s",
];

export interface ManyMeasured {
  readonly figures: readonly Figure[];
  readonly rest: CallsAtRest | undefined;
}

const SETTLE_MS = 20_000;
/** A fleet that is slower than this on two cores has stopped. */
const READY_TIMEOUT_MS = 600_000;

export interface ManyOptions {
  /** Counts AWS calls for so long once all is Ready. */
  readonly restMs?: number;
  /** Runs beside the rest. */
  readonly meanwhile?: () => Promise<unknown>;
}

export async function measureMany({ restMs, meanwhile }: ManyOptions): Promise<ManyMeasured> {
  const fleet = await readyFleet({
    pools: POOLS,
    namespaces: NAMESPACES,
    delays: "zero",
    hasBuckets: false,
    times: "default",
    flags: [...RAISED, INVENTORY_FLAG],
    timeoutMs: READY_TIMEOUT_MS,
    pollMs: 3_000,
  });
  try {
    const samples = await metricsOf(fleet.operator);
    await delay(SETTLE_MS);
    const [rest] = await Promise.all([
      restMs === undefined ? undefined : callsAtRest(fleet.stage, restMs),
      meanwhile?.(),
    ]);
    const idle: number[] = [];
    for (let sample = 0; sample < 10; sample += 1) {
      idle.push(memoryMB(fleet.operator).residentMB);
      await delay(500);
    }
    return { figures: figuresOf(fleet, samples, idle), rest };
  } finally {
    await fleet.operator.terminate(); // in order: a CPU profile is written at the end
    await fleet.stage.close();
  }
}

function figuresOf(fleet: ReadyFleet, samples: readonly Sample[], idle: readonly number[]): readonly Figure[] {
  const writes = samples.filter(({ name }) => name === "cloudsync_kube_writes_total");
  const byWrite = [...Map.groupBy(writes, ({ labels }) => writeName(labels))]
    .map(([name, group]) => [name, group.reduce((sum, { value }) => sum + value, 0) / AGENTS] as const)
    .sort(([, left], [, right]) => right - left);
  const writesPerAgent = byWrite.reduce((sum, [, value]) => sum + value, 0);
  const passes = (controller: string): number => total(samples, "cloudsync_reconcile_total", { controller });
  const rows = { row: 3, raw: { byWrite, idle, sinceApplyMs: fleet.sinceApplyMs, samples: samples.filter(isTelling) } };
  const idleMB = median(idle);
  return [
    {
      ...rows,
      name: `${POOLS} pools (${AGENTS} agents, ${POOLS} domains): apply to all Ready`,
      measured: seconds(fleet.sinceApplyMs, 0),
      target: "report",
      verdict: "reported",
      notes: [
        `From the start of kubectl, which ended ${seconds(fleet.sinceApplyMs - fleet.sinceAppliedMs, 0)} later; zero-delay world, its throttling off.`,
        `Flags: ${[...RAISED, INVENTORY_FLAG].join(" ")}.`,
        `Passes for each agent: agent loop ${(passes("agent") / AGENTS).toFixed(1)}, pool loop ${(passes("pool") / AGENTS).toFixed(1)}, ` +
          `domain loop ${(passes("domain") / AGENTS).toFixed(1)}. Mean time of a pass of the agent loop ${meanPass(samples)}.`,
      ],
    },
    {
      ...rows,
      name: `${POOLS} pools: RSS idle`,
      measured: `${idleMB.toFixed(0)} MB`,
      target: "< 150 MB",
      verdict: below(150, idleMB),
      notes: [`Peak on the way ${fleet.peakMB.toFixed(0)} MB (VmHWM).`],
    },
    {
      ...rows,
      name: `${POOLS} pools: Kubernetes writes per agent`,
      measured: writesPerAgent.toFixed(1),
      target: "report",
      verdict: "reported",
      notes: [
        byWrite
          .filter(([, value]) => value >= 0.005)
          .map(([name, value]) => `${name} ${value.toFixed(2)}`)
          .join(", "),
      ],
    },
  ];
}

function writeName({ verb, kind, subresource, result }: Readonly<Record<string, string>>): string {
  const what = subresource === undefined || subresource === "" ? kind : `${kind ?? ""}/${subresource}`;
  return `${verb ?? ""} ${what ?? ""}${result === "ok" ? "" : ` (${result ?? ""})`}`;
}

function meanPass(samples: readonly Sample[]): string {
  const sum = total(samples, "cloudsync_reconcile_time_seconds_sum", { controller: "agent" });
  const count = total(samples, "cloudsync_reconcile_time_seconds_count", { controller: "agent" });
  return `${((sum / count) * 1_000).toFixed(0)} ms`;
}

/** Series of objects and buckets of histograms would fill the file. */
function isTelling({ name }: Sample): boolean {
  return !name.endsWith("_bucket") && !name.startsWith("cloudsync_agents_") && !name.includes("orphans");
}
