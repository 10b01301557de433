import { Bench } from "../hosts/test-bench.ts";

const MINUTE_MS = 60_000;

interface Shown {
  readonly InstanceId: string;
  readonly PingStatus: string;
  readonly LastPingDateTime: number;
}

function page(
  bench: Bench,
  input: object = {},
): { readonly items: readonly Shown[]; readonly next: string | undefined } {
  const { InstanceInformationList, NextToken } = bench.call("DescribeInstanceInformation", { ...input }) as {
    InstanceInformationList: Shown[];
    NextToken?: string;
  };
  return { items: InstanceInformationList, next: NextToken };
}

const byID = (instanceID: string): object => ({ Filters: [{ Key: "InstanceIds", Values: [instanceID] }] });
const code = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return "no error";
};

test("pings come at start, after a random part of five minutes, then each five minutes; a dead host ages into ConnectionLost", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  const pings = new Set<number>();
  for (let minute = 0; minute < 30; minute += 1) {
    bench.clock.advance(MINUTE_MS);
    pings.add(page(bench).items[0]!.LastPingDateTime);
  }
  const times = [...pings];
  expect(times.length).toBeGreaterThanOrEqual(6);
  for (const [index, time] of times.slice(2).entries()) expect(time - times[index + 1]!).toBeCloseTo(300, 0);
  bench.end(instanceID, "crash");
  expect(page(bench).items[0]).toMatchObject({ PingStatus: "Online" });
  bench.clock.advance(6 * MINUTE_MS);
  expect(page(bench).items[0]).toMatchObject({ PingStatus: "ConnectionLost", LastPingDateTime: times.at(-1) });
});

test("a terminated host stays listed for a while, then goes", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  bench.end(instanceID, "terminate");
  expect(page(bench, byID(instanceID)).items).toHaveLength(1);
  bench.clock.advance(31 * MINUTE_MS);
  expect(page(bench, byID(instanceID)).items).toEqual([]);
});

test("a host whose profile comes late sleeps 25 to 30 minutes more or less before it registers", () => {
  const bench = new Bench();
  const instanceID = bench.launch("1", { instanceProfileARN: undefined });
  bench.clock.advance(12 * MINUTE_MS);
  bench.change(instanceID, { instanceProfileARN: "arn:aws:iam::111122223333:instance-profile/cloudsync-agent" });
  bench.clock.advance(8 * MINUTE_MS);
  expect(page(bench).items).toEqual([]);
  bench.clock.advance(20 * MINUTE_MS);
  expect(page(bench).items).toMatchObject([{ InstanceId: instanceID, PingStatus: "Online" }]);
});

test("pages hold 10 by default, 5 to 50 when asked, and together every node once", () => {
  const bench = new Bench();
  for (let index = 1; index <= 23; index += 1) bench.launch(String(index));
  bench.clock.advance(10 * MINUTE_MS);
  expect(page(bench).items).toHaveLength(10);
  expect(code(() => page(bench, { MaxResults: 4 }))).toBe("ValidationException");
  expect(code(() => page(bench, { MaxResults: 51 }))).toBe("ValidationException");
  const seen: string[] = [];
  let next: string | undefined;
  do {
    const read = page(bench, { MaxResults: 5, ...(next === undefined ? {} : { NextToken: next }) });
    seen.push(...read.items.map(({ InstanceId }) => InstanceId));
    next = read.next;
  } while (next !== undefined);
  expect(seen).toHaveLength(23);
  expect(new Set(seen).size).toBe(23);
  expect(code(() => page(bench, { NextToken: "nonsense" }))).toBe("InvalidNextToken");
});

test("partial pages and empty lists are played when the fault table says so", () => {
  const bench = new Bench();
  for (const id of ["1", "2", "3"]) bench.launch(id);
  bench.clock.advance(10 * MINUTE_MS);
  bench.faults.add({
    service: "ssm",
    action: "DescribeInstanceInformation",
    times: 1,
    effect: { kind: "partialPage", itemsMax: 2 },
  });
  const partial = page(bench);
  expect(partial.items).toHaveLength(2);
  expect(page(bench, { NextToken: partial.next }).items).toHaveLength(1);
  bench.faults.add({ service: "ssm", times: 1, effect: { kind: "emptyList" } });
  expect(page(bench)).toEqual({ items: [], next: undefined });
  expect(page(bench).items).toHaveLength(3);
});

test("tag filters stand alone, unknown keys are refused, other filters combine", () => {
  const bench = new Bench();
  const tagged = bench.online("1", { tags: { team: "identity" } });
  bench.online("2");
  const tag = { Key: "tag:team", Values: ["identity"] };
  expect(page(bench, { Filters: [tag] }).items).toMatchObject([{ InstanceId: tagged }]);
  expect(code(() => page(bench, { Filters: [tag, { Key: "PingStatus", Values: ["Online"] }] }))).toBe(
    "InvalidFilterKey",
  );
  expect(code(() => page(bench, { Filters: [{ Key: "Color", Values: ["red"] }] }))).toBe("InvalidFilterKey");
  const both = [
    { Key: "PingStatus", Values: ["Online"] },
    { Key: "InstanceIds", Values: [tagged] },
  ];
  expect(page(bench, { Filters: both }).items).toHaveLength(1);
});

test("the connection status is faster than the ping", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  const status = (): unknown => bench.call("GetConnectionStatus", { Target: instanceID })["Status"];
  expect(status()).toBe("connected");
  bench.guests.control.freeze(instanceID);
  expect(status()).toBe("notconnected");
  expect(page(bench).items).toMatchObject([{ PingStatus: "Online" }]);
});

test("a host of another account or Region is not shown", () => {
  const bench = new Bench();
  bench.online("1", { accountID: "444455556666" });
  bench.online("2", { region: "eu-west-1" });
  expect(page(bench).items).toEqual([]);
});
