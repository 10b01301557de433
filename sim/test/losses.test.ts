/** aws.md 12.3 item 9: lost responses: the call took effect, the client sees a reset or a timeout. Over real sockets. */
import { DescribeInstancesCommand, RunInstancesCommand, TerminateInstancesCommand } from "@aws-sdk/client-ec2";

import type { HTTPWorld } from "./front.ts";
import { httpWorld, launchInput } from "./front.ts";
import { codeOf } from "./refusal.ts";

let http: HTTPWorld;
beforeEach(async () => void (http = await httpWorld()));
afterEach(() => http.close());

const launch = () => http.ec2().send(new RunInstancesCommand(launchInput("token")));
const count = (): number => http.world.ec2.fleet.instances().length;

test("a launch whose answer is lost took effect; its token finds the instance again", async () => {
  http.world.faults.add({ action: "RunInstances", times: 1, effect: { kind: "lostResponse" } });
  await expect(launch()).rejects.toThrow(/socket hang up|ECONNRESET/);
  expect(count()).toBe(1);
  const { Instances = [] } = await launch();
  expect([Instances[0]?.InstanceId, count()]).toEqual([http.world.ec2.fleet.instances()[0]?.instanceID, 1]);
});

test("a launch that never arrives looks the same to the client and has no effect", async () => {
  http.world.faults.add({ action: "RunInstances", times: 1, effect: { kind: "lostRequest" } });
  await expect(launch()).rejects.toThrow(/socket hang up|ECONNRESET/);
  expect(count()).toBe(0);
});

test("a terminate whose answer is lost took effect", async () => {
  const { Instances = [] } = await launch();
  http.world.faults.add({ action: "TerminateInstances", times: 1, effect: { kind: "lostResponse" } });
  const ids = [Instances[0]?.InstanceId ?? ""];
  await expect(http.ec2().send(new TerminateInstancesCommand({ InstanceIds: ids }))).rejects.toThrow();
  expect(["shutting-down", "terminated"]).toContain(http.world.ec2.fleet.state(ids[0]!));
});

test("silence lasts until the client gives up; the effect is there", async () => {
  http.world.faults.add({ action: "RunInstances", times: 1, effect: { kind: "lostResponse", symptom: "timeout" } });
  const giveUp = new AbortController();
  const call = http.ec2().send(new RunInstancesCommand(launchInput("token")), { abortSignal: giveUp.signal });
  const end = codeOf(call);
  while (count() === 0) await new Promise((resolve) => setImmediate(resolve));
  giveUp.abort();
  expect(await end).toBe("AbortError");
  expect(count()).toBe(1);
});

test("latency delays an answer in world time, then gives it", async () => {
  http.world.faults.add({ action: "DescribeInstances", times: 1, effect: { kind: "latency", delayMs: 30 } });
  const startedMs = http.world.clock.nowMs();
  await http.ec2().send(new DescribeInstancesCommand({}));
  expect(http.world.clock.nowMs() - startedMs).toBeGreaterThanOrEqual(29);
});

test("any error code of the vendor can be injected", async () => {
  http.world.faults.add({ times: 1, effect: { kind: "error", code: "InternalError", httpStatus: 500 } });
  expect(await codeOf(launch())).toBe("InternalError");
  expect(count()).toBe(0);
});

test("the log says what truly happened behind a loss, and which rule struck", async () => {
  const id = http.world.faults.add({ action: "RunInstances", times: 1, effect: { kind: "lostResponse" } });
  await codeOf(launch());
  expect(http.world.log.read({ action: "RunInstances" })).toMatchObject([
    { outcome: "lost (ok)", faults: [id], facts: { clientToken: ["token"], availabilityZone: ["ap-northeast-1a"] } },
  ]);
});

test("an action that the world does not know is an InvalidAction", async () => {
  const headers = {
    authorization: "AWS4-HMAC-SHA256 Credential=AKIACLOUDSYNCADMIN00/20261101/ap-northeast-1/ec2/aws4_request",
  };
  const response = await fetch(http.url, { method: "POST", headers, body: "Action=MakeCoffee&Version=2016-11-15" });
  expect([response.status, await response.text()]).toEqual([
    400,
    expect.stringContaining("<Code>InvalidAction</Code>"),
  ]);
});
