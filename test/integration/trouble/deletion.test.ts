/**
 * Deletion of pools, namespaces, domains and agents ends, in order, without leaving a host and without taking Ready agents below the floor.
 * Guarantees: order and floor are judged on the whole history of a watch, not on what a poll happened to see.
 */
import { eventually } from "../../support/eventually.ts";
import { conditionOf, isReady, type StackObject } from "../../support/stack-api.ts";
import { DOMAIN, POOL } from "../../support/stack-manifests.ts";
import type { Stack } from "../../support/stack.ts";
import { assertTruth } from "../../support/truth.ts";
import * as fleets from "./fleets.ts";
import { recordHistory, type History } from "./history.ts";

const CASES = ["background", "foreground", "orphan", "namespace", "domainFirst", "floor"] as const;
type Case = (typeof CASES)[number];

let stack: Stack;
const namespaceOf = (name: Case): string => stack.namespaces[CASES.indexOf(name)] ?? "";

beforeAll(async () => {
  stack = await fleets.startFleets({ namespaces: CASES.length, hasClusterRights: true });
  // A host that hangs is to show within seconds.
  await stack.world.control.ask("PUT", "/delays", { "ssm.heartbeat": 1_000, "ssm.connectionLostAfter": 3_000 });
  stack.startOperator();
  const replicas = (name: Case): number => (name === "floor" ? 3 : 1);
  await stack.apply(
    CASES.flatMap((name, index) => fleets.fleetOf(stack, index, { pool: { spec: { replicas: replicas(name) } } })),
  );
  for (const name of CASES)
    await stack.untilReady(replicas(name), { namespace: namespaceOf(name), timeoutMs: fleets.SETUP_MS });
}, fleets.TEST_MS);

afterEach(() => assertTruth(stack));

afterAll(async () => {
  await stack.stop();
}, fleets.TEST_MS);

for (const cascade of ["background", "foreground"] as const) {
  test(
    `a pool deleted with --cascade=${cascade} takes its agents and hosts first, and goes last`,
    async () => {
      const namespace = namespaceOf(cascade);
      const [agent] = await fleets.stayingAgents(stack, namespace);
      const since = await fleets.mark(stack);
      const [pools, agents] = [
        await recordHistory(stack, "pools", namespace),
        await recordHistory(stack, "agents", namespace),
      ];
      await fleets.kubectl(stack, "delete", "csap", POOL, "-n", namespace, `--cascade=${cascade}`, "--timeout=60s");
      await fleets.untilGone(stack, ["agents", namespace, agent?.metadata.name ?? ""]);
      await Promise.all([pools.stop(), agents.stop()]);

      const endOf = (history: typeof pools): number =>
        Number(history.changes.find(({ type }) => type === "DELETED")?.object.metadata.resourceVersion);
      expect(endOf(agents)).toBeLessThan(endOf(pools));
      expect(await fleets.terminatedSince(stack, since)).toEqual([fleets.instanceOf(agent)]);
      // The service was stopped before the host went, so that a peer takes over at once.
      const [host] = await fleets.hostsOf(stack, namespace);
      expect(host?.state).toBe("terminated");
      expect(phasesOf(agents, agent?.metadata.name ?? "")).toEqual(["Draining", "Terminating"]);
    },
    fleets.TEST_MS,
  );
}

test(
  "a pool deleted with --cascade=orphan leaves agents and hosts at work; an agent deleted afterwards takes its host",
  async () => {
    const namespace = namespaceOf("orphan");
    const [agent] = await fleets.stayingAgents(stack, namespace);
    const { name = "" } = agent?.metadata ?? {};
    await fleets.kubectl(stack, "delete", "csap", POOL, "-n", namespace, "--cascade=orphan", "--timeout=60s");
    // The probes of several intervals (2 s) later the agent is still looked after.
    await fleets.quietTime(5_000);
    const orphan = await fleets.read(stack, ["agents", namespace, name]);
    expect(isReady(orphan)).toBe(true);
    expect(orphan?.metadata.deletionTimestamp).toBeUndefined();
    expect(await fleets.hostState(stack, fleets.instanceOf(agent))).toBe("running");

    await fleets.kubectl(stack, "delete", "csa", name, "-n", namespace, "--timeout=60s");
    await fleets.untilHostState(stack, fleets.instanceOf(agent), "terminated");
  },
  fleets.TEST_MS,
);

test(
  "a deleted namespace ends, with everything that its objects had outside",
  async () => {
    const namespace = namespaceOf("namespace");
    const [agent] = await fleets.stayingAgents(stack, namespace);
    await fleets.kubectl(stack, "delete", "namespace", namespace, "--wait=false");
    await eventually(
      `namespace ${namespace} is gone`,
      () => stack.kubectl(["get", "namespace", namespace, "-o", "jsonpath={.status.conditions}"]),
      ({ code }) => code !== 0,
      { timeoutMs: fleets.PATIENCE_MS, intervalMs: 500 },
    );
    expect(await fleets.hostState(stack, fleets.instanceOf(agent))).toBe("terminated");
  },
  fleets.TEST_MS,
);

test(
  "a domain deleted first stays and names who depends on it, until its pool is gone",
  async () => {
    const namespace = namespaceOf("domainFirst");
    const [agent] = await fleets.stayingAgents(stack, namespace);
    const { name = "" } = agent?.metadata ?? {};
    await fleets.kubectl(stack, "delete", "addomain", DOMAIN, "-n", namespace, "--wait=false");
    const held = await fleets.until(stack, ["domains", namespace], { Ready: "False/InUse" });
    expect(conditionOf(held, "Ready")?.message).toContain(`CloudSyncAgent ${namespace}/${name}`);
    expect(held.status?.["dependants"]).toEqual({ count: 1, first: [`CloudSyncAgent ${namespace}/${name}`] });
    expect(isReady(await fleets.read(stack, ["agents", namespace, name]))).toBe(true);

    // Nothing new is made in a domain that goes.
    const since = await fleets.mark(stack);
    await fleets.kubectl(stack, "scale", `csap/${POOL}`, "-n", namespace, "--replicas=2");
    await fleets.until(stack, ["pools", namespace], { PreflightPassed: "False/DomainDeleting" });
    expect(await fleets.callsSince(stack, since, "RunInstances")).toEqual([]);

    await fleets.kubectl(stack, "delete", "csap", POOL, "-n", namespace, "--timeout=60s");
    await fleets.untilGone(stack, ["domains", namespace]);
    expect(await fleets.hostState(stack, fleets.instanceOf(agent))).toBe("terminated");
  },
  fleets.TEST_MS,
);

test(
  "an agent deleted by a person while another is not Ready waits for the floor, and goes in order",
  async () => {
    const namespace = namespaceOf("floor");
    const [deleted, frozen] = await fleets.stayingAgents(stack, namespace);
    const [deletedName, frozenName] = [deleted?.metadata.name ?? "", frozen?.metadata.name ?? ""];
    // It hangs, which EC2 does not report: not Ready, and no reason to replace it in this version.
    await fleets.hostAction(stack, fleets.instanceOf(frozen), "freeze");
    await fleets.until(stack, ["agents", namespace, frozenName], { Ready: "Unknown" });

    const history = await recordHistory(stack, "agents", namespace);
    await fleets.kubectl(stack, "delete", "csa", deletedName, "-n", namespace, "--timeout=90s");
    await history.stop();

    const { minHealthy } = (await stack.pool(namespace))?.status ?? {};
    expect(minHealthy).toBe(2);
    const steps = stepsOf(history, deletedName);
    // One Ready agent is left when the person deletes: that is the person's doing. The operator's begins with the permission.
    expect(steps.find(({ isPermitted }) => !isPermitted)?.othersReady).toBe(1);
    const byOperator = steps.filter(({ isPermitted }) => isPermitted);
    expect(byOperator.length).toBeGreaterThan(0);
    expect(Math.min(...byOperator.map(({ othersReady }) => othersReady))).toBeGreaterThanOrEqual(2);
    expect(phasesOf(history, deletedName)).toEqual(["Draining", "Terminating"]);
    expect(await fleets.hostState(stack, fleets.instanceOf(frozen))).toBe("running");

    await fleets.hostAction(stack, fleets.instanceOf(frozen), "thaw");
    await stack.untilReady(3, { namespace });
  },
  fleets.TEST_MS,
);

interface Step {
  /** The pool has let the deleted agent go. */
  readonly isPermitted: boolean;
  /** Ready agents that stay. */
  readonly othersReady: number;
}

function stepsOf({ changes }: History, deletedName: string): readonly Step[] {
  const agents = new Map<string, StackObject>();
  return changes.flatMap(({ type, object }) => {
    if (type === "DELETED") agents.delete(object.metadata.name);
    else agents.set(object.metadata.name, object);
    const deleted = agents.get(deletedName);
    if (deleted?.metadata.deletionTimestamp === undefined) return [];
    const others = [...agents.values()].filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    return [{ isPermitted: deleted.status?.["retirement"] !== undefined, othersReady: others.filter(isReady).length }];
  });
}

/** How a leaving agent's host was treated: the phases that last, each once, in their order. */
function phasesOf({ changes }: History, name: string): readonly unknown[] {
  const phases = changes
    .filter(({ object }) => object.metadata.name === name)
    .map(({ object }) => object.status?.phase);
  return [...new Set(phases)].filter((phase) => phase === "Draining" || phase === "Terminating");
}
