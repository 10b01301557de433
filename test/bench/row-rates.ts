/** Row 4: ten domains with a pool of three each, under the rate limits that users get. */
import { seconds, type Figure } from "./figures.ts";
import { readyFleet } from "./fleet-stage.ts";
import { metricsOf, type Sample } from "./stage.ts";

const POOLS = 10;

export async function measureDefaultRates(): Promise<readonly Figure[]> {
  const fleet = await readyFleet({
    pools: POOLS,
    namespaces: 2,
    delays: "demo",
    times: "default",
    flags: [],
    timeoutMs: 480_000,
    pollMs: 500,
  });
  try {
    const samples = await metricsOf(fleet.operator);
    return [
      {
        row: 4,
        name: "30 agents, 10 domains of 3 each, default rate limits: apply to all Ready",
        measured: seconds(fleet.sinceApplyMs, 0),
        target: "report",
        verdict: "reported",
        notes: [
          "Demo delays, no flag changed: default rates (RunInstances 1/s, SendCommand 1/s, SSM reads 3/s), command polls 5 to 30 s, inventory 30 s.",
          `Waited for the own rate limit: ${waits(samples)}.`,
        ],
        raw: { sinceApplyMs: fleet.sinceApplyMs, peakMB: fleet.peakMB, waits: waits(samples) },
      },
    ];
  } finally {
    await fleet.stage.close();
  }
}

/** Sum over all calls: several wait at the same time. */
function waits(samples: readonly Sample[]): string {
  const named = (suffix: string): readonly Sample[] =>
    samples.filter(({ name }) => name === `cloudsync_token_bucket_wait_seconds_${suffix}`);
  const counts = new Map(named("count").map(({ labels, value }) => [labels["op"], value]));
  return named("sum")
    .filter(({ value }) => value >= 1)
    .sort((left, right) => right.value - left.value)
    .map(
      ({ labels, value }) => `${labels["op"] ?? ""} ${value.toFixed(0)} s over ${counts.get(labels["op"]) ?? 0} calls`,
    )
    .join(", ");
}
