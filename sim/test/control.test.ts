/** The control API and the command line over real HTTP, against a world with Windows hosts. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";

import type { VirtualClock } from "../src/core/clock.ts";
import { virtualClock } from "../src/core/clock.ts";
import type { RunningWorld } from "../src/serve.ts";
import { serveWorld } from "../src/serve.ts";
import type { World } from "../src/world.ts";
import { createWorld } from "../src/world.ts";
import { launchInput } from "./front.ts";
import { codeOf } from "./refusal.ts";

let clock: VirtualClock;
let world: World;
let running: RunningWorld;
let ec2: EC2Client;
let folder: string;
beforeEach(async () => {
  clock = virtualClock();
  world = createWorld({ clock, delays: { preset: "demo" } });
  running = await serveWorld(world);
  folder = mkdtempSync(join(tmpdir(), "world-"));
  writeFileSync(join(folder, "world.json"), JSON.stringify(running.endpoints));
  const { ec2: endpoint, adminAccessKeyID, region } = running.endpoints;
  ec2 = new EC2Client({
    endpoint,
    region,
    maxAttempts: 1,
    credentials: { accessKeyId: adminAccessKeyID, secretAccessKey: "any" },
  });
});
afterEach(async () => {
  ec2.destroy();
  await running.close();
  rmSync(folder, { recursive: true });
});

async function launch(name: string, changes: Record<string, unknown> = {}): Promise<string> {
  const Tags = { "cloudsync.dev/owner-id": "one", "cloudsync.dev/pool": "tokyo", "cloudsync.dev/agent": name };
  const TagSpecifications = [
    { ResourceType: "instance" as const, Tags: Object.entries(Tags).map(([Key, Value]) => ({ Key, Value })) },
  ];
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand(launchInput(name, { TagSpecifications, ...changes })),
  );
  clock.advance(10_000);
  return Instances[0]?.InstanceId ?? "";
}
/** JSON as it comes; a member that is not there reads as undefined. */
interface Answer {
  readonly [name: string]: Answer | undefined;
}
async function ask(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly answer: Answer }> {
  const response = await fetch(new URL(path, running.endpoints.control), {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, answer: (await response.json()) as Answer };
}

test("hosts are shown with their true state, inside and out, by id and by name", async () => {
  const id = await launch("tokyo-0-1");
  const { answer } = await ask("GET", "/hosts");
  expect(answer).toMatchObject([
    {
      instanceID: id,
      name: "tokyo-0-1",
      state: "running",
      isRootEncrypted: true,
      hasPublicAddress: false,
      httpTokens: "required",
    },
  ]);
  expect(answer[0]?.truth).toMatchObject({ instanceID: id, joinedDomain: null, registeredTenantID: null });
  expect((await ask("GET", "/hosts/tokyo-0-1")).answer.instanceID).toBe(id);
  expect((await ask("GET", "/hosts/nobody")).status).toBe(404);
});

test("a killed host ends terminated with a server error, protection or not", async () => {
  const id = await launch("tokyo-0-1", { DisableApiTermination: true });
  expect((await ask("POST", `/hosts/${id}/kill`)).answer.state).toBe("shutting-down");
  clock.advance(10_000);
  const ended = (await ask("GET", `/hosts/${id}`)).answer;
  expect(ended.state).toBe("terminated");
  expect(ended.stateReason).toMatch(/^Server.InternalError/);
  expect((await ask("POST", `/hosts/${id}/kill`)).status).toBe(409);
});

test("a terminate from the console names the user; stop and start go their way", async () => {
  const id = await launch("tokyo-0-1", { DisableApiTermination: true });
  await ask("POST", `/hosts/${id}/stop`);
  clock.advance(10_000);
  expect((await ask("GET", `/hosts/${id}`)).answer.state).toBe("stopped");
  await ask("POST", `/hosts/${id}/start`);
  clock.advance(10_000);
  expect((await ask("GET", `/hosts/${id}`)).answer.state).toBe("running");
  await ask("POST", `/hosts/${id}/terminate`);
  clock.advance(10_000);
  const ended = (await ask("GET", `/hosts/${id}`)).answer;
  expect(ended.state).toBe("terminated");
  expect(ended.stateReason).toMatch(/^Client.UserInitiatedShutdown/);
});

test("a frozen host runs for EC2, fails its check after a while, and thaws", async () => {
  const id = await launch("tokyo-0-1");
  await ask("POST", `/hosts/${id}/freeze`);
  clock.advance(10_000);
  const frozen = (await ask("GET", `/hosts/${id}`)).answer;
  expect([frozen.state, frozen.statusCheck, frozen.isFrozen, frozen.truth?.frozen]).toEqual([
    "running",
    "impaired",
    true,
    true,
  ]);
  await ask("POST", `/hosts/${id}/thaw`);
  const thawed = (await ask("GET", `/hosts/${id}`)).answer;
  expect([thawed.statusCheck, thawed.isFrozen, thawed.truth?.frozen]).toEqual(["ok", false, false]);
});

test("a host that is not waiting for a person refuses the registration by hand", async () => {
  const id = await launch("tokyo-0-1");
  const { status, answer } = await ask("POST", `/hosts/${id}/register`);
  expect([status, typeof answer.error]).toEqual([409, "string"]);
});

test("faults are added, listed, removed, and refused when they say something unknown", async () => {
  await ask("POST", "/faults", {
    service: "ec2",
    action: "RunInstances",
    times: 1,
    effect: { kind: "throttle" },
  });
  expect(await codeOf(launch("a"))).toBe("RequestLimitExceeded");
  expect((await ask("GET", "/faults")).answer).toMatchObject([{ id: "fault-1", strikes: 1 }]);
  expect((await ask("DELETE", "/faults/fault-1")).answer).toEqual({ removed: 1 });
  const wrong = [
    { effect: { kind: "earthquake" } },
    { effect: { kind: "latency" } },
    { effect: { kind: "throttle", extra: 1 } },
    { effect: { kind: "throttle" }, probability: 2 },
    { effect: { kind: "throttle" }, match: { colour: "red" } },
    { effect: { kind: "throttle" }, unknown: 1 },
  ];
  for (const rule of wrong) expect((await ask("POST", "/faults", rule)).status).toBe(400);
  expect((await ask("GET", "/faults")).answer).toEqual([]);
});

test("delays are read and set by name", async () => {
  expect((await ask("PUT", "/delays", { "ec2.pending": 123 })).answer["ec2.pending"]).toBe(123);
  expect(world.delays.ms("ec2.pending")).toBe(123);
  expect((await ask("PUT", "/delays", { "ec2.nothing": 1 })).status).toBe(400);
  expect((await ask("PUT", "/delays", { "ec2.pending": -1 })).status).toBe(400);
});

test("the call log, counts, buckets, time and snapshot answer", async () => {
  const id = await launch("tokyo-0-1");
  expect((await ask("GET", "/log?action=RunInstances")).answer).toMatchObject([
    { outcome: "ok", accountID: "111122223333" },
  ]);
  expect((await ask("GET", "/log?colour=red")).status).toBe(400);
  expect((await ask("GET", "/counts")).answer.total).toEqual({ "ec2:RunInstances": 1 });
  expect((await ask("PUT", "/buckets", { isOn: false })).answer).toEqual({ isOn: false });
  expect((await ask("GET", "/time")).answer.nowMs).toBe(clock.nowMs());
  expect((await ask("GET", "/snapshot")).answer).toMatchObject({
    hosts: [{ instanceID: id }],
    buckets: { isOn: false },
    faults: [],
  });
  expect((await ask("GET", "/snapshot")).answer.directories).toMatchObject([{ directoryID: "d-90670a1b2c" }]);
  expect((await ask("GET", "/nothing")).status).toBe(404);
  expect((await ask("GET", "/domains/corp.example.com")).answer.dnsName).toBe("corp.example.com");
});

test("Directory Service answers on a port of its own", async () => {
  const { directory, adminAccessKeyID, region } = running.endpoints;
  const response = await fetch(directory, {
    method: "POST",
    headers: {
      "x-amz-target": "DirectoryService_20150416.DescribeDirectories",
      authorization: `AWS4-HMAC-SHA256 Credential=${adminAccessKeyID}/20261101/${region}/ds/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: "{}",
  });
  expect(await response.json()).toMatchObject({ DirectoryDescriptions: [{ DirectoryId: "d-90670a1b2c" }] });
  expect(new Set([directory, running.endpoints.ssm, running.endpoints.ec2, running.endpoints.sts]).size).toBe(4);
});

test("a domain controller and a tenant are switched off and on", async () => {
  const down = await ask("PUT", "/domains/corp.example.com/dc1.corp.example.com", { isUp: false });
  expect(down.answer.downControllers).toEqual(["dc1.corp.example.com"]);
  expect((await ask("PUT", "/domains/corp.example.com/nobody", { isUp: false })).status).toBe(404);
  expect((await ask("PUT", "/tenants/6b29fc40-ca47-4067-b31d-00dd010662da", { isReachable: false })).status).toBe(200);
});

const run = promisify(execFile);
const node = join(import.meta.dirname, "../../node_modules/.bin/node");
const cli = join(import.meta.dirname, "../src/cli.ts");
const world$ = async (...words: string[]) =>
  (await run(node, [cli, "--endpoints", join(folder, "world.json"), ...words])).stdout;

// Each command is a process of its own: a busy machine needs seconds for all of them.
const CLI_TIMEOUT_MS = 60_000;

test(
  "the command line lists hosts, kills one, sets a delay and switches a fault",
  async () => {
    const id = await launch("tokyo-0-1");
    expect(await world$("hosts")).toMatch(new RegExp(`^INSTANCE .*\\n${id} +tokyo-0-1 +running`));
    await world$(
      "fault",
      "add",
      "latency",
      "--action",
      "Describe*",
      "--match",
      "availabilityZone=ap-northeast-1a",
      "--set",
      "delayMs=50",
      "--for-ms",
      "1000",
    );
    expect(world.faults.list()[0]?.rule).toEqual({
      action: "Describe*",
      match: { availabilityZone: "ap-northeast-1a" },
      untilMs: clock.nowMs() + 1_000,
      effect: { kind: "latency", delayMs: 50 },
    });
    await world$("delay", "ec2.pending", "7");
    expect(world.delays.ms("ec2.pending")).toBe(7);
    expect(JSON.parse(await world$("--json", "log", "--action", "RunInstances"))).toMatchObject([
      { action: "RunInstances" },
    ]);
    await ask("PUT", "/directories/d-90670a1b2c/controllers/dc-90670a1b01", { status: "Impaired" });
    const directories = (await world$("directories")).split("\n");
    expect(directories[0]).toMatch(/^DIRECTORY +NAME +TYPE +STAGE +CONTROLLER +AZ +ADDRESS +STATUS +ANSWERS +WHY$/);
    expect(directories[1]).toMatch(
      /^d-90670a1b2c +managed.example.com +MicrosoftAD +Impaired +dc-90670a1b01 +ap-northeast-1a +10.0.3.10 +Impaired +false /,
    );
    expect(directories[2]).toMatch(/Impaired +dc-90670a1b02 +ap-northeast-1c +10.0.4.10 +Active +true /);
    await world$("kill", "tokyo-0-1");
    expect(world.ec2.fleet.state(id)).toBe("shutting-down");
    await expect(world$("kill", "nobody")).rejects.toThrow("no host has the id or name nobody");
  },
  CLI_TIMEOUT_MS,
);
