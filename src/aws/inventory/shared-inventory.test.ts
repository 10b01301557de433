import type { Instance } from "../instances/port.ts";
import { fakeAws, NEVER_ABORTED, SCOPE } from "../testing/fake-aws.ts";
import type { Answer, SeenRequest } from "../testing/fake-transport.ts";
import { ec2Answer, ec2Error, instanceXML, reservations, ssmAnswer, ssmError } from "../testing/fake-transport.ts";
import type { InventoryChange, InventoryReading } from "./port.ts";

const ID = "i-0123456789abcdef0";
const OTHER = "i-0123456789abcdef1";
const tagsOf = (name: string) => ({
  "cloudsync.dev/agent-uid": `agent-${name}`,
  "cloudsync.dev/pool-uid": `pool-${name}`,
});

interface Cloud {
  instances: readonly string[];
  nodes: readonly { readonly id: string; readonly ping: number }[];
  ec2Error?: Answer;
  ssmError?: Answer;
}

function answering(cloud: Cloud) {
  return ({ operation }: SeenRequest): Answer => {
    if (operation === "DescribeInstances")
      return cloud.ec2Error ?? ec2Answer(operation, reservations(...cloud.instances));
    return (
      cloud.ssmError ??
      ssmAnswer({
        InstanceInformationList: cloud.nodes.map(({ id, ping }) => ({
          InstanceId: id,
          PingStatus: "Online",
          LastPingDateTime: ping,
          AgentVersion: "3.3.3000.0",
        })),
      })
    );
  };
}

function aCloud(): Cloud {
  return {
    instances: [instanceXML({ id: ID, tags: tagsOf("a") }), instanceXML({ id: OTHER, tags: tagsOf("b") })],
    nodes: [{ id: ID, ping: 1_700_000_000 }],
  };
}

test("the first question starts the lists; the answer comes with the round", async () => {
  const { aws, clock, transport } = fakeAws(answering(aCloud()));
  const first = aws.inventory.read(SCOPE, NEVER_ABORTED);
  expect(transport.seen).toHaveLength(0);
  await clock.advance(1);
  expect(await first).toMatchObject({ kind: "read" });
  const reading = await aws.inventory.read(SCOPE, NEVER_ABORTED);
  if (reading.kind !== "read") throw new Error(reading.kind);
  expect(reading.view.instances.map(({ instanceID }) => instanceID)).toEqual([ID, OTHER]);
  expect([...(reading.view.nodes?.values() ?? [])]).toMatchObject([
    { instanceID: ID, pingStatus: "Online", lastPingAtMs: 1_700_000_000_000 },
  ]);
  expect(transport.seen.find(({ service }) => service === "ec2")?.parameters).toMatchObject({
    "Filter.1.Name": "tag:cloudsync.dev/owner-id",
    "Filter.1.Value.1": "owner-1",
    MaxResults: "1000",
  });
  expect(transport.seen.find(({ service }) => service === "ssm")?.parameters).toEqual({
    Filters: [{ Key: "tag:cloudsync.dev/owner-id", Values: ["owner-1"] }],
    MaxResults: 50,
  });
  aws.close();
});

test("who reads waits for the first list, whatever it says, and for no later one", async () => {
  const cloud = aCloud();
  const { aws, clock } = fakeAws(answering(cloud));
  const first = aws.inventory.read(SCOPE, NEVER_ABORTED);
  await clock.advance(1);
  const reading = await first;
  if (reading.kind !== "read") throw new Error(reading.kind);
  const idsOf = (instances: readonly Instance[]): readonly string[] => instances.map(({ instanceID }) => instanceID);
  expect(idsOf(reading.view.tagged.ofAgent("agent-b"))).toEqual([OTHER]);
  expect(idsOf(reading.view.tagged.ofAgent("agent-c"))).toEqual([]);
  expect(await aws.inventory.read(SCOPE, NEVER_ABORTED)).toMatchObject({ kind: "read" });
  aws.close();

  cloud.ec2Error = ec2Error("UnauthorizedOperation");
  const denied = fakeAws(answering(cloud));
  const refused = denied.aws.inventory.read(SCOPE, NEVER_ABORTED);
  await denied.clock.advance(1);
  expect(await refused).toMatchObject({ kind: "unread", failure: { class: "Denied" } });
  denied.aws.close();
});

test("who reads does not wait longer than some seconds for a list that does not come", async () => {
  const { aws, clock } = fakeAws(() => ({ socketError: "never" }), {
    operatorCredentials: () => new Promise(() => undefined),
  });
  let reading: InventoryReading | undefined;
  void aws.inventory.read(SCOPE, NEVER_ABORTED).then((answer) => (reading = answer));
  await clock.advance(4_900);
  expect(reading).toBeUndefined();
  await clock.advance(200);
  expect(reading).toEqual({ kind: "unread" });
  aws.close();
});

test("calls per minute do not depend on how many ask (C1)", async () => {
  const { aws, clock, transport } = fakeAws(answering(aCloud()));
  for (let second = 0; second < 59; second += 1) {
    for (let pool = 0; pool < 50; pool += 1) void aws.inventory.read({ ...SCOPE }, NEVER_ABORTED);
    await clock.advance(1_000);
  }
  expect(transport.count("DescribeInstances")).toBe(2);
  expect(transport.count("DescribeInstanceInformation")).toBe(2);
  aws.close();
});

test("asking for a refresh is coalesced and kept to the floor", async () => {
  const { aws, clock, transport } = fakeAws(answering(aCloud()));
  void aws.inventory.read(SCOPE, NEVER_ABORTED);
  await clock.advance(1_000);
  for (let count = 0; count < 100; count += 1) aws.inventory.refreshSoon(SCOPE);
  await clock.advance(3_000);
  expect(transport.count("DescribeInstances")).toBe(1);
  await clock.advance(2_000);
  expect(transport.count("DescribeInstances")).toBe(2);
  aws.close();
});

test("SSM failing does not hide EC2, and EC2 failing keeps the last complete list", async () => {
  const cloud = aCloud();
  cloud.ssmError = ssmError("AccessDeniedException");
  const { aws, clock } = fakeAws(answering(cloud));
  void aws.inventory.read(SCOPE, NEVER_ABORTED);
  await clock.advance(1);
  expect(await aws.inventory.read(SCOPE, NEVER_ABORTED)).toMatchObject({
    kind: "read",
    view: { instances: [{}, {}], nodes: undefined, nodesFailure: { reason: "ActionDenied" } },
  });
  cloud.ec2Error = ec2Error("InternalError", "", 500);
  cloud.instances = [];
  await clock.advance(40_000);
  expect(await aws.inventory.read(SCOPE, NEVER_ABORTED)).toMatchObject({
    kind: "read",
    view: { instances: [{}, {}], instancesListedMs: 0, instancesFailure: { reason: "ServiceUnavailable" } },
  });
  delete cloud.ec2Error;
  await clock.advance(120_000);
  const reading = await aws.inventory.read(SCOPE, NEVER_ABORTED);
  expect(reading.kind === "read" && [reading.view.instances, reading.view.instancesFailure]).toEqual([[], undefined]);
  aws.close();
});

test("a list cut at the page bound is no list", async () => {
  const { aws, clock } = fakeAws(({ operation }) =>
    operation === "DescribeInstances"
      ? ec2Answer(operation, `${reservations()}<nextToken>more</nextToken>`)
      : ssmAnswer({}),
  );
  void aws.inventory.read(SCOPE, NEVER_ABORTED);
  await clock.advance(1_000);
  expect(await aws.inventory.read(SCOPE, NEVER_ABORTED)).toMatchObject({
    kind: "unread",
    failure: { reason: "ListTruncated" },
  });
  aws.close();
});

test("only agents and pools whose instance or node changed are announced", async () => {
  const cloud = aCloud();
  const { aws, clock } = fakeAws(answering(cloud));
  const changes: InventoryChange[] = [];
  aws.inventory.onChange((change) => changes.push(change));
  const stayAsked = async (ms: number): Promise<void> => {
    void aws.inventory.read(SCOPE, NEVER_ABORTED);
    await clock.advance(ms);
  };
  await stayAsked(1);
  changes.length = 0;
  await stayAsked(60_000);
  expect(changes).toEqual([]); // the same lists again
  cloud.nodes = [{ id: ID, ping: 1_700_000_300 }];
  await stayAsked(35_000);
  cloud.instances = [instanceXML({ id: ID, tags: tagsOf("a") })];
  await stayAsked(35_000);
  expect(changes).toEqual([
    { agentUIDs: new Set(["agent-a"]), poolUIDs: new Set(["pool-a"]) },
    { agentUIDs: new Set(["agent-b"]), poolUIDs: new Set(["pool-b"]) },
  ]);
  aws.close();
});

test("a scope nobody asks for is dropped, and its calls end", async () => {
  const { aws, clock, transport } = fakeAws(answering(aCloud()));
  void aws.inventory.read(SCOPE, NEVER_ABORTED);
  // Ten intervals are five minutes here; loops at rest ask less often, so that the longer bound holds.
  await clock.advance(10 * 60_000);
  const countWhileAsked = transport.seen.length;
  await clock.advance(60_000);
  expect(transport.seen.length).toBeGreaterThan(countWhileAsked);
  await clock.advance(10 * 60_000);
  const countWhenDropped = transport.seen.length;
  await clock.advance(600_000);
  expect(transport.seen).toHaveLength(countWhenDropped);
  expect(clock.pendingCount()).toBe(0);
  const again = aws.inventory.read(SCOPE, NEVER_ABORTED);
  await clock.advance(1);
  expect(await again).toMatchObject({ kind: "read", view: { instancesListedMs: 31 * 60_000 } }); // listed anew
  aws.close();
});

test("a throttled list pauses its bucket and comes back", async () => {
  const cloud = aCloud();
  cloud.ec2Error = ec2Error("RequestLimitExceeded", "", 503, { "retry-after": "7" });
  const { aws, clock } = fakeAws(answering(cloud));
  void aws.inventory.read(SCOPE, NEVER_ABORTED);
  await clock.advance(1);
  expect(await aws.inventory.read(SCOPE, NEVER_ABORTED)).toMatchObject({
    kind: "unread",
    failure: { class: "Throttled", retryAfterMs: 7_000 },
  });
  delete cloud.ec2Error;
  await clock.advance(70_000);
  expect(await aws.inventory.read(SCOPE, NEVER_ABORTED)).toMatchObject({ kind: "read" });
  aws.close();
});

test("after the end nothing is listed any more, whoever asks", async () => {
  const { aws, clock, transport } = fakeAws(answering(aCloud()));
  void aws.inventory.read(SCOPE, NEVER_ABORTED);
  aws.close();
  expect(await aws.inventory.read(SCOPE, NEVER_ABORTED)).toEqual({ kind: "unread" });
  aws.inventory.refreshSoon(SCOPE);
  await clock.advance(120_000);
  expect(transport.seen).toHaveLength(0);
  expect(clock.pendingCount()).toBe(0);
});
