/**
 * The composition root: config -> clients -> controllers -> run. The only place where adapters meet controllers.
 * Guarantees: loops run only as leader and after all caches are synced; the shutdown order of operator-engineering, section 4.4.
 */
import { createAws, type Aws, type AwsOptions } from "../aws/adapters.ts";
import { grantFaults } from "../aws/scope/scopes.ts";
import { addLoops, type LoopsPorts } from "../controllers.ts";
import type { AgentPorts } from "../controllers/agent/ports.ts";
import { approvalTrust } from "../controllers/approval-trust.ts";
import { createEntra, type Entra, type EntraOptions } from "../entra/adapters.ts";
import { directoryReads } from "../host/directory-read/commands.ts";
import { probeBoard } from "../host/probe/board.ts";
import { leaderElector, type LeaderElector } from "../kube/lease.ts";
import { sayingRefusals } from "../kube/refused-writes.ts";
import { kubeRuntime } from "../kube/runtime.ts";
import type { KubeRuntime } from "../kube/runtime-port.ts";
import type { KubeTransport } from "../kube/transport.ts";
import { buildFacts } from "../runtime/build-facts.ts";
import type { Clock, Dice } from "../runtime/clock.ts";
import type { OperatorConfig } from "../runtime/config.ts";
import type { HealthServers, HealthSources } from "../runtime/health.ts";
import { LIMITS } from "../runtime/limits.ts";
import type { Log } from "../runtime/log.ts";
import type { Metrics } from "../runtime/metrics.ts";
import { shutdownOnce } from "../runtime/shutdown.ts";
import { shutdownStages } from "../runtime/shutdown-stages.ts";
import type { Caches } from "../controllers/loop-ports.ts";
import { declareCaches } from "./caches.ts";
import { crdProblems } from "./crd-check.ts";
import { conditionsOf, wakeFromOutside } from "./outside.ts";
import { secretReader } from "./secrets.ts";
import { serviceAccountReader, serviceAccountTokens } from "./service-accounts.ts";

/** Everything by which the operator touches the outside, time and chance included; a simulation brings its own. */
export interface ProcessPorts {
  readonly clock: Clock;
  readonly dice: Dice;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Names this process in leases and events; no two processes share one. */
  readonly identity: string;
  readonly kubernetes: KubeTransports;
  readonly aws: Pick<AwsOptions, "homeRegion" | "requestHandler" | "operatorCredentials">;
  readonly entra: Pick<EntraOptions, "transport" | "loadSDKs" | "operatorAssertion">;
  /** Answers probes and scrapes until closed. */
  serveHealth(sources: HealthSources): Promise<HealthServers>;
  /** Watches what time cannot show: how late the event loop runs. Returns how to stop. */
  watchEventLoop(): () => void;
}

export interface KubeTransports {
  readonly calls: KubeTransport;
  /** Of its own: a flood of calls must not cost the lease. */
  readonly lease: KubeTransport;
}

export interface OperatorProcess {
  /** Resolves with the exit code when the process is to end. */
  readonly ended: Promise<number>;
  /** SIGTERM and SIGINT. */
  stop(reason: string): void;
}

type Root = ProcessPorts & { readonly config: OperatorConfig };

/** Starts everything. Rejects with a sentence when it cannot start at all. */
export async function startOperator(config: OperatorConfig, ports: ProcessPorts): Promise<OperatorProcess> {
  const { clock, log, metrics, identity, kubernetes } = ports;
  const root: Root = { ...ports, config };
  const ended = Promise.withResolvers<number>();
  const stopping = new AbortController();
  const kube = kubeOf(root);
  const problems = [...grantFaults(config.identityGrants), ...(await crdProblems(kube.port, stopping.signal))];
  if (problems.length > 0) throw new Error(problems.join("\n"));

  const elector = electorOf(root, (reason) => finish(1, `leadership lost: ${reason}`));
  // A lease is no fence: the stored intent and the zonal token are what makes an effect safe; this only keeps a lame leader quiet.
  const remainderMinMs = config.lease.durationMs / LEASE_REMAINDER_DIVISOR;
  const mayAct = (): boolean => elector.isLeader() && elector.leaseRemainderMs() > remainderMinMs;
  const aws = awsOf(root, kube, mayAct);
  const entra = entraOf(root, kube, mayAct);
  const probes = probeBoard({ commands: aws.commands, clock, ...PROBE_TIMES });
  const caches = declareCaches(kube, config.operatorNamespace);
  const loopPorts = loopPortsOf(root, { kube, aws, entra, probes, mayAct }, caches);
  const loops = addLoops({ addController: (options) => kube.addController(options) }, loopPorts, {
    workers: config.workers,
    resyncMs: config.resyncIntervalMs,
    passTimeoutMs: LIMITS.passMs,
  });
  wakeFromOutside(loopPorts, loops, caches);
  metrics.sample({
    lastEventAgeMs: () => kube.health().lastEventAgeMs,
    longestPassMs: () => Object.fromEntries(loops.all.map((loop) => [loop.name, loop.longestPassMs()])),
    conditions: () => conditionsOf(caches),
  });

  const stopEventLoopWatch = ports.watchEventLoop();
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
        stopEventLoopWatch();
        aws.close();
        entra.close();
        await kube.close();
        await Promise.all([
          kubernetes.calls.close(),
          kubernetes.lease.close(),
          ports.entra.transport.close(),
          health.close(),
        ]);
      },
    }),
    { clock, log, totalMs: LIMITS.shutdownMs },
  );
  const health = await ports.serveHealth({
    stuckControllers: () => kube.health().stuck,
    notReadyBecause: () =>
      shutdown.isShuttingDown() ? ["shutting down"] : kube.health().unsynced.map((kind) => `not synced: ${kind}`),
  });
  const { healthPort, metricsPort } = health;
  warnOfAllowances(root);
  log.info("started", { ...buildFacts(), identity, healthPort, metricsPort, ownerID: config.ownerID });

  let exitCode = 0;
  function finish(code: number, reason: string): void {
    exitCode = Math.max(exitCode, code);
    void shutdown.trigger(reason).then(({ isClean }) => ended.resolve(isClean ? exitCode : 1));
  }
  lead(root, { kube, elector, probes }, stopping.signal).catch((error: unknown) => {
    log.error("cannot run", { error });
    finish(1, "cannot run");
  });
  return { ended: ended.promise, stop: (reason) => finish(0, reason) };
}

async function lead(
  { log, identity }: Root,
  {
    kube,
    elector,
    probes,
  }: { readonly kube: KubeRuntime; readonly elector: LeaderElector; readonly probes: ReturnType<typeof probeBoard> },
  signal: AbortSignal,
): Promise<void> {
  await kube.startCaches(LIMITS.cacheSyncMs);
  log.info("caches synced", { uptimeMs: Math.round(process.uptime() * 1_000) });
  void elector.run(signal);
  if (!(await elector.untilLeading(signal))) return;
  log.info("leading", { identity });
  kube.startWorkers();
  await probes.run(signal);
}

function kubeOf({ clock, dice, log, config, metrics, identity, kubernetes }: Root): KubeRuntime {
  return kubeRuntime({
    transport: kubernetes.calls,
    clock,
    dice,
    log,
    metrics: sayingRefusals(metrics.kube, log),
    namespaces: config.watchNamespaces,
    reporter: { controller: "cloudsync.dev/operator", instance: identity, fallbackNamespace: config.operatorNamespace },
  });
}

function electorOf(
  { clock, dice, log, config, metrics, identity, kubernetes }: Root,
  onLost: (reason: string) => void,
): LeaderElector {
  const { name, durationMs, renewDeadlineMs, retryPeriodMs } = config.lease;
  return leaderElector({
    transport: kubernetes.lease,
    clock,
    dice,
    log,
    metrics: metrics.kube,
    lease: { namespace: config.operatorNamespace, name },
    identity,
    durationMs,
    renewDeadlineMs,
    retryMs: retryPeriodMs,
    onLost,
  });
}

function awsOf({ clock, dice, config, metrics, aws }: Root, kube: KubeRuntime, mayWrite: () => boolean): Aws {
  return createAws({
    version: buildFacts().version,
    endpoints: config.awsEndpoints,
    clock,
    dice,
    ownerID: config.ownerID,
    grants: config.identityGrants,
    serviceAccounts: serviceAccountReader(kube.port),
    tokens: serviceAccountTokens(kube.port),
    ...aws,
    mayWrite,
    metrics: metrics.cloud,
    rates: config.rates,
    inventoryIntervalMs: config.inventoryIntervalMs,
    inventoryFloorMs: Math.min(INVENTORY_FLOOR_MS, config.inventoryIntervalMs / 2),
    commandPoll: config.commandPoll,
    subnetCacheMs: config.subnetCacheMs,
  });
}

function entraOf(
  { clock, dice, log, config, metrics, entra }: Root,
  kube: KubeRuntime,
  mayWrite: () => boolean,
): Entra {
  const { endpoints, identityGrants, rates } = config.entra;
  return createEntra({
    clock,
    dice,
    log,
    endpoints,
    grants: identityGrants,
    serviceAccounts: serviceAccountTokens(kube.port),
    secrets: secretReader(kube.port),
    ...entra,
    mayWrite,
    metrics: metrics.graph,
    rates,
  });
}

/** What whoever runs this process has allowed beyond the safe default is said once at each start. */
function warnOfAllowances({ log, config: { entra } }: Root): void {
  for (const name of entra.allowedUnverified)
    log.warn("unverified writes to Entra are allowed", { flag: `--allow-unverified=${name}` });
  if (entra.isSelfApprovalAllowed)
    log.warn("approvals count without the admission policy", { flag: "--allow-self-approval" });
}

function loopPortsOf(
  { clock, log, config, metrics }: Root,
  {
    kube,
    aws,
    entra,
    probes,
    mayAct,
  }: Pick<AgentPorts, "probes" | "mayAct"> & { readonly kube: KubeRuntime; readonly aws: Aws; readonly entra: Entra },
  caches: Caches,
): LoopsPorts {
  const entraSettings = {
    allowedUnverified: new Set(config.entra.allowedUnverified),
    isSelfApprovalAllowed: config.entra.isSelfApprovalAllowed,
  };
  return {
    clock,
    log,
    directoryLookDelayMs: config.entra.directoryLookDelayMs,
    figures: metrics.fleet,
    kube: kube.port,
    events: kube.events,
    caches,
    operatorNamespace: config.operatorNamespace,
    ownerID: config.ownerID,
    mayAct,
    scopes: aws.scopes,
    instances: aws.instances,
    inventory: aws.inventory,
    commands: aws.commands,
    profiles: aws.profiles,
    network: aws.network,
    images: aws.images,
    entra,
    entraSettings,
    trust: approvalTrust({ kube: kube.port, clock, entraSettings }),
    directory: directoryReads(aws.commands, clock),
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
}

/** A newly due host waits for the gathering; a silent one is given up long before its evidence would be too old. */
const PROBE_TIMES = { gatherMs: 250, answerTimeoutMs: 120_000, forgetMs: 15 * 60_000 } as const;
/** Lists asked for by effects come at most this often for each scope. */
const INVENTORY_FLOOR_MS = 5_000;
const LEASE_REMAINDER_DIVISOR = 3;
