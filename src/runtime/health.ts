/**
 * `/livez`, `/readyz` and `/metrics` over small HTTP servers.
 * Guarantees: liveness asks only this process (an answer proves the event loop; stuck workers are named), never the API server, AWS or a host:
 * a restart mends none of those. Every request is bounded in time and size.
 * Never: answers a body of a request, keeps the process open on shutdown.
 */
import { createServer } from "node:http";
import type { Server, ServerResponse } from "node:http";
import { LIMITS } from "./limits.ts";

/** What the probes ask; all synchronous and quick. */
export interface HealthSources {
  /** Controllers with a pass running longer than its deadline times `LIMITS.stuckPassFactor`. */
  stuckControllers(): readonly string[];
  /** What is missing before work can be done: unsynced kinds, missing CRDs, "shutting down". Empty is ready. Followers are ready too. */
  notReadyBecause(): readonly string[];
}

export interface MetricsSource {
  text(): Promise<string>;
  readonly contentType: string;
}

/** One server for each distinct port; equal ports share one. */
export interface HealthServers {
  readonly healthPort: number;
  readonly metricsPort: number;
  close(): Promise<void>;
}

export interface HealthOptions {
  readonly bindAddress: string;
  readonly healthPort: number;
  readonly metricsPort: number;
  readonly sources: HealthSources;
  readonly metrics: MetricsSource;
}

interface Answer {
  readonly code: number;
  readonly contentType: string;
  readonly body: string;
}
type Routes = ReadonlyMap<string, () => Answer | Promise<Answer>>;

/** Starts listening. Rejects when a port is taken. */
export async function startHealthServers(options: HealthOptions): Promise<HealthServers> {
  const { bindAddress, healthPort, metricsPort, sources, metrics } = options;
  const health: Routes = new Map([
    ["/livez", () => verdict(sources.stuckControllers().map((name) => `stuck: ${name}`))],
    ["/readyz", () => verdict(sources.notReadyBecause())],
  ]);
  const figures: Routes = new Map([
    ["/metrics", async () => ({ code: 200, contentType: metrics.contentType, body: await metrics.text() })],
  ]);
  if (healthPort === metricsPort && healthPort !== 0) {
    const both = await listen(new Map([...health, ...figures]), bindAddress, healthPort);
    return { healthPort: portOf(both), metricsPort: portOf(both), close: () => close(both) };
  }
  const healthServer = await listen(health, bindAddress, healthPort);
  const metricsServer = await listen(figures, bindAddress, metricsPort).catch(async (error: unknown) => {
    await close(healthServer);
    throw error;
  });
  return {
    healthPort: portOf(healthServer),
    metricsPort: portOf(metricsServer),
    close: async () => {
      await Promise.all([close(healthServer), close(metricsServer)]);
    },
  };
}

/** 200 "ok", or 503 with a reason a line: `kubectl describe pod` shows it. */
function verdict(reasons: readonly string[]): Answer {
  const contentType = "text/plain; charset=utf-8";
  if (reasons.length === 0) return { code: 200, contentType, body: "ok\n" };
  return { code: 503, contentType, body: `${reasons.join("\n")}\n` };
}

function listen(routes: Routes, address: string, port: number): Promise<Server> {
  const server = createServer({ maxHeaderSize: LIMITS.probeHeaderBytesMax }, (request, response) => {
    request.resume(); // a body is read and dropped
    const path = (request.url ?? "").split("?")[0] ?? "";
    const route = request.method === "GET" || request.method === "HEAD" ? routes.get(path) : undefined;
    if (route === undefined) send(response, { code: 404, contentType: "text/plain", body: "not found\n" });
    else void answer(response, route);
  });
  server.requestTimeout = LIMITS.probeRequestMs;
  server.headersTimeout = LIMITS.probeRequestMs;
  server.keepAliveTimeout = LIMITS.probeRequestMs;
  server.maxConnections = LIMITS.probeConnectionsMax;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, () => resolve(server));
  });
}

async function answer(response: ServerResponse, route: () => Answer | Promise<Answer>): Promise<void> {
  try {
    send(response, await route());
  } catch (error) {
    const body = `cannot answer: ${error instanceof Error ? error.message : "unknown"}\n`;
    send(response, { code: 500, contentType: "text/plain", body });
  }
}

function send(response: ServerResponse, { code, contentType, body }: Answer): void {
  response.writeHead(code, { "content-type": contentType, "cache-control": "no-store" });
  response.end(body);
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
