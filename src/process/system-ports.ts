/**
 * The operator's ports in production: system time, the API server of a kubeconfig, AWS over the SDK's own transport, Entra over undici, HTTP servers for probes.
 * Never: a decision; anything that a simulation would have to imitate.
 */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { undiciEntraTransport } from "../entra/undici-transport.ts";
import { undiciTransport } from "../kube/undici-transport.ts";
import { buildFacts } from "../runtime/build-facts.ts";
import { systemClock, systemDice } from "../runtime/clock.ts";
import type { OperatorConfig } from "../runtime/config.ts";
import { startHealthServers } from "../runtime/health.ts";
import { eventLoopDelay, watchEventLoop } from "../runtime/health-event-loop.ts";
import type { Log } from "../runtime/log.ts";
import { collectProcessFigures, operatorMetrics } from "../runtime/metrics.ts";
import type { ProcessPorts } from "./operator.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Rejects with a sentence when there is no usable kubeconfig. */
export async function systemPorts(
  config: OperatorConfig,
  { log, environment }: { readonly log: Log; readonly environment: Environment },
): Promise<ProcessPorts> {
  const clock = systemClock;
  const build = buildFacts();
  const nonstandardEndpoints = config.awsEndpoints.nonstandard.length + config.entra.endpoints.nonstandard.length;
  const metrics = operatorMetrics({ build, nonstandardEndpoints });
  collectProcessFigures(metrics);
  const { bindAddress, healthPort, metricsPort } = config;
  const connection = {
    clock,
    userAgent: `cloudsync-operator/${build.version}`,
    ...(config.kubeconfig === undefined ? {} : { kubeconfig: config.kubeconfig }),
  };
  return {
    clock,
    dice: systemDice,
    log,
    metrics,
    identity: `${hostname()}-${randomUUID().slice(0, 8)}`,
    kubernetes: {
      calls: await undiciTransport(connection),
      lease: await undiciTransport({ ...connection, connections: 1 }),
    },
    aws: { homeRegion: environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? "us-east-1" },
    entra: {
      transport: undiciEntraTransport(connection.userAgent),
      ...operatorAssertion(environment["AZURE_FEDERATED_TOKEN_FILE"] ?? ""),
    },
    serveHealth: (sources) => startHealthServers({ bindAddress, healthPort, metricsPort, sources, metrics }),
    watchEventLoop: () => watchEventLoop({ clock, log, source: eventLoopDelay() }),
  };
}

/** Read for each use: the kubelet replaces the file (Azure AD Workload Identity, "Projected service account token"). */
function operatorAssertion(path: string): Pick<ProcessPorts["entra"], "operatorAssertion"> {
  return path === "" ? {} : { operatorAssertion: async () => (await readFile(path, "utf8")).trim() };
}
