/** Directories in time: creation, broken controllers, a person's hand, and what hosts feel of it (aws.md 12.3 item 7). */
import { Bench } from "../hosts/test-bench.ts";
import { JOIN } from "../hosts/test-steps.ts";
import { DEFAULT_LAYOUT } from "../layout/default.ts";
import { Desk, DIRECTORY_ID, DOMAIN, FIRST, MINUTE_MS, SECOND, type Answer } from "./test-desk.ts";

const ORDER = { name: "lab.example.com", shortName: "LAB", subnetIDs: ["subnet-0dira", "subnet-0dirc"] };
const FIRST_MACHINE = "win-90670a1b01.managed.example.com";
const SECOND_MACHINE = "win-90670a1b02.managed.example.com";

/** An id as text. */
function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

async function setStatus(desk: Desk, controllerID: string, status: string): Promise<Answer> {
  const path = `/directories/${DIRECTORY_ID}/controllers/${controllerID}`;
  const { status: httpStatus, answer } = await desk.control("PUT", path, { status, statusReason: "rehearsal" });
  expect(httpStatus).toBe(200);
  return answer;
}

test("a new directory goes Requested, Creating, Created, Active; its controllers are made on the way (aws.md 12.3 item 7)", async () => {
  const desk = new Desk();
  const { answer } = await desk.control("POST", "/directories", ORDER);
  const id = text(answer["directoryID"]);
  expect(id).toMatch(/^d-[0-9a-f]{10}$/);
  const seen = async (): Promise<readonly unknown[]> => {
    const { Stage, DnsIpAddrs } = await desk.directory(id);
    return [Stage, DnsIpAddrs, (await desk.controllers(id)).map(({ Status }) => Status)];
  };
  expect(await seen()).toEqual(["Requested", [], []]);
  desk.clock.advance(10_000);
  expect(await seen()).toEqual(["Creating", ["10.0.3.4", "10.0.4.4"], ["Creating", "Creating"]]);
  desk.clock.advance(25 * MINUTE_MS);
  expect(await seen()).toEqual(["Created", ["10.0.3.4", "10.0.4.4"], ["Active", "Active"]]);
  desk.clock.advance(5 * MINUTE_MS);
  expect(await seen()).toEqual(["Active", ["10.0.3.4", "10.0.4.4"], ["Active", "Active"]]);
  expect((await desk.directory(id))["StageLastUpdatedDateTime"]).toBe(desk.clock.nowMs() / 1_000);
  expect((await desk.directory(id))["LaunchTime"]).toBe((desk.clock.nowMs() - 30 * MINUTE_MS - 10_000) / 1_000);
});

test("a new directory takes over the controllers of the layout's domain of its name: hosts reach them once it is Active", async () => {
  const layout = { ...DEFAULT_LAYOUT, directories: { directories: [] } };
  const desk = new Desk({ layout });
  const order = { ...ORDER, name: DOMAIN, shortName: "MANAGED" };
  const { answer } = await desk.control("POST", "/directories", order);
  expect(desk.down()).toEqual([FIRST_MACHINE, SECOND_MACHINE]);
  desk.clock.advance(29 * MINUTE_MS);
  expect(desk.down()).toEqual([FIRST_MACHINE, SECOND_MACHINE]);
  desk.clock.advance(2 * MINUTE_MS);
  expect(desk.down()).toEqual([]);
  expect((await desk.directory(text(answer["directoryID"])))["DnsIpAddrs"]).toEqual(["10.0.3.10", "10.0.4.10"]);
});

for (const status of ["Impaired", "Failed"]) {
  test(`a controller that is ${status} impairs its directory, and is replaced in its zone under its address (aws.md 12.3 item 7)`, async () => {
    const desk = new Desk();
    await setStatus(desk, FIRST, status);
    expect((await desk.controllers())[0]).toMatchObject({ Status: status, StatusReason: "rehearsal" });
    expect(await desk.directory()).toMatchObject({
      Stage: "Impaired",
      StageReason: `Domain controller ${FIRST} in ap-northeast-1a is ${status}.`,
    });
    expect(desk.down()).toEqual([FIRST_MACHINE]);
    desk.clock.advance(20 * MINUTE_MS - 1);
    expect((await desk.controllers())[0]).toMatchObject({ DomainControllerId: FIRST, Status: status });
    desk.clock.advance(1);
    const place = { DnsIpAddr: "10.0.3.10", SubnetId: "subnet-0dira", AvailabilityZone: "ap-northeast-1a" };
    const [, fresh] = await desk.controllers();
    expect(fresh).toMatchObject({ ...place, Status: "Creating", LaunchTime: desk.clock.nowMs() / 1_000 });
    expect(fresh?.["DomainControllerId"]).not.toBe(FIRST);
    expect(desk.down()).toEqual([FIRST_MACHINE]);
    desk.clock.advance(15 * MINUTE_MS);
    expect((await desk.controllers())[1]).toMatchObject({ ...place, Status: "Active" });
    expect(await desk.directory()).toMatchObject({ Stage: "Active", DnsIpAddrs: ["10.0.3.10", "10.0.4.10"] });
    expect((await desk.directory())["StageReason"]).toBeUndefined();
    expect(desk.down()).toEqual([]);
    expect(desk.clock.nextDueMs()).toBeUndefined();
  });
}

test("a controller that recovers in time is not replaced", async () => {
  const desk = new Desk();
  await setStatus(desk, FIRST, "Impaired");
  desk.clock.advance(19 * MINUTE_MS);
  await setStatus(desk, FIRST, "Active");
  expect(desk.down()).toEqual([]);
  desk.clock.advance(60 * MINUTE_MS);
  expect((await desk.controllers()).map((one) => one["DomainControllerId"])).toEqual([FIRST, SECOND]);
});

test("a directory without a working controller is Inoperable, and no host reaches its domain (aws.md 12.3 item 7)", async () => {
  const desk = new Desk();
  await setStatus(desk, FIRST, "Failed");
  const { stage } = await setStatus(desk, SECOND, "Impaired");
  expect(stage).toBe("Inoperable");
  expect(desk.down()).toEqual([FIRST_MACHINE, SECOND_MACHINE]);
  expect(desk.down("corp.example.com")).toEqual([]);
});

const statuses: readonly (readonly [status: string, isReached: boolean])[] = [
  ["Creating", false],
  ["Active", true],
  ["Impaired", false],
  ["Restoring", false],
  ["Deleting", false],
  ["Deleted", false],
  ["Failed", false],
  ["Updating", true],
];
for (const [status, isReached] of statuses) {
  test(`hosts ${isReached ? "reach" : "do not reach"} a controller that is ${status} (aws.md 12.3 item 7)`, async () => {
    const desk = new Desk();
    await setStatus(desk, SECOND, status);
    expect(desk.down()).toEqual(isReached ? [] : [SECOND_MACHINE]);
  });
}

const stages: readonly (readonly [stage: string, isReached: boolean])[] = [
  ["Requested", false],
  ["Creating", false],
  ["Created", false],
  ["Active", true],
  ["Inoperable", false],
  ["Impaired", true],
  ["Restoring", false],
  ["RestoreFailed", false],
  ["Deleting", false],
  ["Deleted", false],
  ["Failed", false],
  ["Updating", true],
];
for (const [stage, isReached] of stages) {
  test(`a stage held at ${stage} is shown with its reason; hosts ${isReached ? "still reach" : "do not reach"} the domain (aws.md 12.3 item 7)`, async () => {
    const desk = new Desk();
    desk.clock.advance(MINUTE_MS);
    await desk.control("PUT", `/directories/${DIRECTORY_ID}`, { stage, stageReason: "rehearsal" });
    expect(await desk.directory()).toMatchObject({ Stage: stage, StageReason: "rehearsal" });
    expect(desk.down()).toEqual(isReached ? [] : [FIRST_MACHINE, SECOND_MACHINE]);
    await desk.control("PUT", `/directories/${DIRECTORY_ID}`, { stage: null });
    expect((await desk.directory())["Stage"]).toBe("Active");
    expect(desk.down()).toEqual([]);
  });
}

test("a held stage stays while controllers break and mend behind it", async () => {
  const desk = new Desk();
  const held = await desk.control("PUT", `/directories/${DIRECTORY_ID}`, { stage: "Active" });
  expect(held.answer).toMatchObject({ stage: "Active", isStageHeld: true });
  await setStatus(desk, FIRST, "Failed");
  expect((await desk.directory())["Stage"]).toBe("Active");
  expect(desk.down()).toEqual([FIRST_MACHINE]);
});

test("a host joins through the one controller that answers, and not through none", () => {
  const bench = new Bench();
  const domain = (address: string, isAnswering: boolean): void =>
    bench.guests.domains.setAnswering("CORP.example.com", address, isAnswering);
  const host = bench.online("1");
  domain("10.0.1.10", false);
  domain("10.0.2.10", false);
  expect(bench.run("Join", host, JOIN).error).toMatchObject({ reason: "DomainControllerUnreachable" });
  domain("10.0.2.10", true);
  expect(bench.run("Join", host, JOIN).outcome).toBe("Succeeded");
});

test("without delays a broken controller is still seen broken: its replacement is never begun at once", async () => {
  const desk = new Desk({ delays: { preset: "zero" } });
  await setStatus(desk, FIRST, "Failed");
  desk.clock.advance(MINUTE_MS);
  expect((await desk.controllers())[0]).toMatchObject({ DomainControllerId: FIRST, Status: "Failed" });
});

const wrong: readonly (readonly [sentence: string, method: string, path: string, body: unknown, status: number])[] = [
  ["an unknown directory", "GET", "/directories/d-0123456789", undefined, 404],
  ["an unknown controller", "PUT", `/directories/${DIRECTORY_ID}/controllers/dc-0`, { status: "Failed" }, 404],
  ["an unknown stage", "PUT", `/directories/${DIRECTORY_ID}`, { stage: "Tired" }, 400],
  ["an unknown status", "PUT", `/directories/${DIRECTORY_ID}/controllers/${FIRST}`, { status: "Inoperable" }, 400],
  ["an unknown member", "PUT", `/directories/${DIRECTORY_ID}`, { stage: "Active", colour: "red" }, 400],
  ["a path too long", "PUT", `/directories/${DIRECTORY_ID}/controllers/${FIRST}/more`, { status: "Failed" }, 404],
  ["a third part elsewhere", "PUT", "/domains/corp.example.com/dc1.corp.example.com/more", { isUp: false }, 404],
  ["a name that is none", "POST", "/directories", { ...ORDER, name: "lab" }, 400],
  ["one subnet", "POST", "/directories", { ...ORDER, subnetIDs: ["subnet-0a"] }, 409],
  ["two subnets of one zone", "POST", "/directories", { ...ORDER, subnetIDs: ["subnet-0a", "subnet-0small"] }, 409],
  ["subnets of two VPCs", "POST", "/directories", { ...ORDER, subnetIDs: ["subnet-0c", "subnet-1a"] }, 409],
  ["an unknown subnet", "POST", "/directories", { ...ORDER, subnetIDs: ["subnet-0a", "subnet-0none"] }, 409],
  ["a name that exists", "POST", "/directories", { ...ORDER, name: "Managed.example.com" }, 409],
];
for (const [sentence, method, path, body, status] of wrong) {
  test(`the control API refuses ${sentence} with a sentence`, async () => {
    const reply = await new Desk().control(method, path, body);
    expect([reply.status, typeof reply.answer["error"]]).toEqual([status, "string"]);
  });
}
