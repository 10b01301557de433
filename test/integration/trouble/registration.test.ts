/**
 * One host of a domain registers at a time, whoever's it is and whatever becomes of the operator; a person who does not come holds up nobody (S11).
 * Guarantees: overlaps are counted by the world, whose set-ups take long enough to overlap.
 */
import type { DomainTruth } from "../../../sim/src/hosts/truth.ts";
import { eventually } from "../../support/eventually.ts";
import { conditionOf, isReady, type StackObject } from "../../support/stack-api.ts";
import { DOMAIN, POOL, TENANT, type Manifest } from "../../support/stack-manifests.ts";
import type { Stack } from "../../support/stack.ts";
import * as fleets from "./fleets.ts";
import { namespaceOf, useOneStack } from "./one-stack.ts";

const OWNER = 0;
const GUEST = 1;
const MANUAL = 2;

let stack: Stack;
const namespaceAt = (index: number): string => namespaceOf(stack, index);
// A set-up that ends at once could never overlap another.
const delays = { "host.step.Register": 1_500, "host.step.Configure": 1_000 };
useOneStack({ namespaces: 3, delays }, (started) => void (stack = started));

async function overlaps(index: number): Promise<readonly unknown[]> {
  const truth = (await stack.world.control.ask("GET", `/domains/${fleets.dnsNameOf(index)}`)) as DomainTruth;
  return truth.registrationOverlaps;
}

test(
  "two pools of two namespaces on one domain register one host at a time, also when the operator is killed in between",
  async () => {
    const shared = { spec: { allowedNamespaces: { from: "All" } } };
    const hostPolicy = {
      awsAccountIDs: ["111122223333"],
      instanceProfiles: ["cloudsync-agent"],
      imageOwners: ["amazon"],
    };
    const pool = { spec: { replicas: 2 } };
    await stack.apply(
      fleets.fleetOf(stack, OWNER, { tenant: shared, domain: { spec: { ...shared.spec, hostPolicy } }, pool }),
    );
    const place = { namespace: namespaceAt(OWNER) };
    const guest = {
      spec: { replicas: 2, tenantRef: { name: TENANT, ...place }, domainRef: { name: DOMAIN, ...place } },
    };
    await stack.apply(fleets.ofKind(fleets.fleetOf(stack, GUEST, { pool: guest }), "CloudSyncAgentPool"));

    const registering = await eventually(
      "a host is registering",
      async () => (await allAgents()).filter(isRegistering),
      (agents) => agents.length > 0,
      { timeoutMs: fleets.SETUP_MS },
    );
    expect(registering).toHaveLength(1);
    await stack.operator().kill();
    stack.startOperator();

    for (const index of [OWNER, GUEST])
      await stack.untilReady(2, { namespace: namespaceAt(index), timeoutMs: fleets.SETUP_MS });
    expect(await overlaps(OWNER)).toEqual([]);
    await eventually(
      "the domain shows that the slot was given back",
      async () => (await fleets.read(stack, ["domains", namespaceAt(OWNER)]))?.status?.["registration"] ?? "nobody",
      (registration) => registration === "nobody",
    );
  },
  fleets.TEST_MS,
);

async function allAgents(): Promise<readonly StackObject[]> {
  return [...(await stack.agents(namespaceAt(OWNER))), ...(await stack.agents(namespaceAt(GUEST)))];
}

function isRegistering({ status }: StackObject): boolean {
  const step = status?.["step"] as { name: string } | undefined;
  return step?.name === "Register";
}

test(
  "hosts that wait for a person hold up no other pool of the domain, are offered one by one, and go on when the person has been there",
  async () => {
    const namespace = namespaceAt(MANUAL);
    const byHand: Manifest[] = fleets
      .fleetOf(stack, MANUAL, {
        pools: ["byhand"],
        pool: { spec: { replicas: 2, agent: { registration: { mode: "Manual", secretARN: null } } } },
      })
      .slice();
    await stack.apply(byHand);
    await fleets.until(stack, ["pools", namespace, "byhand"], {
      Reconciling: "True/AwaitingPerson",
      Stalled: "False",
      Ready: "False/AwaitingPerson",
    });
    // Only now, so that the waiting hosts would be in its way if they held anything.
    await stack.apply(fleets.ofKind(fleets.fleetOf(stack, MANUAL), "CloudSyncAgentPool"));
    await fleets.untilPoolReady(stack, namespace, POOL);

    const done: string[] = [];
    for (const word of ["first", "second"]) {
      const offered = await untilOffered(namespace, done);
      const agent = await fleets.until(stack, ["agents", namespace, offered], { Registered: "Unknown/AwaitingPerson" });
      expect(conditionOf(agent, "Registered")?.message).toContain(fleets.instanceOf(agent));
      if (word === "first") {
        const others = (await fleets.agentsOf(stack, namespace, "byhand")).filter(
          ({ metadata }) => metadata.name !== offered,
        );
        for (const { metadata } of others)
          await fleets.until(stack, ["agents", namespace, metadata.name], { Registered: "Unknown/AwaitingTurn" });
      }
      await fleets.hostAction(stack, fleets.instanceOf(agent), "register");
      await fleets.until(stack, ["agents", namespace, offered], {
        Registered: "True/RegisteredByPerson",
        Ready: "True",
      });
      done.push(offered);
    }
    const pool = await fleets.until(stack, ["pools", namespace, "byhand"], { Ready: "True" });
    expect(pool.status?.["awaitingRegistrationOn"]).toBeUndefined();
    expect((await fleets.agentsOf(stack, namespace, "byhand")).every(isReady)).toBe(true);
    expect(await overlaps(MANUAL)).toEqual([]);
  },
  fleets.TEST_MS,
);

/** The agent that the pool offers to the person, once it is none of those that are done. */
async function untilOffered(namespace: string, done: readonly string[]): Promise<string> {
  const offered = await eventually(
    "a host is offered to the person",
    async () => (await fleets.read(stack, ["pools", namespace, "byhand"]))?.status?.["awaitingRegistrationOn"],
    (name) => typeof name === "string" && !done.includes(name),
    { timeoutMs: fleets.PATIENCE_MS, intervalMs: 150 },
  );
  return String(offered);
}
