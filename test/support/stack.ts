/**
 * One test's own stack on the shared control plane: namespaces, a world and the shipped operator, under the chart's own RBAC.
 * Guarantees: two stacks share nothing but the API server (own namespaces, lease, owner id, world); `stop` ends what was started.
 * Never: rights for the operator that the chart does not give; a wait without a deadline.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Endpoints } from "../../sim/src/serve.ts";
import type { ControlPlaneFacts } from "./control-plane.ts";
import { eventually } from "./eventually.ts";
import { kubectl, kubectlApply, type CommandResult } from "./kubectl.ts";
import { EXAMPLE_ACCOUNT_ID, startOperator, type IdentityGrantValue, type RunningOperator } from "./operator.ts";
import { sharedControlPlane } from "./shared-control-plane.ts";
import { isReady, stackAPI, type StackAPI, type StackObject } from "./stack-api.ts";
import { prepareCluster, releaseCluster } from "./stack-cluster.ts";
import { exampleFleet, merged, POOL, type Change, type Manifest } from "./stack-manifests.ts";
import { startWorld, type RunningWorld, type WorldOptions } from "./world.ts";

export interface StackOptions {
  /** Namespaces for fleet objects, all watched; default 1. */
  readonly namespaces?: number;
  /** Default `zero`: what remains is the operator's own intervals. */
  readonly world?: Partial<Omit<WorldOptions, "directory" | "ownerID">>;
  /** The operator's, and the one that the world's policy knows; default one of the stack's own. */
  readonly ownerID?: string;
  /** The chart's cluster-wide rights: those in a namespace go with it, before what they are needed for. Default false. */
  readonly hasClusterRights?: boolean;
  /** Merged into each pool of {@link Stack.fleet}. */
  readonly pool?: Change;
  /** More flags for the operator; they win. */
  readonly flags?: readonly string[];
}

export interface OperatorStart {
  readonly name?: string;
  readonly ownerID?: string;
  readonly kubeconfig?: string;
  readonly endpoints?: Endpoints;
  readonly watchNamespaces?: readonly string[];
  readonly grants?: readonly IdentityGrantValue[];
  readonly flags?: readonly string[];
}

export interface Stack {
  readonly controlPlane: ControlPlaneFacts;
  readonly directory: string;
  readonly namespaces: readonly string[];
  /** The first of them. */
  readonly namespace: string;
  readonly operatorNamespace: string;
  readonly ownerID: string;
  readonly world: RunningWorld;
  readonly api: StackAPI;
  /** Starts an operator; each start has a log file of its own (`<name>-<n>.log`). `stop` ends all of them. */
  startOperator(start?: OperatorStart): RunningOperator;
  /** The newest one. */
  operator(): RunningOperator;
  /** Tenant, domain and pool of the examples in a namespace of this stack. */
  fleet(change?: Change, namespace?: string): readonly Manifest[];
  kubectl(args: readonly string[]): Promise<CommandResult>;
  apply(manifests: readonly Manifest[]): Promise<void>;
  agents(namespace?: string): Promise<readonly StackObject[]>;
  pool(namespace?: string): Promise<StackObject | undefined>;
  /** Resolves when the pool is Ready with exactly `replicas` agents, each Ready; returns them. */
  untilReady(replicas: number, options?: UntilOptions): Promise<readonly StackObject[]>;
  /** Resolves when the pool is Ready and its agents are exactly these, each Ready and none on its way out; returns them. */
  untilNames(names: readonly string[], options?: UntilOptions): Promise<readonly StackObject[]>;
  /** Resolves when the pool and all agents are gone from the cluster. */
  untilGone(options?: UntilOptions): Promise<void>;
  stop(): Promise<void>;
}

export interface UntilOptions {
  readonly namespace?: string;
  readonly timeoutMs?: number;
}

/** On top of the short times of every test: what matters when a world answers at once. */
const STACK_FLAGS: readonly string[] = [
  "--inventory-interval=400ms",
  "--command-poll-min=100ms",
  "--command-poll-max=400ms",
  "--subnet-cache=2s",
];
const UNTIL_TIMEOUT_MS = 90_000;

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const controlPlane = sharedControlPlane();
  const id = randomBytes(4).toString("hex");
  const directory = mkdtempSync(join(tmpdir(), `cloudsync-stack-${id}-`));
  const namespaces = Array.from({ length: options.namespaces ?? 1 }, (_, index) => `fleet-${id}-${index}`);
  const operatorNamespace = `operator-${id}`;
  const namespace = namespaces[0] ?? "";
  const ownerID = options.ownerID ?? `owner-${id}`;
  const clusterObjects = await prepareCluster(controlPlane, operatorNamespace, namespaces, options.hasClusterRights);
  const world = await startWorld({ directory, ownerID, delays: "zero", hasBuckets: false, ...options.world });
  const api = stackAPI(controlPlane.kubeconfig);
  const operators: RunningOperator[] = [];

  const stack: Stack = {
    controlPlane,
    directory,
    namespaces,
    namespace,
    operatorNamespace,
    ownerID,
    world,
    api,
    startOperator(start = {}) {
      const watchNamespaces = start.watchNamespaces ?? namespaces;
      const operator = startOperator({
        directory,
        name: `${start.name ?? "operator"}-${operators.length}`,
        kubeconfig: start.kubeconfig ?? controlPlane.operatorKubeconfig,
        world: start.endpoints ?? world.endpoints,
        ownerID: start.ownerID ?? ownerID,
        operatorNamespace,
        watchNamespaces,
        grants: start.grants ?? namespaces.map((name) => ({ namespace: name, accountID: EXAMPLE_ACCOUNT_ID })),
        flags: [...STACK_FLAGS, ...(options.flags ?? []), ...(start.flags ?? [])],
      });
      operators.push(operator);
      return operator;
    },
    operator() {
      const newest = operators.at(-1);
      if (newest === undefined) throw new Error("no operator was started");
      return newest;
    },
    fleet: (change = {}, where = namespace) =>
      exampleFleet(where, options.pool ?? {}).map((manifest) =>
        manifest.kind === "CloudSyncAgentPool" ? merged(manifest, change) : manifest,
      ),
    kubectl: (args) => kubectl(controlPlane, args),
    async apply(manifests) {
      const answer = await kubectlApply(controlPlane, manifests);
      if (answer.code !== 0) throw new Error(`kubectl apply: ${answer.stderr}`);
    },
    agents: (where = namespace) => api.list("agents", where),
    pool: (where = namespace) => api.get("pools", where, POOL),
    untilReady: (replicas, options = {}) =>
      untilSettled(stack, `${replicas} agents are Ready`, (agents) => agents.length === replicas, options),
    untilNames: (names, options = {}) =>
      untilSettled(stack, `${names.join(", ") || "no agent"} is all there is`, isExactly(names), options),
    async untilGone({ namespace: where = namespace, timeoutMs = UNTIL_TIMEOUT_MS } = {}) {
      const observe = async () => ({ pool: await stack.pool(where), agents: await stack.agents(where) });
      const isDone = (seen: Awaited<ReturnType<typeof observe>>): boolean =>
        seen.pool === undefined && seen.agents.length === 0;
      await withLog(stack, () =>
        eventually(`nothing is left in ${where}`, observe, isDone, { timeoutMs, intervalMs: 150 }),
      );
    },
    async stop() {
      for (const operator of operators) await operator.kill();
      await world.stop();
      await releaseCluster(controlPlane, api, [operatorNamespace, ...namespaces], clusterObjects);
      await api.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return stack;
}

function isExactly(names: readonly string[]): (agents: readonly StackObject[]) => boolean {
  const wanted = [...names].sort().join();
  return (agents) =>
    agents
      .map(({ metadata }) => metadata.name)
      .sort()
      .join() === wanted;
}

/** The pool is Ready with as many agents as it declares, the wanted ones, each Ready and staying. */
async function untilSettled(
  stack: Stack,
  sentence: string,
  isWanted: (agents: readonly StackObject[]) => boolean,
  { namespace = stack.namespace, timeoutMs = UNTIL_TIMEOUT_MS }: UntilOptions,
): Promise<readonly StackObject[]> {
  const observe = async () => ({ pool: await stack.pool(namespace), agents: await stack.agents(namespace) });
  const isDone = ({ pool, agents }: Awaited<ReturnType<typeof observe>>): boolean =>
    isReady(pool) &&
    pool?.spec["replicas"] === agents.length &&
    agents.every((agent) => isReady(agent) && agent.metadata.deletionTimestamp === undefined) &&
    isWanted(agents);
  const done = await withLog(stack, () =>
    eventually(`${sentence} in ${namespace}`, observe, isDone, { timeoutMs, intervalMs: 150 }),
  );
  return done.agents;
}

/** A failure says what the operator last logged. */
async function withLog<T>(stack: Stack, wait: () => Promise<T>): Promise<T> {
  try {
    return await wait();
  } catch (error) {
    const tail = stack.operator().logTail();
    throw new Error(`${error instanceof Error ? error.message : String(error)}\noperator's log:\n${tail}`, {
      cause: error,
    });
  }
}
