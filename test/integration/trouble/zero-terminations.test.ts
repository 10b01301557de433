/**
 * Hosts that are let go, not known or not ours are never terminated (S2): no call leaves, whatever happens to the objects in the cluster.
 * Guarantees: each case has a twin beside it in which the termination must come, so that a world that forgot to log would show.
 */
import { POOL } from "../../support/stack-manifests.ts";
import type { Stack } from "../../support/stack.ts";
import * as fleets from "./fleets.ts";
import { recordHistory, type History } from "./history.ts";

const CASES = [
  "agentReleased",
  "poolReleased",
  "poolRetained",
  "restoredBare",
  "restoredWhole",
  "unwatched",
  "agentForced",
  "poolForced",
  "handedOver",
] as const;
type Case = (typeof CASES)[number];

/** Long enough for several lists of EC2 (400 ms) and for the window in which absence is proven (4 s), both set by the stack's flags. */
const QUIET_MS = 6_000;

let stack: Stack;
let since: number;
/** The instance of each case, launched before its trouble. */
const instances = new Map<Case, string>();

const namespaceOf = (name: Case): string => stack.namespaces[CASES.indexOf(name)] ?? "";
const instanceOf = (name: Case): string => instances.get(name) ?? "";

beforeAll(async () => {
  stack = await fleets.startFleets({ namespaces: CASES.length });
  stack.startOperator();
  await stack.apply(
    CASES.flatMap((name, index) =>
      fleets.fleetOf(stack, index, {
        pools: TWINS.has(name) ? [POOL, TWIN] : [POOL],
        pool: name === "poolRetained" ? { spec: { deletionPolicy: "Retain" } } : {},
      }),
    ),
  );
  // The twin of the retained pool is not to be retained.
  await stack.api.patch("pools", namespaceOf("poolRetained"), TWIN, { spec: { deletionPolicy: "Delete" } });
  for (const name of CASES) {
    const [agent] = await fleets.untilPoolReady(stack, namespaceOf(name));
    instances.set(name, fleets.instanceOf(agent));
    if (TWINS.has(name)) await fleets.untilPoolReady(stack, namespaceOf(name), TWIN);
  }
  since = await fleets.mark(stack);
}, fleets.TEST_MS);

afterAll(async () => {
  await stack.stop();
}, fleets.TEST_MS);

/** A second pool in the namespace, which is deleted plainly. */
const TWIN = "twin";
const TWINS: ReadonlySet<Case> = new Set<Case>(["agentReleased", "poolReleased", "poolRetained"]);

async function expectTwinTerminated(name: Case): Promise<void> {
  const [agent] = await fleets.stayingAgents(stack, namespaceOf(name), TWIN);
  const instanceID = fleets.instanceOf(agent);
  await stack.api.delete("pools", namespaceOf(name), TWIN);
  await fleets.untilGone(stack, ["pools", namespaceOf(name), TWIN]);
  expect(await fleets.terminatedSince(stack, since)).toContain(instanceID);
  expect(await fleets.hostState(stack, instanceID)).not.toBe("running");
}

async function expectUntouched(name: Case): Promise<void> {
  expect(await fleets.terminatedSince(stack, since)).not.toContain(instanceOf(name));
  expect(await fleets.hostState(stack, instanceOf(name))).toBe("running");
}

/** What the pool's status listed as released before it vanished. */
function lastReleased(history: History): unknown {
  return history.changes.filter(({ object }) => object.metadata.name === POOL).at(-1)?.object.status?.["released"];
}

test(
  "an agent with the release annotation lets its host go: it runs on, the pool lists it, and a successor is made",
  async () => {
    const namespace = namespaceOf("agentReleased");
    const [agent] = await fleets.stayingAgents(stack, namespace);
    const name = agent?.metadata.name ?? "";
    await fleets.kubectl(stack, "annotate", "csa", name, "-n", namespace, "cloudsync.dev/release=true");
    await fleets.kubectl(stack, "delete", "csa", name, "-n", namespace, "--timeout=60s");

    const [successor] = await fleets.untilPoolReady(stack, namespace);
    expect(successor?.metadata.name).not.toBe(name);
    const pool = await stack.pool(namespace);
    expect(pool?.status?.["released"]).toEqual([
      expect.objectContaining({ instanceID: instanceOf("agentReleased"), agentName: name, reason: "Released" }),
    ]);
    await expectTwinTerminated("agentReleased");
    await expectUntouched("agentReleased");
  },
  fleets.TEST_MS,
);

test(
  "a pool with the release annotation is deleted, and its host runs on",
  async () => {
    const namespace = namespaceOf("poolReleased");
    await fleets.kubectl(stack, "annotate", "csap", POOL, "-n", namespace, "cloudsync.dev/release=true");
    const history = await recordHistory(stack, "pools", namespace);
    await fleets.kubectl(stack, "delete", "csap", POOL, "-n", namespace, "--timeout=60s");
    await history.stop();
    expect(lastReleased(history)).toEqual([
      expect.objectContaining({ instanceID: instanceOf("poolReleased"), reason: "Released" }),
    ]);
    expect(await stack.api.list("agents", namespace)).toHaveLength(1); // the twin's
    await expectTwinTerminated("poolReleased");
    await expectUntouched("poolReleased");
  },
  fleets.TEST_MS,
);

test(
  "a pool with deletionPolicy Retain is deleted, and its host runs on",
  async () => {
    const namespace = namespaceOf("poolRetained");
    const history = await recordHistory(stack, "pools", namespace);
    await fleets.kubectl(stack, "delete", "csap", POOL, "-n", namespace, "--timeout=60s");
    await history.stop();
    expect(lastReleased(history)).toEqual([
      expect.objectContaining({ instanceID: instanceOf("poolRetained"), reason: "Retained" }),
    ]);
    await expectTwinTerminated("poolRetained");
    await expectUntouched("poolRetained");
  },
  fleets.TEST_MS,
);
