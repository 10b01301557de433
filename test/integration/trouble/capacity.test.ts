/**
 * What AWS refuses: a zone without room is waited for, a quota, a permission or a wrong input stops with its reason and what to do, and nothing spins.
 * Guarantees: the number of calls is read in the world's log over a fixed time; rules of the world strike one instance type each, so that rows share a world.
 */
import { conditionOf, isReady } from "../../support/stack-api.ts";
import { POOL } from "../../support/stack-manifests.ts";
import type { Stack } from "../../support/stack.ts";
import { assertTruth } from "../../support/truth.ts";
import * as fleets from "./fleets.ts";

interface Row {
  readonly what: string;
  readonly instanceType: string;
  readonly reason: string;
  readonly fix: RegExp;
  /** The code that the world answers RunInstances with; absent: the pool's own input is wrong. */
  readonly code?: string;
  readonly aws?: object;
  /** Launches that the refusal may cost in the time of observation. */
  readonly launches: number;
}

const ROWS: readonly Row[] = [
  {
    what: "a quota",
    instanceType: "m5.large",
    reason: "VcpuQuotaExceeded",
    fix: /Raise the vCPU quota/,
    code: "VcpuLimitExceeded",
    launches: 1,
  },
  {
    what: "a permission",
    instanceType: "t3.large",
    reason: "ActionDenied",
    fix: /Allow the named action/,
    code: "UnauthorizedOperation",
    launches: 1,
  },
  {
    what: "a security group that does not exist",
    instanceType: "t3.medium",
    reason: "SecurityGroupNotFound",
    fix: /security groups of the subnets' VPC/,
    aws: { securityGroupIDs: ["sg-0missing"] },
    launches: 1,
  },
  {
    what: "an instance profile that does not exist",
    instanceType: "m5.xlarge",
    reason: "InvalidParameter",
    fix: /Correct the named value/,
    aws: { instanceProfile: "nobody" },
    launches: 1,
  },
  {
    what: "a subnet that does not exist",
    instanceType: "m7i.large",
    reason: "SubnetNotFound",
    fix: /Name subnets that exist/,
    aws: { subnetIDs: ["subnet-0missing"] },
    launches: 0,
  },
];
const CROWDED = ROWS.length;
const OBSERVED_MS = 10_000;

let stack: Stack;
let launches: ReadonlyMap<string, number>;
const namespaceAt = (index: number): string => stack.namespaces[index] ?? "";
const faultIDs = new Map<string, string>();

async function addFault(name: string, rule: object): Promise<void> {
  const { id } = (await stack.world.control.ask("POST", "/faults", rule)) as { id: string };
  faultIDs.set(name, id);
}
const removeFault = (name: string): Promise<unknown> =>
  stack.world.control.ask("DELETE", `/faults/${faultIDs.get(name) ?? ""}`);

beforeAll(async () => {
  stack = await fleets.startFleets({ namespaces: ROWS.length + 1 });
  for (const { code, instanceType, reason } of ROWS) {
    if (code === undefined) continue;
    const effect = { kind: "error", code, message: "Refused for a rehearsal." };
    await addFault(reason, { service: "ec2", action: "RunInstances", match: { instanceType }, effect });
  }
  const match = { availabilityZone: "ap-northeast-1c", instanceType: "m6i.large" };
  await addFault("capacity", { match, effect: { kind: "capacity" } });
  stack.startOperator();
  const since = await fleets.mark(stack);
  await stack.apply([
    ...ROWS.flatMap(({ aws, instanceType }, index) =>
      fleets.fleetOf(stack, index, { pool: { spec: { aws: { instanceTypes: [instanceType], ...aws } } } }),
    ),
    ...fleets.fleetOf(stack, CROWDED, { pool: { spec: { replicas: 3, aws: { instanceTypes: ["m6i.large"] } } } }),
  ]);
  for (const [index, { reason }] of ROWS.entries())
    await fleets.until(stack, ["pools", namespaceAt(index)], { Stalled: `True/${reason}` });
  await fleets.quietTime(OBSERVED_MS); // a loop that spins would call once a pass
  const calls = await fleets.callsSince(stack, since, "RunInstances");
  launches = new Map(
    [...Map.groupBy(calls, ({ facts }) => facts.instanceType?.[0] ?? "")].map(([type, group]) => [type, group.length]),
  );
}, fleets.TEST_MS);

afterEach(() => assertTruth(stack));

afterAll(async () => {
  await stack.stop();
}, fleets.TEST_MS);

for (const [index, row] of ROWS.entries()) {
  test(`${row.what} stops the pool with ${row.reason} and what to do, and is not asked again and again`, async () => {
    const pool = await fleets.until(stack, ["pools", namespaceAt(index)], {
      Stalled: `True/${row.reason}`,
      Ready: `False/${row.reason}`,
      Reconciling: "False/Stalled",
    });
    expect(conditionOf(pool, "Stalled")?.message).toMatch(row.fix);
    expect(launches.get(row.instanceType) ?? 0).toBe(row.launches);
    expect(await fleets.hostsOf(stack, namespaceAt(index))).toEqual([]);
    const [agent] = await stack.agents(namespaceAt(index));
    if (row.launches > 0) expect(fleets.conditionText(agent, "Stalled")).toBe(`True/${row.reason}`);
  });
}

test(
  "a zone without capacity is waited for and named, the other agents are Ready, and it goes on when there is room",
  async () => {
    const namespace = namespaceAt(CROWDED);
    const pool = await fleets.until(stack, ["pools", namespace], {
      Ready: "False/InsufficientCapacity",
      Stalled: "False",
    });
    expect(conditionOf(pool, "Ready")?.message).toMatch(/Tried again in a few minutes/);
    const waiting = (await stack.agents(namespace)).filter((agent) => !isReady(agent));
    expect(waiting.map((agent) => fleets.conditionText(agent, "Launched"))).toEqual(["False/InsufficientCapacity"]);
    expect(pool.status?.readyReplicas).toBe(2);
    // Memory of a refusal is 3 s here (--capacity-memory); two launches succeeded.
    expect(launches.get("m6i.large")).toBeLessThanOrEqual(2 + Math.ceil((2 * OBSERVED_MS) / 3_000));

    await removeFault("capacity");
    const agents = await stack.untilReady(3, { namespace });
    expect(
      new Set((await fleets.liveHostsOf(stack, namespace)).map(({ availabilityZone }) => availabilityZone)).size,
    ).toBe(3);
    expect(agents.map(({ metadata }) => metadata.name)).toContain(waiting[0]?.metadata.name);
  },
  fleets.TEST_MS,
);

test(
  "a raised quota is used when a person asks again, a corrected input at once",
  async () => {
    const [quota, group] = [0, 2].map(namespaceAt) as [string, string];
    await removeFault("VcpuQuotaExceeded");
    const [stalled] = await stack.agents(quota);
    const name = stalled?.metadata.name ?? "";
    await fleets.kubectl(stack, "annotate", "csa", name, "-n", quota, "cloudsync.dev/requested-at=now");
    const [launched] = await stack.untilReady(1, { namespace: quota });
    expect(launched?.metadata.name).toBe(name);

    await stack.api.patch("pools", group, POOL, { spec: { aws: { securityGroupIDs: ["sg-0agents"] } } });
    await stack.untilReady(1, { namespace: group });
  },
  fleets.TEST_MS,
);

describe("bad input is refused at apply, with a sentence", () => {
  const refusals: readonly (readonly [what: string, change: fleets.FleetChange, sentence: RegExp])[] = [
    ["replicas: -1", { pool: { spec: { replicas: -1 } } }, /spec\.replicas.*greater than or equal to 0/],
    ["a gMSA name of 16 characters", { domain: { spec: { gmsa: { name: "gmsaOfSixteenChr$" } } } }, /spec\.gmsa\.name/],
    ["an unknown field", { pool: { spec: { userData: "whoami" } } }, /unknown field "(spec\.)?userData"/],
    [
      "a reserved tag",
      { pool: { spec: { aws: { tags: { "cloudsync.dev/owner-id": "mine" } } } } },
      /spec\.aws\.tags.*reserved/,
    ],
  ];
  for (const [what, change, sentence] of refusals) {
    test(what, async () => {
      const manifests = fleets.fleetOf(stack, CROWDED, change).map((manifest) => ({
        ...manifest,
        metadata: { ...manifest.metadata, name: "bad" },
      }));
      const wrong = fleets.ofKind(manifests, change.domain === undefined ? "CloudSyncAgentPool" : "ADDomain");
      await expect(stack.apply(wrong)).rejects.toThrow(sentence);
    });
  }
});
