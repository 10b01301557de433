/** Row 1: how fast the bundle starts, and what it holds in memory while nothing happens. */
import { setTimeout as delay } from "node:timers/promises";
import { below, median, seconds, spread, type Figure } from "./figures.ts";
import { EXAMPLE_NAMESPACE, exampleManifests, untilAgentsReady } from "./fleet.ts";
import { memoryMB, openStage, untilLogged, type Stage } from "./stage.ts";

const STARTS = 5;
const IDLE_RUNS = 2;
const SETTLE_MS = 15_000;
/** Idle figures stand for the whole minute in which everybody looks at them: the median of samples over the settled time. */
const SAMPLES = 10;
const SAMPLE_GAP_MS = 1_000;

interface Start {
  readonly uptimeMs: number;
  readonly wallMs: number;
  readonly residentMB: number;
  readonly peakMB: number;
}

export async function measureStart(): Promise<readonly Figure[]> {
  const stage = await openStage({ namespaces: [EXAMPLE_NAMESPACE] });
  try {
    const first = stage.operator({ name: "first" });
    await stage.apply(exampleManifests());
    await untilAgentsReady(stage, 3, { timeoutMs: 120_000, intervalMs: 250 });
    await first.terminate();
    const starts: Start[] = [];
    for (let run = 0; run < STARTS; run += 1) starts.push(await oneStart(stage, run));
    return figuresOf(starts);
  } finally {
    await stage.close();
  }
}

/** Only the first ones stay for the idle figure: it takes long and varies little. */
async function oneStart(stage: Stage, run: number): Promise<Start> {
  const startedMs = Date.now();
  const operator = stage.operator({ name: `start-${run}`, times: "default" });
  const { fields, atMs } = await untilLogged(operator, "caches synced");
  const isIdleRun = run < IDLE_RUNS;
  if (isIdleRun) {
    await untilLogged(operator, "leading");
    await delay(SETTLE_MS);
  }
  const samples: number[] = [];
  for (let sample = 0; isIdleRun && sample < SAMPLES; sample += 1) {
    samples.push(memoryMB(operator).residentMB);
    await delay(SAMPLE_GAP_MS);
  }
  const { peakMB } = memoryMB(operator);
  await operator.terminate();
  return { uptimeMs: Number(fields["uptimeMs"]), wallMs: atMs - startedMs, residentMB: median(samples), peakMB };
}

function figuresOf(starts: readonly Start[]): readonly Figure[] {
  const walls = starts.map(({ wallMs }) => wallMs);
  const idle = starts.map(({ residentMB }) => residentMB).filter((value) => !Number.isNaN(value));
  return [
    {
      row: 1,
      name: "bundle: process start to caches synced (3 agents exist)",
      measured: spread(walls, seconds),
      target: "< 1.5 s",
      verdict: below(1_500, median(walls)),
      notes: [
        "From before spawn to the log line; the process's own uptime at that line: " +
          spread(
            starts.map(({ uptimeMs }) => uptimeMs),
            seconds,
          ) +
          ".",
      ],
      raw: starts,
    },
    {
      row: 1,
      name: "bundle: RSS idle with 3 agents",
      measured: spread(idle, (value) => `${value.toFixed(0)} MB`),
      target: "< 90 MB",
      verdict: below(90, median(idle)),
      notes: [
        `VmRSS, median of ${SAMPLES} samples, from ${SETTLE_MS / 1_000} s after the lead was won, default flags; peak of those runs ` +
          `${Math.max(...starts.slice(0, IDLE_RUNS).map(({ peakMB }) => peakMB)).toFixed(0)} MB.`,
      ],
      raw: starts,
    },
  ];
}
