import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { AwsMetrics } from "../aws/call/metrics.ts";
import type { GraphMetrics } from "../entra/call/metrics.ts";
import type { KubeMetrics } from "../kube/observers.ts";
import { collectProcessFigures, operatorMetrics } from "./metrics.ts";
import type { Metrics } from "./metrics.ts";

const BUILD = { version: "1.2.3", commit: "abc" };
const fresh = (nonstandardEndpoints = 0): Metrics => {
  const metrics = operatorMetrics({ build: BUILD, nonstandardEndpoints });
  collectProcessFigures(metrics);
  return metrics;
};
const NO_SAMPLES = { lastEventAgeMs: () => ({}), longestPassMs: () => ({}), conditions: () => ({}) };

test("the figures fit the observers of the Kubernetes runtime and of the AWS and Entra adapters", async () => {
  const metrics = fresh();
  const kube: KubeMetrics = metrics.kube;
  const cloud: AwsMetrics = metrics.cloud;
  const graph: GraphMetrics = metrics.graph;
  kube.passFinished("agent", "panic", 250);
  kube.wrote({ verb: "apply", kind: "CloudSyncAgent", subresource: "status", result: "ok" });
  cloud.requestEnded({ service: "ec2", op: "RunInstances" }, "OK", 0.2);
  graph.requestEnded("GetGroup", "OK", 0.35);
  const text = await metrics.text();
  expect(text).toContain('cloudsync_graph_requests_total{op="GetGroup",code="OK"} 1');
  expect(text).toContain('cloudsync_reconcile_total{controller="agent",result="panic"} 1');
  expect(text).toContain('cloudsync_panics_total{controller="agent"} 1');
  expect(text).toContain('cloudsync_reconcile_time_seconds_sum{controller="agent"} 0.25');
  expect(text).toContain(
    'cloudsync_kube_writes_total{verb="apply",kind="CloudSyncAgent",subresource="status",result="ok"} 1',
  );
  expect(text).toContain('cloudsync_cloud_requests_total{service="ec2",op="RunInstances",code="OK"} 1');
});

test("the lead counts transitions, not renewals", async () => {
  const { kube, text } = fresh();
  kube.leading(true);
  kube.leading(true);
  expect(await text()).toContain("cloudsync_leader 1");
  kube.leading(false);
  const after = await text();
  expect(after).toContain("cloudsync_leader 0");
  expect(after).toContain("cloudsync_leader_transitions_total 2");
});

test("a pool's series end with the pool", async () => {
  const { fleet, text } = fresh();
  const pool = { namespace: "identity", name: "tokyo" };
  fleet.pool(pool, { desired: 3, ready: 2 });
  expect(await text()).toContain('cloudsync_agents_ready{namespace="identity",pool="tokyo"} 2');
  fleet.poolGone(pool);
  expect(await text()).not.toContain("tokyo");
});

test("stages of a host are told apart up to an hour", async () => {
  const { fleet, text } = fresh();
  fleet.stageEnded("Launching", 20 * 60_000);
  const written = await text();
  expect(written).toContain('cloudsync_agent_stage_seconds_bucket{le="900",stage="Launching"} 0');
  expect(written).toContain('cloudsync_agent_stage_seconds_bucket{le="1200",stage="Launching"} 1');
});

test("sampled figures show what is there at the scrape and forget what is gone", async () => {
  const { sample, text } = fresh();
  let objects = [
    [{ type: "Ready", status: "False", reason: "Launching" }],
    [{ type: "Ready", status: "False", reason: "Launching" }],
  ];
  sample({
    lastEventAgeMs: () => ({ CloudSyncAgent: 1_500 }),
    longestPassMs: () => ({ agent: 0 }),
    conditions: () => ({ CloudSyncAgent: objects }),
  });
  const series =
    'cloudsync_status_condition_count{kind="CloudSyncAgent",type="Ready",status="False",reason="Launching"}';
  expect(await text()).toContain(`${series} 2`);
  expect(await text()).toContain('cloudsync_watch_last_event_age_seconds{kind="CloudSyncAgent"} 1.5');
  objects = [];
  expect(await text()).not.toContain(series);
});

test("nonstandard endpoints and the build are visible", async () => {
  const written = await fresh(2).text();
  expect(written).toContain("cloudsync_nonstandard_endpoints 2");
  expect(written).toMatch(/cloudsync_build_info\{version="1.2.3",commit="abc",node="[0-9.]+"\} 1/);
  expect(written).toContain("cloudsync_nodejs_eventloop_lag_p99_seconds");
});

test("docs/metrics.md lists exactly the product's own figures", async () => {
  const metrics = fresh();
  metrics.sample(NO_SAMPLES);
  const served = [...(await metrics.text()).matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name ?? "");
  const own = served.filter((name) => !/^cloudsync_(process|nodejs)_/.test(name));
  const page = readFileSync(resolve(import.meta.dirname, "../../docs/metrics.md"), "utf8");
  const documented = [...page.matchAll(/^\| `(cloudsync_[a-z0-9_]+)`/gm)].map(([, name]) => name ?? "");
  expect(documented.toSorted()).toEqual(own.toSorted());
});

test("only counters end in _total", async () => {
  const metrics = fresh();
  metrics.sample(NO_SAMPLES);
  const types = [...(await metrics.text()).matchAll(/^# TYPE (cloudsync_\S+) (\S+)$/gm)].filter(
    ([, name]) => !/_(process|nodejs)_/.test(name ?? ""),
  );
  for (const [, name = "", type] of types) expect([name, name.endsWith("_total")]).toEqual([name, type === "counter"]);
});
