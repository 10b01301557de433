/**
 * The composition root: config -> clients -> controllers -> run. The only place where adapters meet controllers.
 * Guarantees: loops run only as leader and after all caches are synced; the shutdown order of operator-engineering, section 4.4.
 */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { createAws } from "../aws/adapters.ts";
import { addLoops } from "../controllers.ts";
import type { AgentPorts } from "../controllers/agent/ports.ts";
import { INDEX, type Caches } from "../controllers/loop-ports.ts";
import type { PoolPorts } from "../controllers/pool/ports.ts";
import { probeBoard } from "../host/probe/board.ts";
import { leaderElector } from "../kube/lease.ts";
import { keyOf, type KubeObject } from "../kube/port.ts";
import { kubeRuntime } from "../kube/runtime.ts";
import { undiciTransport } from "../kube/undici-transport.ts";
import { buildFacts } from "../runtime/build-facts.ts";
import type { Clock, Dice } from "../runtime/clock.ts";
import type { OperatorConfig } from "../runtime/config.ts";
import { startHealthServers } from "../runtime/health.ts";
import { LIMITS } from "../runtime/limits.ts";
import type { Log } from "../runtime/log.ts";
import { processMetrics } from "../runtime/metrics.ts";
import type { SampledCondition } from "../runtime/metrics-sampled.ts";
import { shutdownOnce } from "../runtime/shutdown.ts";
import { shutdownStages } from "../runtime/shutdown-stages.ts";
import { declareCaches } from "./caches.ts";
import { crdProblems } from "./crd-check.ts";
import { serviceAccountReader, serviceAccountTokens } from "./service-accounts.ts";

export interface ProcessPorts {
  readonly clock: Clock;
  readonly dice: Dice;
  readonly log: Log;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface OperatorProcess {
  /** Resolves with the exit code when the process is to end. */
  readonly ended: Promise<number>;
  /** SIGTERM and SIGINT. */
  stop(reason: string): void;
}

/** Starts everything. Rejects with a sentence when it cannot start at all. */
export async function startOperator(config: OperatorConfig, ports: ProcessPorts): Promise<OperatorProcess> {
  const { clock, dice, log } = ports;
  const build = buildFacts();
  const metrics = processMetrics({ build, nonstandardEndpoints: config.awsEndpoints.nonstandard.length });
  const kubeconfig = config.kubeconfig === undefined ? {} : { kubeconfig: config.kubeconfig };
  const userAgent = `cloudsync-operator/${build.version}`;
  const transport = await undiciTransport({ clock, userAgent, ...kubeconfig });
  const leaseTransport = await undiciTransport({ clock, userAgent, ...kubeconfig, connections: 1 });
  const identity = `${hostname()}-${randomUUID().slice(0, 8)}`;
  const kube = kubeRuntime({
    transport,
    clock,
    dice,
    log,
    metrics: metrics.kube,
    namespaces: config.watchNamespaces,
    reporter: { controller: "cloudsync.dev/operator", instance: identity, fallbackNamespace: config.operatorNamespace },
  });
  const stopping = new AbortController();
  const problems = await crdProblems(kube.port, stopping.signal);
  if (problems.length > 0) throw new Error(problems.join("\n"));

  const elector = leaderElector({
    transport: leaseTransport,
    clock,
    dice,
    log,
    metrics: metrics.kube,
    lease: { namespace: config.operatorNamespace, name: config.lease.name },
    identity,
    durationMs: config.lease.durationMs,
    renewDeadlineMs: config.lease.renewDeadlineMs,
    retryMs: config.lease.retryPeriodMs,
    onLost: (reason) => finish(1, `leadership lost: ${reason}`),
  });
  const aws = createAws({
    version: build.version,
    endpoints: config.awsEndpoints,
    clock,
    dice,
    ownerID: config.ownerID,
    grants: config.identityGrants,
    serviceAccounts: serviceAccountReader(kube.port),
    tokens: serviceAccountTokens(kube.port),
    homeRegion: ports.environment["AWS_REGION"] ?? ports.environment["AWS_DEFAULT_REGION"] ?? "us-east-1",
    metrics: metrics.cloud,
    rates: config.rates,
    inventoryIntervalMs: config.inventoryIntervalMs,
    inventoryFloorMs: Math.min(INVENTORY_FLOOR_MS, config.inventoryIntervalMs / 2),
    commandPoll: config.commandPoll,
    subnetCacheMs: config.subnetCacheMs,
  });
  const probes = probeBoard({
    commands: aws.commands,
    clock,
    gatherMs: PROBE_GATHER_MS,
    answerTimeoutMs: PROBE_ANSWER_TIMEOUT_MS,
    forgetMs: PROBE_FORGET_MS,
  });
  const { caches, cacheOf } = declareCaches(kube, config.operatorNamespace);
  // A lease is no fence: the stored intent and the zonal token are what makes an effect safe; this only keeps a lame leader quiet.
  const remainderMinMs = config.lease.durationMs / LEASE_REMAINDER_DIVISOR;
  const loopPorts: AgentPorts & PoolPorts = {
    clock,
    log,
    kube: kube.port,
    events: kube.events,
    caches,
    operatorNamespace: config.operatorNamespace,
    ownerID: config.ownerID,
    mayAct: () => elector.isLeader() && elector.leaseRemainderMs() > remainderMinMs,
    scopes: aws.scopes,
    instances: aws.instances,
    inventory: aws.inventory,
    commands: aws.commands,
    network: aws.network,
    images: aws.images,
    probes,
    installers: config.installers,
    capacityMemoryMs: config.capacityMemoryMs,
    limits: {
      absenceAnswersMin: config.absenceProof.answersMin,
      absenceWindowMs: config.absenceProof.windowMs,
      stepAttemptsMax: config.stepAttemptsMax,
      pingAgeMaxMs: config.pingAgeMaxMs,
      launchTokenTrustMs: config.launchTokenTrustMs,
    },
  };
  const loops = addLoops({ addController: (options) => kube.addController(options), cacheOf }, loopPorts, {
    workers: config.workers,
    resyncMs: config.resyncIntervalMs,
    passTimeoutMs: LIMITS.passMs,
  });
  wakeFromOutside(loopPorts, loops, caches);
  metrics.sample({
    lastEventAgeMs: () => kube.health().lastEventAgeMs,
    longestPassMs: () => Object.fromEntries(loops.all.map((loop) => [loop.name, loop.longestPassMs()])),
    conditions: () => ({
      CloudSyncAgentPool: conditionsOf(caches.pools.list()),
      CloudSyncAgent: conditionsOf(caches.agents.list()),
    }),
  });

  let exitCode = 0;
  const ended = Promise.withResolvers<number>();
  const shutdown = shutdownOnce(
    shutdownStages({
      markNotReady: () => undefined, // isShuttingDown answers /readyz
      stopIntake: () => undefined, // drain takes no further keys
      drain: async () => {
        await kube.drain(LIMITS.drainMs);
        stopping.abort();
      },
      releaseLease: () => elector.release(),
      close: async () => {
        aws.close();
        await kube.close();
        await Promise.all([transport.close(), leaseTransport.close(), health.close()]);
      },
    }),
    { clock, log, totalMs: LIMITS.shutdownMs },
  );
  const health = await startHealthServers({
    bindAddress: config.bindAddress,
    healthPort: config.healthPort,
    metricsPort: config.metricsPort,
    sources: {
      stuckControllers: () => kube.health().stuck,
      notReadyBecause: () =>
        shutdown.isShuttingDown() ? ["shutting down"] : kube.health().unsynced.map((kind) => `not synced: ${kind}`),
    },
    metrics,
  });
  log.info("started", {
    ...build,
    identity,
    healthPort: health.healthPort,
    metricsPort: health.metricsPort,
    ownerID: config.ownerID,
  });

  function finish(code: number, reason: string): void {
    exitCode = Math.max(exitCode, code);
    void shutdown.trigger(reason).then(({ isClean }) => ended.resolve(isClean ? exitCode : 1));
  }

  void lead().catch((error: unknown) => {
    log.error("cannot run", { error });
    finish(1, "cannot run");
  });

  async function lead(): Promise<void> {
    await kube.startCaches(LIMITS.cacheSyncMs);
    log.info("caches synced", { uptimeMs: Math.round(process.uptime() * 1_000) });
    void elector.run(stopping.signal);
    if (!(await elector.untilLeading(stopping.signal))) return;
    log.info("leading", { identity });
    kube.startWorkers();
    await probes.run(stopping.signal);
  }

  return { ended: ended.promise, stop: (reason) => finish(0, reason) };
}

const PROBE_GATHER_MS = 500;
const PROBE_ANSWER_TIMEOUT_MS = 120_000;
const PROBE_FORGET_MS = 15 * 60_000;
/** Lists asked for by effects come at most this often for each scope. */
const INVENTORY_FLOOR_MS = 5_000;
const LEASE_REMAINDER_DIVISOR = 3;

/** What changes outside Kubernetes enqueues the keys that it concerns; the handlers do nothing else. */
function wakeFromOutside(
  { inventory, commands, probes }: AgentPorts,
  loops: ReturnType<typeof addLoops>,
  caches: Caches,
): void {
  const wakeAgents = (objects: readonly KubeObject[]): void => {
    for (const object of objects) loops.agent.enqueue(keyOf(object), "change");
  };
  inventory.onChange(({ agentUIDs, poolUIDs }) => {
    for (const uid of agentUIDs) wakeAgents(caches.agents.byIndex(INDEX.agentsByUID, uid));
    for (const uid of poolUIDs)
      for (const pool of caches.pools.byIndex(INDEX.poolsByUID, uid)) loops.pool.enqueue(keyOf(pool), "change");
  });
  commands.onChange(({ commandID }) => wakeAgents(caches.agents.byIndex(INDEX.agentsByCommandID, commandID)));
  probes.onChange((instanceID) => wakeAgents(caches.agents.byIndex(INDEX.agentsByInstanceID, instanceID)));
}

function* conditionsOf(objects: readonly KubeObject[]): Iterable<readonly SampledCondition[]> {
  for (const object of objects as readonly (KubeObject & {
    readonly status?: { readonly conditions?: readonly SampledCondition[] };
  })[]) {
    yield object.status?.conditions ?? [];
  }
}
