/**
 * Hosts that are let go, not known or not ours are never terminated (S2): no call leaves, whatever happens to the objects in the cluster.
 * Guarantees: each case has a twin beside it in which the termination must come, so that a world that forgot to log would show.
 */
import { eventually } from "../../support/eventually.ts";
import { identitiesFor, shippedFor } from "../../../sim/src/layout/identities.ts";
import { EXAMPLE_ACCOUNT_ID } from "../../support/operator.ts";
import { conditionOf, type StackObject } from "../../support/stack-api.ts";
import { POOL, type Manifest } from "../../support/stack-manifests.ts";
import type { Stack } from "../../support/stack.ts";
import { assertTruth } from "../../support/truth.ts";
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

const OWNER_ID = "first-installation";
const OTHER_OWNER_ID = "second-installation";
const OTHER_KEY = "AKIACLOUDSYNCSECOND00";

let stack: Stack;
/** A second installation in the same account: own owner id, own key under its own policy, own lease, the first one's world. */
let other: Stack;
let since: number;
/** The instance of each case, launched before its trouble. */
const instances = new Map<Case, string>();

const namespaceOf = (name: Case): string => stack.namespaces[CASES.indexOf(name)] ?? "";
const instanceOf = (name: Case): string => instances.get(name) ?? "";

beforeAll(async () => {
  const iam = identitiesFor(OWNER_ID);
  const second = {
    accessKeyID: OTHER_KEY,
    principalARN: `arn:aws:iam::${EXAMPLE_ACCOUNT_ID}:user/${OTHER_OWNER_ID}`,
    policies: [shippedFor(EXAMPLE_ACCOUNT_ID, OTHER_OWNER_ID)],
  };
  const layout = { iam: { ...iam, accessKeys: [...iam.accessKeys, second] } };
  stack = await fleets.startFleets({ namespaces: CASES.length, ownerID: OWNER_ID, layout });
  other = await fleets.startFleets({ ownerID: OTHER_OWNER_ID });
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
  await other.stop();
  await stack.stop();
}, fleets.TEST_MS);

// Released, retained and forced-off hosts run on without a record: that is what most of these tests are about.
afterEach(() => assertTruth(stack, { mayLeaveHosts: true }), fleets.TEST_MS);

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

describe("after the operator was away, and the cluster is not what it was", () => {
  beforeAll(async () => {
    await stack.operator().terminate();
    await restoreFromBackup(namespaceOf("restoredBare"), { withStatus: false });
    await restoreFromBackup(namespaceOf("restoredWhole"), { withStatus: true });
    await forceOff("agents", namespaceOf("agentForced"));
    await forceOff("pools", namespaceOf("poolForced"));
    await stack.api.delete("pools", namespaceOf("unwatched"), POOL);
    await stack.api.delete("pools", namespaceOf("handedOver"), POOL);
    const dropped = [namespaceOf("unwatched"), namespaceOf("handedOver")];
    stack.startOperator({ watchNamespaces: stack.namespaces.filter((name) => !dropped.includes(name)) });
    await other.apply(other.fleet({ spec: { replicas: 1 } }));
    other.startOperator({
      endpoints: { ...stack.world.endpoints, accessKeyID: OTHER_KEY },
      watchNamespaces: [other.namespace, namespaceOf("handedOver")],
      grants: [other.namespace, namespaceOf("handedOver")].map((namespace) => ({
        namespace,
        accountID: EXAMPLE_ACCOUNT_ID,
      })),
    });
    await fleets.quietTime(QUIET_MS);
  }, fleets.TEST_MS);

  for (const name of ["restoredBare", "restoredWhole"] as const) {
    test(
      `objects restored with new UIDs (${name}) do not touch the host, launch nothing beside it, and go on when it is gone`,
      async () => {
        const namespace = namespaceOf(name);
        const pool = await fleets.until(stack, ["pools", namespace], { Stalled: "True/UnclaimedInstances" });
        expect(conditionOf(pool, "Stalled")?.message).toContain(instanceOf(name));
        expect(await fleets.hostsOf(stack, namespace)).toHaveLength(1);
        await expectUntouched(name);

        await fleets.hostAction(stack, instanceOf(name), "terminate"); // a person has looked at it
        await fleets.untilHostState(stack, instanceOf(name), "terminated");
        await fleets.kubectl(stack, "annotate", "csap", POOL, "-n", namespace, "cloudsync.dev/requested-at=now");
        const [agent] = await fleets.untilPoolReady(stack, namespace);
        await stack.api.delete("pools", namespace, POOL);
        await fleets.untilGone(stack, ["pools", namespace]);
        expect(await fleets.terminatedSince(stack, since)).toContain(fleets.instanceOf(agent));
      },
      fleets.TEST_MS,
    );
  }

  test(
    "an agent whose finalizer was forced off leaves a host that is reported and kept, also when its pool is deleted",
    async () => {
      const namespace = namespaceOf("agentForced");
      const [successor] = await fleets.untilPoolReady(stack, namespace);
      const pool = await stack.pool(namespace);
      expect(pool?.status?.["leftovers"]).toContainEqual(
        expect.objectContaining({ kind: "Instance", name: instanceOf("agentForced") }),
      );
      await stack.api.delete("pools", namespace, POOL);
      await fleets.untilGone(stack, ["pools", namespace]);
      expect(await fleets.terminatedSince(stack, since)).toContain(fleets.instanceOf(successor));
      await expectUntouched("agentForced");
    },
    fleets.TEST_MS,
  );

  test(
    "a pool whose finalizer was forced off takes no host with it; a person names the one that goes",
    async () => {
      const namespace = namespaceOf("poolForced");
      const [agent] = await stack.agents(namespace);
      expect(await stack.pool(namespace)).toBeUndefined();
      expect(agent?.metadata.deletionTimestamp).toBeDefined(); // by the garbage collector
      const { name = "" } = agent?.metadata ?? {};
      await fleets.until(stack, ["agents", namespace, name], { Reconciling: "True/PoolVanished" });
      await expectUntouched("poolForced");

      const order = `cloudsync.dev/terminate-now=${instanceOf("poolForced")}`;
      await fleets.kubectl(stack, "annotate", "csa", name, "-n", namespace, order);
      await fleets.untilGone(stack, ["agents", namespace, name]);
      expect(await fleets.terminatedSince(stack, since)).toContain(instanceOf("poolForced"));
    },
    fleets.TEST_MS,
  );

  test(
    "a pool deleted in a namespace that is no longer watched keeps its host until it is watched again",
    async () => {
      const namespace = namespaceOf("unwatched");
      expect((await stack.pool(namespace))?.metadata.deletionTimestamp).toBeDefined();
      await expectUntouched("unwatched");

      await stack.operator().terminate();
      stack.startOperator({ watchNamespaces: stack.namespaces.filter((name) => name !== namespaceOf("handedOver")) });
      await fleets.untilGone(stack, ["pools", namespace]);
      expect(await fleets.terminatedSince(stack, since)).toContain(instanceOf("unwatched"));
    },
    fleets.TEST_MS,
  );

  test(
    "a second operator with another owner id ends its own hosts only, whatever objects it is given",
    async () => {
      const [own] = await fleets.untilPoolReady(other, other.namespace);
      await fleets.untilGone(stack, ["pools", namespaceOf("handedOver")]);
      await expectUntouched("handedOver");

      await stack.api.delete("pools", other.namespace, POOL);
      await fleets.untilGone(stack, ["pools", other.namespace]);
      const ended = await fleets.terminatedSince(stack, since);
      expect(ended).toContain(fleets.instanceOf(own));
      expect(ended).not.toContain(instanceOf("handedOver"));
    },
    fleets.TEST_MS,
  );
});

/** As a backup tool does it: what was read comes back under new UIDs, owner references and finalizers as they were. */
async function restoreFromBackup(namespace: string, { withStatus }: { readonly withStatus: boolean }): Promise<void> {
  const kinds = ["pools", "agents"] as const;
  const backup = new Map<string, readonly StackObject[]>();
  for (const kind of kinds) backup.set(kind, await stack.api.list(kind, namespace));
  for (const kind of kinds) await forceOff(kind, namespace);
  for (const kind of kinds) await eventuallyEmpty(kind, namespace);
  for (const kind of kinds) {
    for (const object of backup.get(kind) ?? []) {
      const { uid: _uid, resourceVersion: _version, ...metadata } = object.metadata;
      await stack.apply([{ ...object, metadata } as unknown as Manifest]);
      if (!withStatus) continue;
      await stack.api.patch(kind, namespace, metadata.name, { status: object.status }, "status");
    }
  }
}

async function forceOff(kind: "pools" | "agents", namespace: string): Promise<void> {
  for (const { metadata } of await stack.api.list(kind, namespace)) {
    await stack.api.patch(kind, namespace, metadata.name, { metadata: { finalizers: null } });
    await stack.api.delete(kind, namespace, metadata.name);
  }
}

async function eventuallyEmpty(kind: "pools" | "agents", namespace: string): Promise<void> {
  const isEmpty = (objects: readonly StackObject[]): boolean => objects.length === 0;
  await eventually(`no ${kind} in ${namespace}`, () => stack.api.list(kind, namespace), isEmpty);
}
