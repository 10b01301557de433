/**
 * One life of a fleet, phase by phase, with the operator killed right after a chosen write; and the end state that a clean life reaches.
 * Guarantees: a phase ends only in the clean run's state; the kill comes after the write took effect and before its answer is delivered.
 */
import type { Intercept } from "../../support/intercept.ts";
import { startIntercept } from "../../support/intercept.ts";
import { eventually } from "../../support/eventually.ts";
import { tailOf } from "../../support/processes.ts";
import { startStack, type Stack } from "../../support/stack.ts";
import { conditionOf, isReady, type StackObject } from "../../support/stack-api.ts";
import { DOMAIN, POOL, TENANT } from "../../support/stack-manifests.ts";
import { assertTruth, isLive, worldHosts, type WorldHost } from "../../support/truth.ts";

export const PHASES = ["create", "replace", "delete", "scaleDown", "deletePool"] as const;
export type Phase = (typeof PHASES)[number];

/** What must be the same with and without a crash. */
export interface EndState {
  readonly pool: Readonly<Record<string, unknown>> | undefined;
  readonly agents: readonly Readonly<Record<string, unknown>>[];
  readonly dependants: readonly string[];
  readonly slotHolders: readonly string[];
  readonly liveHosts: number;
  /** Launched in this life beyond what its phases ask for: never more, never less. */
  readonly extraLaunches: number;
}

export interface Bench {
  readonly stack: Stack;
  readonly intercept: Intercept;
  startOperator(): void;
  /** After a kill: the process is surely dead, so its lease may go; a new one starts. */
  restartOperator(): Promise<void>;
  stop(): Promise<void>;
}

export async function startBench(flags: readonly string[] = []): Promise<Bench> {
  const stack = await startStack({ flags: [...CRASH_FLAGS, ...flags] });
  const intercept = await startIntercept({
    directory: stack.directory,
    kubeconfig: stack.controlPlane.operatorKubeconfig,
    endpoints: stack.world.endpoints,
  });
  const { kubeconfig, endpoints } = intercept;
  const startOperator = (): void => void stack.startOperator({ kubeconfig, endpoints });
  return {
    stack,
    intercept,
    startOperator,
    async restartOperator() {
      const deadHolder = await holderOf(stack);
      await stack.operator().kill();
      startOperator();
      // A renewal that the dead leader still had under way may bring the lease back (a Lease can be created by an update): until it is another's.
      await eventually(
        "the dead leader's lease is out of the way",
        async () => {
          const holder = await holderOf(stack);
          if (holder === deadHolder) await stack.api.delete("leases", stack.operatorNamespace, LEADER_LEASE);
          return holder;
        },
        (holder) => holder !== undefined && holder !== deadHolder,
        { timeoutMs: PHASE_TIMEOUT_MS },
      );
    },
    async stop() {
      await stack.stop();
      await intercept.stop();
    },
  };
}

/** Long enough that a busy machine never costs the lead by itself; a killed leader's lease is deleted instead of waited for. */
const CRASH_FLAGS = ["--lease-duration=20s", "--lease-renew-deadline=15s", "--lease-retry-period=200ms"];
const SLOT_LEASE_PREFIX = "cloudsync-slot-";
const LEADER_LEASE = "cloudsync-operator";

async function holderOf({ api, operatorNamespace }: Stack): Promise<unknown> {
  const lease = await api.get("leases", operatorNamespace, LEADER_LEASE);
  return lease?.spec["holderIdentity"];
}

/** Only a broken run or a starved machine needs it. */
const PHASE_TIMEOUT_MS = 300_000;
/** A write that the clean run made at rest may come a little after the state is reached. */
const LATE_WRITE_MS = 2_500;

/** A fleet from its first apply to its last host. Phases are run in the order of {@link PHASES}; some may be left out. */
export class Life {
  readonly #bench: Bench;
  readonly #replicas: number;
  readonly #hostsBefore: ReadonlySet<string>;
  /** What the phases so far ask for; names and numbers are compared relative to it, so that a life may leave phases out. */
  #launchesDue = 0;

  private constructor(bench: Bench, replicas: number, hostsBefore: ReadonlySet<string>) {
    this.#bench = bench;
    this.#replicas = replicas;
    this.#hostsBefore = hostsBefore;
  }

  static async begin(bench: Bench, replicas: number): Promise<Life> {
    const hosts = await worldHosts(bench.stack);
    bench.intercept.forgetApplied();
    // A free slot's Lease stays for ever; a fresh installation has none yet.
    const { api, operatorNamespace } = bench.stack;
    const leases = await api.list("leases", operatorNamespace);
    for (const { metadata } of leases.filter(({ metadata: { name } }) => name.startsWith(SLOT_LEASE_PREFIX)))
      await api.delete("leases", operatorNamespace, metadata.name);
    return new Life(bench, replicas, new Set(hosts.map(({ instanceID }) => instanceID)));
  }

  /** Does what the phase's person or fault does, and waits until the fleet has settled. Returns the end state. */
  async clean(phase: Phase): Promise<EndState> {
    await this.#trigger(phase);
    const state = await eventually(
      `${phase} settles`,
      () => this.state(),
      (seen) => isSettled(phase, seen, this.#replicas),
      { timeoutMs: PHASE_TIMEOUT_MS },
    ).catch((error: unknown) => this.#explain(error, ""));
    await assertTruth(this.#bench.stack);
    return state;
  }

  /**
   * The same with a SIGKILL right after the first write of `site`, and a new operator.
   * Returns all sites of that write; `undefined` when the phase ended without it (its end state was checked all the same).
   */
  async crashed(phase: Phase, site: string, wanted: EndState): Promise<readonly string[] | undefined> {
    const { stack, intercept } = this.#bench;
    const armed = intercept.arm({ site, act: () => stack.operator().signal("SIGKILL") });
    await this.#trigger(phase);
    let restarts = 0;
    let settledSinceMs: number | undefined;
    const title = `${phase} with a kill after "${site}" ends as without`;
    const wantedText = JSON.stringify(wanted);
    await eventually(
      title,
      async () => {
        if (armed.struck() !== undefined && restarts === 0) {
          restarts += 1;
          await this.#bench.restartOperator();
        }
        return this.state();
      },
      (seen) => {
        if (JSON.stringify(seen) !== wantedText) settledSinceMs = undefined;
        else settledSinceMs ??= performance.now();
        if (settledSinceMs === undefined) return false;
        return restarts > 0 || performance.now() - settledSinceMs > LATE_WRITE_MS;
      },
      { timeoutMs: PHASE_TIMEOUT_MS },
    ).catch((error: unknown) => this.#explain(error, `wanted: ${wantedText}`));
    armed.disarm();
    await assertTruth(stack);
    return armed.struck();
  }

  #explain(error: unknown, more: string): never {
    const operator = this.#bench.stack.operator();
    const sentence = error instanceof Error ? error.message : String(error);
    const state = operator.isAlive() ? "runs" : "has ended";
    throw new Error(`${sentence}\n${more}\nthe operator ${state}; its log:\n${tailOf(operator.logFile, 60)}`, {
      cause: error,
    });
  }

  async state(): Promise<EndState> {
    const { stack } = this.#bench;
    const { namespace, api, operatorNamespace } = stack;
    const [pool, agents, domain, tenant, leases, hosts] = await Promise.all([
      stack.pool(),
      stack.agents(),
      api.get("domains", namespace, DOMAIN),
      api.get("tenants", namespace, TENANT),
      api.list("leases", operatorNamespace),
      this.hosts(),
    ]);
    return {
      pool: pool === undefined ? undefined : shapeOfPool(pool, this.#launchesDue),
      agents: agents.map((agent) => shapeOfAgent(agent, this.#launchesDue)),
      dependants: [domain, tenant].flatMap((object) =>
        object === undefined ? [] : [`${object.metadata.name} ${JSON.stringify(conditionsOf(object))}`],
      ),
      slotHolders: leases
        .filter(({ metadata }) => metadata.name.startsWith(SLOT_LEASE_PREFIX))
        .map(({ spec }) => (typeof spec["holderIdentity"] === "string" ? spec["holderIdentity"] : ""))
        .filter((holder) => holder !== ""),
      liveHosts: hosts.filter(isLive).length,
      extraLaunches: hosts.length - this.#launchesDue,
    };
  }

  /** Launched in this life, dead ones included. */
  async hosts(): Promise<readonly WorldHost[]> {
    const hosts = await worldHosts(this.#bench.stack);
    return hosts.filter(({ instanceID }) => !this.#hostsBefore.has(instanceID));
  }

  async #trigger(phase: Phase): Promise<void> {
    const { stack } = this.#bench;
    const { namespace, api, world } = stack;
    switch (phase) {
      case "create":
        this.#launchesDue += this.#replicas;
        await stack.apply(stack.fleet({ spec: { replicas: this.#replicas } }));
        return;
      case "replace": {
        this.#launchesDue += 1;
        const victim = (await this.hosts()).find(isLive);
        await world.control.ask("POST", `/hosts/${victim?.instanceID ?? ""}/kill`);
        return;
      }
      case "delete": {
        this.#launchesDue += 1;
        const [victim] = await stack.agents();
        await api.delete("agents", namespace, victim?.metadata.name ?? "");
        return;
      }
      case "scaleDown":
        await api.patch("pools", namespace, POOL, { spec: { replicas: this.#replicas - 1 } });
        return;
      case "deletePool":
        // As `kubectl delete -f examples/` does: all at once; tenant and domain wait for what depends on them.
        await api.delete("pools", namespace, POOL);
        await api.delete("domains", namespace, DOMAIN);
        await api.delete("tenants", namespace, TENANT);
    }
  }
}

function isSettled(phase: Phase, state: EndState, replicas: number): boolean {
  const { pool, agents, dependants, slotHolders, liveHosts, extraLaunches } = state;
  if (slotHolders.length > 0 || extraLaunches !== 0) return false;
  if (phase === "deletePool")
    return pool === undefined && agents.length === 0 && dependants.length === 0 && liveHosts === 0;
  const wanted = phase === "scaleDown" ? replicas - 1 : replicas;
  return (
    pool?.["isReady"] === true &&
    pool["readyReplicas"] === wanted &&
    pool["replicas"] === wanted &&
    pool["disruption"] === undefined &&
    agents.length === wanted &&
    agents.every(({ isReady: ready, isDeleting }) => ready === true && isDeleting === false) &&
    liveHosts === wanted
  );
}

function shapeOfPool(pool: StackObject, launchesDue: number): Readonly<Record<string, unknown>> {
  const { replicas, readyReplicas, minHealthy, disruption } = pool.status ?? {};
  const slots = (pool.status?.["slots"] ?? []) as readonly { readonly slot: number; readonly incarnation: number }[];
  return {
    isReady: isReady(pool),
    replicas,
    readyReplicas,
    minHealthy,
    slots: slots.map(({ slot, incarnation }) => ({ slot, incarnation: incarnation - launchesDue })),
    disruption,
    finalizers: pool.metadata.finalizers,
    conditions: conditionsOf(pool),
  };
}

function shapeOfAgent(agent: StackObject, launchesDue: number): Readonly<Record<string, unknown>> {
  const { phase, step, retirement, launch } = agent.status ?? {};
  const { name, finalizers, deletionTimestamp } = agent.metadata;
  const { availabilityZone, attempt } = (launch ?? {}) as Readonly<Record<string, unknown>>;
  return {
    name: name.replace(/\d+$/, (incarnation) => String(Number(incarnation) - launchesDue)),
    isReady: isReady(agent),
    isDeleting: deletionTimestamp !== undefined,
    phase,
    step,
    retirement,
    availabilityZone,
    attempt,
    finalizers,
    conditions: conditionsOf(agent),
    isWaiting: conditionOf(agent, "Reconciling")?.reason,
  };
}

function conditionsOf(object: StackObject): Readonly<Record<string, string>> {
  const pairs = (object.status?.conditions ?? []).map(({ type, status }) => [type, status] as const);
  return Object.fromEntries(pairs.sort(([left], [right]) => left.localeCompare(right)));
}
