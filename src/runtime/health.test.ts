import { startHealthServers } from "./health.ts";
import type { HealthServers, HealthSources } from "./health.ts";

const METRICS = { contentType: "text/plain; version=0.0.4", text: () => Promise.resolve("figures 1\n") };
const running: HealthServers[] = [];

async function served(sources: Partial<HealthSources> = {}, metrics = METRICS): Promise<HealthServers> {
  const healthy: HealthSources = { stuckControllers: () => [], notReadyBecause: () => [], ...sources };
  const servers = await startHealthServers({
    bindAddress: "127.0.0.1",
    healthPort: 0,
    metricsPort: 0,
    sources: healthy,
    metrics,
  });
  running.push(servers);
  return servers;
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((servers) => servers.close()));
});

async function get(port: number, path: string, init: RequestInit = {}): Promise<[status: number, body: string]> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, init);
  return [answer.status, await answer.text()];
}

test("a fine process is alive and ready, and shows its figures on the other port", async () => {
  const { healthPort, metricsPort } = await served();
  expect(await get(healthPort, "/livez")).toEqual([200, "ok\n"]);
  expect(await get(healthPort, "/readyz?verbose")).toEqual([200, "ok\n"]);
  expect(await get(metricsPort, "/metrics")).toEqual([200, "figures 1\n"]);
  expect((await get(healthPort, "/metrics"))[0]).toBe(404);
});

test("a stuck worker fails liveness and is named; readiness is another question", async () => {
  const { healthPort } = await served({ stuckControllers: () => ["agent"] });
  expect(await get(healthPort, "/livez")).toEqual([503, "stuck: agent\n"]);
  expect(await get(healthPort, "/readyz")).toEqual([200, "ok\n"]);
});

test("unsynced caches fail readiness, never liveness: a restart does not mend an API server", async () => {
  const { healthPort } = await served({ notReadyBecause: () => ["CloudSyncAgent not synced", "ADDomain not synced"] });
  expect(await get(healthPort, "/readyz")).toEqual([503, "CloudSyncAgent not synced\nADDomain not synced\n"]);
  expect(await get(healthPort, "/livez")).toEqual([200, "ok\n"]);
});

test("an exception in a source is an answer, not the end of the server", async () => {
  const { metricsPort } = await served({}, { ...METRICS, text: () => Promise.reject(new Error("no figures")) });
  expect(await get(metricsPort, "/metrics")).toEqual([500, "cannot answer: no figures\n"]);
  expect((await get(metricsPort, "/metrics"))[0]).toBe(500);
});

test("only reading is served", async () => {
  const { healthPort } = await served();
  expect((await get(healthPort, "/livez", { method: "POST", body: "x" }))[0]).toBe(404);
});

test("a taken port is refused, and the other server does not stay behind", async () => {
  const { metricsPort } = await served();
  const sources = { stuckControllers: () => [], notReadyBecause: () => [] };
  await expect(
    startHealthServers({ bindAddress: "127.0.0.1", healthPort: 0, metricsPort, sources, metrics: METRICS }),
  ).rejects.toMatchObject({ code: "EADDRINUSE" });
});

test("equal ports share one server", async () => {
  const first = await served();
  await first.close();
  const options = { bindAddress: "127.0.0.1", healthPort: first.healthPort, metricsPort: first.healthPort };
  const sources = { stuckControllers: () => [], notReadyBecause: () => [] };
  const servers = await startHealthServers({ ...options, sources, metrics: METRICS });
  running.push(servers);
  expect((await get(servers.healthPort, "/metrics"))[0]).toBe(200);
  expect((await get(servers.healthPort, "/livez"))[0]).toBe(200);
});
