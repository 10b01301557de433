import { CallLog } from "./call-log.ts";

const entry = (action: string, atMs: number, instanceID = "i-1") => ({
  requestID: "r",
  atMs,
  service: "ec2",
  action,
  accountID: "1",
  principalARN: "p",
  accessKeyID: "k",
  region: "r",
  facts: { instanceID: [instanceID] },
  isDryRun: false,
  outcome: "ok",
  faults: [],
});

test("entries are found by action, instance and position", () => {
  const log = new CallLog();
  log.append(entry("RunInstances", 0));
  const second = log.append(entry("DescribeInstances", 1, "i-2"));
  log.append(entry("DescribeInstances", 2));
  expect(log.read({ action: "DescribeInstances" }).map(({ atMs }) => atMs)).toEqual([1, 2]);
  expect(log.read({ instanceID: "i-2" }).map(({ atMs }) => atMs)).toEqual([1]);
  expect(log.read({ since: second.sequence }).map(({ atMs }) => atMs)).toEqual([2]);
  expect(log.read({ limit: 1 }).map(({ atMs }) => atMs)).toEqual([2]);
});

test("the ring forgets old entries; counts do not", () => {
  const log = new CallLog();
  for (let count = 0; count < 70_000; count += 1) log.append(entry("DescribeInstances", count));
  expect(log.read({ limit: 1_000_000 }).length).toBeLessThanOrEqual(60_000);
  expect(log.counts().total).toEqual({ "ec2:DescribeInstances": 70_000 });
  expect(log.counts().minutes.map(({ calls }) => calls["ec2:DescribeInstances"])).toEqual([60_000, 10_000]);
});
