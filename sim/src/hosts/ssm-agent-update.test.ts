import { Bench } from "./test-bench.ts";

const OLD_IMAGE = "ami-0c3d4e5f607182930";

const node = (bench: Bench): Readonly<Record<string, unknown>> =>
  (bench.call("DescribeInstanceInformation", {})["InstanceInformationList"] as Readonly<Record<string, unknown>>[])[0]!;
const update = (bench: Bench, instanceID: string, version: string): string => {
  const input = {
    DocumentName: "AWS-UpdateSSMAgent",
    DocumentVersion: "$DEFAULT",
    InstanceIds: [instanceID],
    Parameters: { version: [version], allowDowngrade: ["false"] },
  };
  return (bench.call("SendCommand", input)["Command"] as { CommandId: string }).CommandId;
};

test("an update takes its time, restarts the agent, and the version is shown when it is back", () => {
  const bench = new Bench();
  const instanceID = bench.online("1", { imageID: OLD_IMAGE });
  expect(node(bench)).toMatchObject({ AgentVersion: "3.2.582.0" });
  const commandID = update(bench, instanceID, "3.3.2746.0");
  const status = (): unknown => bench.call("GetConnectionStatus", { Target: instanceID })["Status"];
  bench.clock.advance(90_000);
  expect([node(bench)["AgentVersion"], status()]).toEqual(["3.2.582.0", "connected"]);
  bench.clock.advance(5_000);
  expect(status()).toBe("notconnected");
  bench.clock.advance(60_000);
  expect([node(bench)["AgentVersion"], status()]).toEqual(["3.3.2746.0", "connected"]);
  expect(bench.invocation(commandID, instanceID)).toMatchObject({ Status: "Success" });
});

test("a new enough agent is left alone", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  const commandID = update(bench, instanceID, "3.3.2746.0");
  bench.clock.advance(20_000);
  expect(bench.invocation(commandID, instanceID)).toMatchObject({ Status: "Success" });
  expect(node(bench)).toMatchObject({ AgentVersion: "3.3.3050.0" });
});

test("an agent that is too old runs a product's script without its parameters", () => {
  const bench = new Bench();
  const instanceID = bench.online("1", { imageID: OLD_IMAGE });
  const commandID = bench.send("Probe", [instanceID], { operationID: "operation1" });
  bench.clock.advance(60_000);
  expect(bench.invocation(commandID, instanceID)).toMatchObject({ Status: "Failed", StandardOutputContent: "" });
});

test("a restart of the machine in the middle of the update loses nothing", () => {
  const bench = new Bench();
  const instanceID = bench.online("1", { imageID: OLD_IMAGE });
  const commandID = update(bench, instanceID, "3.3.2746.0");
  bench.clock.advance(30_000);
  bench.end(instanceID, "stop");
  bench.start(instanceID);
  bench.clock.advance(20 * 60_000);
  expect(node(bench)).toMatchObject({ AgentVersion: "3.3.2746.0" });
  expect(bench.invocation(commandID, instanceID)).toMatchObject({ Status: "Success" });
});
