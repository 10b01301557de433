/**
 * At rest nothing is written: a minute of a Ready pool leaves every object as it is, and AWS sees the documented reads and the probe alone (L1, C1).
 * Then the verbs of kubectl on the same pool: wait, scale, delete, describe.
 */
import { readFileSync } from "node:fs";
import { hostDocument } from "../../../src/host/documents.ts";
import { eventually } from "../../support/eventually.ts";
import { POOL } from "../../support/stack-manifests.ts";
import type { Stack } from "../../support/stack.ts";
import { assertTruth } from "../../support/truth.ts";
import * as fleets from "./fleets.ts";

const FLEET = 0;
const COPY = 1;
const MINUTE_MS = 60_000;

let stack: Stack;
const namespaceAt = (index: number): string => stack.namespaces[index] ?? "";

beforeAll(async () => {
  stack = await fleets.startFleets({ namespaces: 2 });
  stack.startOperator();
  await stack.apply(fleets.fleetOf(stack, FLEET, { pool: { spec: { replicas: 3 } } }));
  await stack.untilReady(3, { namespace: namespaceAt(FLEET), timeoutMs: fleets.SETUP_MS });
}, fleets.TEST_MS);

afterEach(() => assertTruth(stack));

afterAll(async () => {
  await stack.stop();
}, fleets.TEST_MS);

/** Every object of ours with the version of its last write; the Lease by which the operator leads is the one exception. */
async function versions(): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const namespace of [...stack.namespaces, stack.operatorNamespace]) {
    for (const kind of ["agents", "pools", "domains", "tenants", "leases", "events"] as const) {
      for (const { metadata } of await stack.api.list(kind, namespace)) {
        if (kind === "leases" && metadata.name === "cloudsync-operator") continue;
        found[`${kind} ${namespace}/${metadata.name}`] = metadata.resourceVersion;
      }
    }
  }
  return found;
}

/** What the operator itself says that it wrote, leases apart. */
async function writesTotal(): Promise<number> {
  const started = readFileSync(stack.operator().logFile, "utf8")
    .split("\n")
    .find((line) => line.includes('"message":"started"'));
  const { metricsPort } = JSON.parse(started ?? "{}") as { metricsPort: number };
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const lines = text
    .split("\n")
    .filter((line) => /^\w*kube_writes_total\{/.test(line) && !line.includes('kind="Lease"'));
  expect(lines.length).toBeGreaterThan(0);
  return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

async function untilStill(): Promise<void> {
  let before = "";
  let sinceMs = performance.now();
  await eventually(
    "nothing has been written for 5 s",
    async () => {
      const now = JSON.stringify(await versions());
      if (now !== before) sinceMs = performance.now();
      before = now;
      return performance.now() - sinceMs;
    },
    (stillMs) => stillMs > 5_000,
    { timeoutMs: fleets.PATIENCE_MS, intervalMs: 500 },
  );
}

test(
  "a steady pool writes nothing to Kubernetes for a minute, and sends AWS the documented reads and probes only; a copy of its objects elsewhere adds none",
  async () => {
    // The copy's namespace is even granted the same account: only the domain's uniqueness stands between it and AWS.
    const copies = fleets.fleetOf(stack, COPY, { domainIndex: FLEET });
    await stack.apply(copies);
    await fleets.until(stack, ["pools", namespaceAt(COPY)], { Stalled: "True/DomainNotUnique" });
    await untilStill();
    const [before, writesBefore, from] = [await versions(), await writesTotal(), await fleets.mark(stack)];
    await fleets.quietTime(MINUTE_MS);
    expect(await versions()).toEqual(before);
    expect(await writesTotal()).toBe(writesBefore);

    const calls = await fleets.callsSince(stack, from);
    expect([...new Set(calls.map(({ action }) => action))].sort()).toEqual([
      "DescribeInstanceInformation",
      "DescribeInstances",
      "ListCommandInvocations",
      "SendCommand",
    ]);
    const instances = (await stack.agents(namespaceAt(FLEET))).map(fleets.instanceOf);
    const sent = calls.filter(({ action }) => action === "SendCommand");
    expect(new Set(sent.flatMap(({ facts }) => facts.document ?? []))).toEqual(
      new Set([hostDocument("Probe").ref.name]),
    );
    expect(new Set(sent.flatMap(({ facts }) => facts.instanceID ?? []))).toEqual(new Set(instances));
    expect(calls.filter(({ outcome }) => outcome !== "ok")).toEqual([]);
  },
  fleets.TEST_MS,
);

describe("kubectl", () => {
  const inFleet = (...args: readonly string[]): Promise<string> =>
    fleets.kubectl(stack, ...args, "-n", namespaceAt(FLEET));

  test("get answers alone: how many of how many, where, which version, and what is wrong", async () => {
    const [, line = ""] = (await inFleet("get", "csap")).trim().split("\n");
    expect(line).toMatch(/tokyo\s+3\/3\s+True\s+1a:1,1c:1,1d:1\s+1\.1\.2505\.0\s+Ready/);
    const agents = await inFleet("get", "csa");
    expect(agents.match(/tokyo-\d-1\s+Ready\s+ap-northeast-1[acd]\s+i-[0-9a-f]+\s+1\.1\.2505\.0/g)).toHaveLength(3);
  });

  test(
    "scale down and up, with wait in between",
    async () => {
      await inFleet("scale", `csap/${POOL}`, "--replicas=2");
      await stack.untilReady(2, { namespace: namespaceAt(FLEET) });
      await eventually(
        "one of three hosts is terminated",
        () => fleets.liveHostsOf(stack, namespaceAt(FLEET)),
        (hosts) => hosts.length === 2,
      );
      await inFleet("scale", `csap/${POOL}`, "--replicas=0");
      await stack.untilReady(0, { namespace: namespaceAt(FLEET) });
      await inFleet("scale", `csap/${POOL}`, "--replicas=3");
      // `wait` must not be satisfied by the state before the scale was seen: Ready is for the present generation only (S12).
      await eventually(
        "the scale was seen",
        () => fleets.read(stack, ["pools", namespaceAt(FLEET)]),
        (pool) => pool?.status?.["observedGeneration"] === pool?.metadata.generation,
      );
      const waited = await inFleet("wait", "--for=condition=Ready", `csap/${POOL}`, "--timeout=90s");
      expect(waited).toContain("condition met");
      expect(await fleets.liveHostsOf(stack, namespaceAt(FLEET))).toHaveLength(3);
    },
    fleets.TEST_MS,
  );

  test(
    "delete of an agent replaces it, and describe tells what was done and why",
    async () => {
      const agents = await stack.untilReady(3, { namespace: namespaceAt(FLEET) });
      const { name = "" } = agents[0]?.metadata ?? {};
      await inFleet("delete", "csa", name, "--wait=false");
      await fleets.untilGone(stack, ["agents", namespaceAt(FLEET), name]);
      await stack.untilReady(3, { namespace: namespaceAt(FLEET) });

      const story = await eventually(
        "the events of the replacement are there",
        () => inFleet("describe", "csap", POOL),
        (text) => text.includes(`Agent ${name} may go`) && text.includes("to replace"),
      );
      expect(story).toMatch(
        /AgentCreated.*Created agent tokyo-\d-\d in ap-northeast-1[acd] to replace its predecessor\./,
      );
      expect(story).toMatch(new RegExp(`RetirementPermitted.*Agent ${name} may go: Replaced\\.`));
    },
    fleets.TEST_MS,
  );
});
