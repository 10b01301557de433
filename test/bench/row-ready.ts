/** Row 2: from `kubectl apply` to three Ready agents, against what the world's own delays and the one registration slot allow. */
import { median, seconds, type Figure } from "./figures.ts";
import { EXAMPLE_NAMESPACE, exampleManifests, untilAgentsReady } from "./fleet.ts";
import { metricsOf, openStage, total, untilLogged, type Stage } from "./stage.ts";
import { gapsOf, lowerBoundMs, type CommandDelays, type Gap, type HostRecord, type StepRun } from "./timeline.ts";

const RATIO_MAX = 1.15;

interface Profile {
  readonly name: string;
  readonly runs: number;
  /** The world's delays are AWS's, divided by this; absent: the demo's. */
  readonly realDividedBy?: number;
  readonly times: "short" | "default";
  readonly flags: readonly string[];
  readonly timeoutMs: number;
}

/** Real delays take about 15 minutes; a tenth of them with a tenth of the default waits keeps every proportion but that of the operator's own work. */
const TENTH = 10;
const PROFILES: readonly Profile[] = [
  {
    // The bound of the demo's delays is about a sixtieth of that of AWS's: so are the waits (a poll below 100 ms is refused).
    name: "demo delays, default waits divided by 60",
    runs: 2,
    times: "short",
    flags: ["--command-poll-min=100ms", "--command-poll-max=500ms", "--inventory-interval=500ms"],
    timeoutMs: 120_000,
  },
  {
    name: "AWS's delays and the default flags, both divided by 10",
    runs: 1,
    realDividedBy: TENTH,
    times: "default",
    flags: [
      "--command-poll-min=500ms",
      "--command-poll-max=3s",
      "--inventory-interval=3s",
      "--run-instances-rate=10",
      "--run-instances-burst=20",
      "--ssm-send-rate=10",
      "--ssm-send-burst=10",
      "--ssm-reads-rate=30",
      "--ssm-reads-burst=30",
    ],
    timeoutMs: 300_000,
  },
];

/** `BENCH_REAL=1`: a quarter of an hour with AWS's delays as they are and no flag changed. Never part of a normal run. */
const REAL: Profile = {
  name: "AWS's delays, default flags",
  runs: 1,
  realDividedBy: 1,
  times: "default",
  flags: [],
  timeoutMs: 40 * 60_000,
};

interface Run {
  readonly readyMs: number;
  readonly boundMs: number;
  readonly kubectlMs: number;
  readonly gaps: readonly Gap[];
  readonly agentPasses: number;
}

export async function measureReady(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const profile of process.env["BENCH_REAL"] === "1" ? [...PROFILES, REAL] : PROFILES) {
    const runs: Run[] = [];
    for (let run = 0; run < profile.runs; run += 1) runs.push(await oneRun(profile, run + 1));
    figures.push(figureOf(profile, runs));
  }
  return figures;
}

async function oneRun(profile: Profile, seed: number): Promise<Run> {
  const isReal = profile.realDividedBy !== undefined;
  const stage = await openStage({ namespaces: [EXAMPLE_NAMESPACE], seed, delays: isReal ? "real" : "demo" });
  try {
    const delays = await setDelays(stage, profile.realDividedBy ?? 1);
    const operator = stage.operator({ times: profile.times, flags: profile.flags });
    await untilLogged(operator, "leading");
    const watch = watchHosts(stage);
    const kubectlFromMs = performance.now();
    await stage.apply(exampleManifests());
    const appliedMs = performance.now();
    const readyMs = await untilAgentsReady(stage, 3, { timeoutMs: profile.timeoutMs, intervalMs: 50 });
    const hosts = await watch.end();
    const samples = await metricsOf(operator);
    const ending = { appliedMs: performance.timeOrigin + appliedMs, readyMs: performance.timeOrigin + readyMs };
    return {
      readyMs: readyMs - appliedMs,
      kubectlMs: appliedMs - kubectlFromMs,
      boundMs: lowerBoundMs(hosts, delays),
      gaps: gapsOf(hosts, delays, ending),
      agentPasses: total(samples, "cloudsync_reconcile_total", { controller: "agent" }) / 3,
    };
  } finally {
    await stage.close();
  }
}

const HOUR_MS = 3_600_000;

/** What AWS remembers for an hour or a day stays as it is. */
async function setDelays({ world }: Stage, divisor: number): Promise<CommandDelays> {
  const delays = (await world.control.ask("GET", "/delays")) as Readonly<Record<string, number>>;
  const changed = Object.fromEntries(
    Object.entries(delays).map(([name, ms]) => [name, ms >= HOUR_MS ? ms : ms / divisor] as const),
  );
  await world.control.ask("PUT", "/delays", changed);
  return { deliveryMs: changed["ssm.delivery"] ?? 0, probeMs: changed["host.step.Probe"] ?? 0 };
}

interface HostOnDesk {
  readonly instanceID: string;
  readonly launchedAt: string;
  readonly truth: { readonly ssm: { readonly connected: boolean }; readonly steps: readonly StepRun[] } | null;
}

const SAMPLE_MS = 50;

/** The world keeps no record of a host's first connection: it is looked for often, so it is known to within {@link SAMPLE_MS}. */
function watchHosts({ world }: Stage): { end(): Promise<readonly HostRecord[]> } {
  const onlineMs = new Map<string, number>();
  let newest: readonly HostOnDesk[] = [];
  const look = async (): Promise<void> => {
    newest = (await world.control.ask("GET", "/hosts")) as readonly HostOnDesk[];
    for (const { instanceID, truth } of newest)
      if (truth?.ssm.connected === true && !onlineMs.has(instanceID)) onlineMs.set(instanceID, Date.now());
  };
  const ended = new AbortController();
  const watching = (async () => {
    while (!ended.signal.aborted) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    }
  })();
  return {
    async end() {
      ended.abort();
      await watching;
      await look();
      return newest.map(({ instanceID, launchedAt, truth }) => ({
        instanceID,
        launchedMs: Date.parse(launchedAt),
        onlineMs: onlineMs.get(instanceID) ?? Number.NaN,
        steps: truth?.steps ?? [],
      }));
    },
  };
}

function figureOf({ name }: Profile, runs: readonly Run[]): Figure {
  const ratio = median(runs.map(({ readyMs, boundMs }) => readyMs / boundMs));
  const middle = [...runs].sort((left, right) => left.readyMs / left.boundMs - right.readyMs / right.boundMs)[
    Math.floor(runs.length / 2)
  ];
  const times = runs.map(({ readyMs, boundMs }) => `${seconds(readyMs)} / ${seconds(boundMs)}`).join(", ");
  return {
    row: 2,
    name: `apply to 3 Ready, against the lower bound: ${name}`,
    measured: `${ratio.toFixed(2)} x`,
    target: `<= ${RATIO_MAX} x`,
    verdict: ratio <= RATIO_MAX ? "met" : "missed",
    notes: [
      `Measured / bound: ${times}. The clock starts when kubectl returns (it took ${seconds(median(runs.map(({ kubectlMs }) => kubectlMs)))}).`,
      `Time on the critical way that the world did not ask for: ${(middle?.gaps ?? [])
        .map(({ between, lostMs }) => `${between} ${seconds(lostMs)}`)
        .join("; ")}.`,
      `Passes of the agent loop for each agent: ${median(runs.map(({ agentPasses }) => agentPasses)).toFixed(0)}.`,
    ],
    raw: runs,
  };
}
