/**
 * Paused and Observe, whoever says it, launch nothing and terminate nothing, say why, and go on when they end.
 * Guarantees: "nothing" is the world's log of calls and its record of hosts, over a time in which everything is visited several times.
 */
import { conditionOf, isReady, type StackKind } from "../../support/stack-api.ts";
import { DOMAIN, POOL, TENANT, type Change } from "../../support/stack-manifests.ts";
import type { Stack } from "../../support/stack.ts";
import { assertTruth } from "../../support/truth.ts";
import * as fleets from "./fleets.ts";

const PAUSED: Change = { metadata: { annotations: { "cloudsync.dev/paused": "true" } } };
const OBSERVE: Change = { spec: { mode: "Observe" } };

interface Row {
  readonly who: "pool" | "domain" | "tenant";
  readonly what: "paused" | "Observe";
  readonly reason: string;
}

const ROWS: readonly Row[] = [
  { who: "pool", what: "Observe", reason: "PoolObserve" },
  { who: "pool", what: "paused", reason: "PoolPaused" },
  { who: "domain", what: "paused", reason: "DomainPaused" },
  { who: "tenant", what: "Observe", reason: "TenantObserve" },
  { who: "tenant", what: "paused", reason: "TenantPaused" },
];
/** ADDomain has no spec.mode: a domain observes nothing by itself (api sketch); it can be paused. */
const PLACES: Readonly<Record<Row["who"], readonly [StackKind, string]>> = {
  pool: ["pools", POOL],
  domain: ["domains", DOMAIN],
  tenant: ["tenants", TENANT],
};
const COMPLETE = ROWS.length;
const LEAVING_PAUSED = ROWS.length + 1;
const LEAVING_OBSERVE = ROWS.length + 2;

let stack: Stack;
let since: number;
const namespaceAt = (index: number): string => stack.namespaces[index] ?? "";

beforeAll(async () => {
  stack = await fleets.startFleets({ namespaces: ROWS.length + 3 });
  stack.startOperator();
  for (const index of [COMPLETE, LEAVING_PAUSED, LEAVING_OBSERVE]) await stack.apply(fleets.fleetOf(stack, index));
  for (const index of [COMPLETE, LEAVING_PAUSED, LEAVING_OBSERVE])
    await fleets.untilPoolReady(stack, namespaceAt(index));
  since = await fleets.mark(stack);
  const changed = ROWS.map(({ who, what }) => ({ [who]: what === "paused" ? PAUSED : OBSERVE }));
  await stack.apply(changed.flatMap((change, index) => fleets.fleetOf(stack, index, change)));
  for (const [index, { reason }] of ROWS.entries())
    await fleets.until(stack, ["pools", namespaceAt(index)], { Ready: `False/${reason}` });
  await fleets.quietTime(3_000); // seven lists of EC2 (400 ms)
}, fleets.TEST_MS);

afterEach(() => assertTruth(stack));

afterAll(async () => {
  await stack.stop();
}, fleets.TEST_MS);

for (const [index, { who, what, reason }] of ROWS.entries()) {
  test(
    `a ${who} that is ${what} launches nothing, says ${reason}, and goes on afterwards`,
    async () => {
      const namespace = namespaceAt(index);
      const pool = await fleets.until(stack, ["pools", namespace], {
        Ready: `False/${reason}`,
        Reconciling: `True/${reason}`,
        RemediationAllowed: `False/${reason}`,
        Paused: what === "paused" ? `True/${reason}` : `False/${reason}`,
      });
      expect(conditionOf(pool, "Ready")?.message).toMatch(
        what === "paused" ? /remove the annotation to go on/ : /until it is Enforce/,
      );
      expect(await fleets.hostsOf(stack, namespace)).toEqual([]);
      if (index === 0) expect(await fleets.callsSince(stack, since, "RunInstances")).toEqual([]);

      const [kind, name] = PLACES[who];
      const end = what === "paused" ? { metadata: { annotations: null } } : { spec: { mode: "Enforce" } };
      await stack.api.patch(kind, namespace, name, end);
      await stack.untilReady(1, { namespace });
    },
    fleets.TEST_MS,
  );
}

test(
  "a paused pool that is complete stays Ready, and replaces nothing while it is paused",
  async () => {
    const namespace = namespaceAt(COMPLETE);
    await fleets.kubectl(stack, "annotate", "csap", POOL, "-n", namespace, "cloudsync.dev/paused=true");
    await fleets.until(stack, ["pools", namespace], { Paused: "True/PoolPaused", Ready: "True" });
    const [agent] = await stack.agents(namespace);
    expect(isReady(agent)).toBe(true);

    await fleets.hostAction(stack, fleets.instanceOf(agent), "terminate");
    await fleets.until(stack, ["pools", namespace], { Ready: "False" });
    await fleets.quietTime(2_000);
    expect(await fleets.hostsOf(stack, namespace)).toHaveLength(1);

    await fleets.kubectl(stack, "annotate", "csap", POOL, "-n", namespace, "cloudsync.dev/paused-");
    const [successor] = await stack.untilReady(1, { namespace });
    expect(successor?.metadata.name).not.toBe(agent?.metadata.name);
  },
  fleets.TEST_MS,
);

for (const [what, index] of [
  ["paused", LEAVING_PAUSED],
  ["Observe", LEAVING_OBSERVE],
] as const) {
  test(
    `a pool deleted while ${what} waits, names the way out, and goes when that ends`,
    async () => {
      const namespace = namespaceAt(index);
      const [agent] = await stack.agents(namespace);
      const change = what === "paused" ? PAUSED : OBSERVE;
      await stack.api.patch("pools", namespace, POOL, change);
      await fleets.kubectl(stack, "delete", "csap", POOL, "-n", namespace, "--wait=false");
      const reason = what === "paused" ? "PoolPaused" : "PoolObserve";
      const pool = await fleets.until(stack, ["pools", namespace], { Reconciling: `True/${reason}` });
      expect(conditionOf(pool, "Reconciling")?.message).toContain("cloudsync.dev/release=true");
      await fleets.quietTime(2_000);
      expect(await fleets.hostState(stack, fleets.instanceOf(agent))).toBe("running");

      if (what === "paused") {
        await fleets.kubectl(stack, "annotate", "csap", POOL, "-n", namespace, "cloudsync.dev/paused-");
        await fleets.untilGone(stack, ["pools", namespace]);
        expect(await fleets.terminatedSince(stack, since)).toContain(fleets.instanceOf(agent));
        return;
      }
      await stack.api.patch("pools", namespace, POOL, { spec: { mode: "Enforce" } });
      await fleets.untilGone(stack, ["pools", namespace]);
      expect(await fleets.terminatedSince(stack, since)).toContain(fleets.instanceOf(agent));
    },
    fleets.TEST_MS,
  );
}
