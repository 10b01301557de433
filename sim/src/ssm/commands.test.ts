import { Bench, CALLER, content, documentName } from "../hosts/test-bench.ts";
import { INSTALL, JOIN } from "../hosts/test-steps.ts";

const code = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return "no error";
};
const PROBE = { operationID: ["operation0"] };
const sendRaw = (bench: Bench, input: object): { readonly CommandId: string } =>
  bench.call("SendCommand", { DocumentName: documentName("Probe"), Parameters: PROBE, ...input })["Command"] as {
    CommandId: string;
  };
const steps = (bench: Bench, instanceID: string): readonly (readonly [string, string])[] =>
  bench.guests.control.truth(instanceID)!.steps.map(({ step, result }) => [step, result]);

const refusals: readonly (readonly [sentence: string, input: (instanceID: string) => object, expected: string])[] = [
  ["an unknown node", () => ({ InstanceIds: ["i-0000000000000dead"] }), "InvalidInstanceId"],
  ["one unknown node beside a good one", (id) => ({ InstanceIds: [id, "i-0000000000000dead"] }), "InvalidInstanceId"],
  ["the same node twice", (id) => ({ InstanceIds: [id, id] }), "DuplicateInstanceId"],
  [
    "51 nodes",
    () => ({ InstanceIds: Array.from({ length: 51 }, (_, index) => `i-${String(index)}`) }),
    "ValidationException",
  ],
  ["an unknown document", (id) => ({ InstanceIds: [id], DocumentName: "CloudSync-None-0" }), "InvalidDocument"],
  ["another version", (id) => ({ InstanceIds: [id], DocumentVersion: "2" }), "InvalidDocumentVersion"],
  [
    "another hash",
    (id) => ({ InstanceIds: [id], DocumentHash: "0".repeat(64), DocumentHashType: "Sha256" }),
    "InvalidDocument",
  ],
  [
    "a parameter that is not declared",
    (id) => ({ InstanceIds: [id], Parameters: { ...PROBE, other: ["x"] } }),
    "InvalidParameters",
  ],
  ["a missing parameter", (id) => ({ InstanceIds: [id], Parameters: {} }), "InvalidParameters"],
  ["a delivery timeout below 30 s", (id) => ({ InstanceIds: [id], TimeoutSeconds: 29 }), "ValidationException"],
  ["a comment of 101 characters", (id) => ({ InstanceIds: [id], Comment: "x".repeat(101) }), "ValidationException"],
];
for (const [sentence, input, expected] of refusals) {
  test(`SendCommand refuses ${sentence}, and no command comes of it`, () => {
    const bench = new Bench();
    const instanceID = bench.online("1");
    expect(code(() => sendRaw(bench, input(instanceID)))).toBe(expected);
    expect(bench.call("ListCommands", {})["Commands"]).toEqual([]);
  });
}

test("parameters are checked against the document's own pattern", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  const parameters = { word: { type: "String", allowedPattern: "^[a-z]{3}$" } };
  const mainSteps = [{ action: "aws:runPowerShellScript", name: "run" }];
  bench.call("CreateDocument", {
    Name: "Patterned",
    Content: JSON.stringify({ schemaVersion: "2.2", parameters, mainSteps }),
  });
  bench.clock.advance(1_000);
  const send = (word: string): unknown =>
    sendRaw(bench, { DocumentName: "Patterned", InstanceIds: [instanceID], Parameters: { word: [word] } });
  expect(code(() => send("abcd; Remove-Item"))).toBe("InvalidParameters");
  expect(code(() => send("abc"))).toBe("no error");
});

test("a terminated or long silent host is refused, a freshly silent one is not", () => {
  const bench = new Bench();
  const [silent, terminated] = [bench.online("1"), bench.online("2")];
  bench.guests.control.freeze(silent);
  bench.end(terminated, "terminate");
  expect(code(() => sendRaw(bench, { InstanceIds: [silent] }))).toBe("no error");
  expect(code(() => sendRaw(bench, { InstanceIds: [terminated] }))).toBe("InvalidInstanceId");
  bench.clock.advance(7 * 60_000);
  expect(code(() => sendRaw(bench, { InstanceIds: [silent] }))).toBe("InvalidInstanceId");
});

test("right after a send the invocation does not exist; then it is pending, in progress with -1, and ended", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  const { CommandId } = sendRaw(bench, { InstanceIds: [instanceID] });
  const seen: unknown[] = [];
  for (let step = 0; step < 14; step += 1) {
    seen.push(
      code(() => bench.invocation(CommandId, instanceID)) === "no error"
        ? bench.invocation(CommandId, instanceID)["Status"]
        : "InvocationDoesNotExist",
    );
    bench.clock.advance(500);
  }
  expect([...new Set(seen)]).toEqual(["InvocationDoesNotExist", "Pending", "InProgress", "Success"]);
  expect(bench.invocation(CommandId, instanceID)).toMatchObject({
    ResponseCode: 0,
    StatusDetails: "Success",
    StandardErrorContent: "",
  });
});

test("a host that dies mid-run leaves the invocation InProgress until both timeouts have passed", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  const commandID = bench.send("Join", [instanceID], { operationID: "operation1", ...JOIN });
  bench.clock.advance(5_000);
  bench.end(instanceID, "terminate");
  bench.clock.advance((600 + 1_800 - 10) * 1_000);
  expect(bench.invocation(commandID, instanceID)).toMatchObject({ Status: "InProgress", ResponseCode: -1 });
  bench.clock.advance(10_000);
  expect(bench.invocation(commandID, instanceID)).toMatchObject({
    Status: "TimedOut",
    StatusDetails: "ExecutionTimedOut",
  });
});

test("a command that reaches nobody is Delayed, then DeliveryTimedOut; to a node that is gone it is Undeliverable", () => {
  const bench = new Bench();
  const [frozen, gone] = [bench.online("1"), bench.online("2")];
  bench.guests.control.freeze(frozen);
  bench.guests.control.freeze(gone);
  const commandID = bench.send("Probe", [frozen, gone], { operationID: "operation1" });
  const long = sendRaw(bench, { InstanceIds: [gone], TimeoutSeconds: 3_600 }).CommandId;
  bench.clock.advance(599_000);
  expect(bench.invocation(commandID, frozen)).toMatchObject({ Status: "Delayed" });
  bench.clock.advance(1_000);
  expect(bench.invocation(commandID, frozen)).toMatchObject({ Status: "TimedOut", StatusDetails: "DeliveryTimedOut" });
  bench.end(gone, "terminate");
  bench.clock.advance(3_600_000);
  expect(bench.invocation(long, gone)).toMatchObject({ StatusDetails: "Undeliverable" });
  bench.guests.control.thaw(frozen);
  bench.clock.advance(60_000);
  expect(steps(bench, frozen)).toEqual([]);
});

test("a command waits for a host that comes back within the delivery timeout", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  bench.guests.control.freeze(instanceID);
  const commandID = bench.send("Probe", [instanceID], { operationID: "operation1" });
  bench.clock.advance(300_000);
  bench.guests.control.thaw(instanceID);
  bench.clock.advance(10_000);
  expect(bench.invocation(commandID, instanceID)).toMatchObject({ Status: "Success" });
});

test("a run that takes longer than its execution timeout is killed on the host without its effect", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  bench.faults.add({ service: "host", action: "Install", effect: { kind: "hostSlow", delayMs: 3_600_000 } });
  const commandID = bench.send("Install", [instanceID], { operationID: "operation1", ...INSTALL });
  bench.clock.advance(1_810_000);
  expect(bench.invocation(commandID, instanceID)).toMatchObject({
    Status: "TimedOut",
    StatusDetails: "ExecutionTimedOut",
  });
  bench.clock.advance(7_200_000);
  expect(bench.guests.control.truth(instanceID)).toMatchObject({ installedVersion: null });
});

test("a command delivered twice runs once; its operation id answers the second copy with the first result", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  bench.faults.add({ service: "ssm", times: 1, effect: { kind: "duplicateDelivery" } });
  const commandID = bench.send("Install", [instanceID], { operationID: "operation1", ...INSTALL });
  bench.clock.advance(600_000);
  expect(steps(bench, instanceID)).toEqual([
    ["Install", "succeeded"],
    ["Install", "repeated"],
  ]);
  expect(bench.invocation(commandID, instanceID)).toMatchObject({ Status: "Success" });
  const again = bench.run("Install", instanceID, { operationID: "operation1", ...INSTALL });
  expect(again).toMatchObject({ changed: true });
});

test("a duplicated join restarts the host once and ends well", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  bench.faults.add({ service: "ssm", times: 1, effect: { kind: "duplicateDelivery" } });
  const commandID = bench.send("Join", [instanceID], { operationID: "operation1", ...JOIN });
  bench.clock.advance(1_200_000);
  expect(bench.guests.control.truth(instanceID)).toMatchObject({ boots: 2, joinedDomain: "corp.example.com" });
  expect(bench.invocation(commandID, instanceID)).toMatchObject({ Status: "Success" });
});

test("an agent runs at most five commands at once", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  for (let index = 0; index < 6; index += 1)
    bench.send("Probe", [instanceID], { operationID: `operation${String(index)}` });
  bench.clock.advance(1_500 + 3_100);
  expect(steps(bench, instanceID)).toHaveLength(5);
  bench.clock.advance(3_100);
  expect(steps(bench, instanceID)).toHaveLength(6);
});

test("scripts that change something run one at a time; a probe does not wait for them", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  bench.send("Install", [instanceID], { operationID: "operation1", ...INSTALL });
  bench.clock.advance(5_000);
  const drain = bench.send("Drain", [instanceID], { operationID: "operation2" });
  expect(bench.run("Probe", instanceID)).toMatchObject({ facts: { agentService: "Missing" } });
  expect(bench.invocation(drain, instanceID)).toMatchObject({ Status: "InProgress" });
  bench.clock.advance(300_000);
  expect(steps(bench, instanceID).map(([step]) => step)).toEqual(["Probe", "Install", "Drain"]);
});

test("a host that dies before or after the effect goes on with the command once it is started again", () => {
  for (const when of ["before", "after"] as const) {
    const bench = new Bench();
    const instanceID = bench.online("1");
    bench.faults.add({ service: "host", action: "Install", times: 1, effect: { kind: "hostDeath", when } });
    const commandID = bench.send("Install", [instanceID], { operationID: "operation1", ...INSTALL });
    bench.clock.advance(200_000);
    expect(bench.guests.control.truth(instanceID)).toMatchObject({
      power: "off",
      installedVersion: when === "before" ? null : "1.1.2505.0",
    });
    expect(bench.invocation(commandID, instanceID)).toMatchObject({ Status: "InProgress" });
    bench.start(instanceID);
    bench.clock.advance(600_000);
    expect(bench.invocation(commandID, instanceID)).toMatchObject({ Status: "Success" });
    expect(steps(bench, instanceID).at(-1)).toEqual(["Install", when === "before" ? "succeeded" : "repeated"]);
  }
});

test("a host that hangs in a step stands still until somebody resets it", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  bench.faults.add({ service: "host", action: "Join", times: 1, effect: { kind: "hostHang", when: "before" } });
  const commandID = bench.send("Join", [instanceID], { operationID: "operation1", ...JOIN });
  bench.clock.advance(600_000);
  expect(bench.guests.control.truth(instanceID)).toMatchObject({ frozen: true, joinedDomain: null });
  expect(bench.invocation(commandID, instanceID)).toMatchObject({ Status: "InProgress" });
});

test("a cancelled command ends without its effect; a pending one is cancelled at once", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  const running = bench.send("Install", [instanceID], { operationID: "operation1", ...INSTALL });
  bench.clock.advance(5_000);
  bench.call("CancelCommand", { CommandId: running });
  expect(bench.invocation(running, instanceID)).toMatchObject({ Status: "Cancelling" });
  const pending = bench.send("Probe", [instanceID], { operationID: "operation2" });
  bench.call("CancelCommand", { CommandId: pending });
  bench.clock.advance(300_000);
  expect(bench.invocation(running, instanceID)).toMatchObject({ Status: "Cancelled", StatusDetails: "Cancelled" });
  expect(bench.invocation(pending, instanceID)).toMatchObject({ Status: "Cancelled" });
  expect(bench.guests.control.truth(instanceID)).toMatchObject({ installedVersion: null });
  expect(code(() => bench.call("CancelCommand", { CommandId: "11111111-1111-4111-8111-111111111111" }))).toBe(
    "InvalidCommandId",
  );
});

test("an ambiguous send is found again by its comment, newest first, by time and document", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  for (const comment of ["first", "second", "third"]) {
    sendRaw(bench, { InstanceIds: [instanceID], Comment: comment });
    bench.clock.advance(60_000);
  }
  const list = (input: object): readonly { Comment: string; Parameters: unknown }[] =>
    bench.call("ListCommands", { ...input })["Commands"] as { Comment: string; Parameters: unknown }[];
  expect(list({}).map(({ Comment }) => Comment)).toEqual(["third", "second", "first"]);
  const after = new Date(bench.clock.nowMs() - 150_000).toISOString();
  const filters = [
    { key: "InvokedAfter", value: after },
    { key: "DocumentName", value: documentName("Probe") },
  ];
  expect(list({ Filters: filters }).map(({ Comment }) => Comment)).toEqual(["third", "second"]);
  expect(list({ Filters: filters })[0]?.Parameters).toMatchObject(PROBE);
  expect(list({ Filters: [{ key: "Status", value: "Failed" }] })).toEqual([]);
  expect(code(() => list({ Filters: [{ key: "Color", value: "red" }] }))).toBe("InvalidFilterKey");
  const first = bench.call("ListCommands", { MaxResults: 2 });
  expect(bench.call("ListCommands", { NextToken: first["NextToken"] })["Commands"]).toMatchObject([
    { Comment: "first" },
  ]);
});

test("outputs are cut: 24,000 and 8,000 characters in an invocation, 2,500 in a list", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  const long = `echo ${"x".repeat(30_000)}`;
  const { CommandId } = sendRaw(bench, {
    DocumentName: "AWS-RunPowerShellScript",
    InstanceIds: [instanceID],
    Parameters: { commands: [long] },
  });
  bench.clock.advance(10_000);
  expect(String(bench.invocation(CommandId, instanceID)["StandardOutputContent"])).toHaveLength(24_000);
  const listed = (input: object): readonly { CommandPlugins: readonly { Output: string }[] }[] =>
    bench.call("ListCommandInvocations", { CommandId, ...input })["CommandInvocations"] as {
      CommandPlugins: { Output: string }[];
    }[];
  expect(listed({ Details: true })[0]?.CommandPlugins[0]?.Output).toHaveLength(2_500);
  expect(listed({})[0]?.CommandPlugins).toEqual([]);
});

test("plain lines run on a host; one that the world does not know fails as unknown", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  const run = (...commands: string[]): unknown => {
    const { CommandId } = sendRaw(bench, {
      DocumentName: "AWS-RunPowerShellScript",
      InstanceIds: [instanceID],
      Parameters: { commands },
    });
    bench.clock.advance(10_000);
    return bench.invocation(CommandId, instanceID);
  };
  expect(run("Write-Output 'hello'", "exit 7")).toMatchObject({
    Status: "Failed",
    ResponseCode: 7,
    StandardOutputContent: "hello\r\n",
  });
  expect(run("Get-Moon")).toMatchObject({ Status: "Failed", ResponseCode: 1 });
});

test("documents are kept word for word, hashed, and taken once", () => {
  const bench = new Bench();
  const document = bench.call("DescribeDocument", { Name: documentName("Probe") })["Document"] as { Hash: string };
  expect(document).toMatchObject({ HashType: "Sha256", Status: "Active", SchemaVersion: "2.2", DocumentVersion: "1" });
  expect(document.Hash).toMatch(/^[0-9a-f]{64}$/);
  expect(bench.call("GetDocument", { Name: documentName("Probe") })["Content"]).toBe(content("Probe"));
  expect(code(() => bench.call("CreateDocument", { Name: documentName("Probe"), Content: content("Probe") }))).toBe(
    "DocumentAlreadyExists",
  );
  expect(code(() => bench.call("CreateDocument", { Name: "Bad", Content: "{" }))).toBe("InvalidDocumentContent");
  expect(code(() => bench.call("CreateDocument", { Name: "Old", Content: '{"schemaVersion":"1.2"}' }))).toBe(
    "InvalidDocumentSchemaVersion",
  );
  expect(code(() => bench.call("CreateDocument", { Name: "AWS-Mine", Content: content("Probe") }))).toBe(
    "ValidationException",
  );
  bench.call("DeleteDocument", { Name: documentName("Probe") });
  expect(code(() => bench.call("GetDocument", { Name: documentName("Probe") }))).toBe("InvalidDocument");
});

test("other content under a document's name is served at once, as version 1 with another hash; put right, it is the old one again", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  const send = (): unknown => bench.send("Probe", [instanceID], { operationID: "operation1" });
  const name = documentName("Probe");
  const changed = content("Probe").replace("# product script", "# another");
  bench.guests.control.setDocument(CALLER, name, changed);
  bench.clock.advance(1_000);
  expect(bench.call("GetDocument", { Name: name, DocumentVersion: "1" })["Content"]).toBe(changed);
  expect(code(send)).toBe("InvalidDocument");
  bench.guests.control.setDocument(CALLER, name, undefined);
  expect(code(() => bench.call("DescribeDocument", { Name: name }))).toBe("InvalidDocument");
  bench.guests.control.setDocument(CALLER, name, content("Probe"));
  bench.clock.advance(1_000);
  expect(code(send)).toBe("no error");
});

test("a public parameter names the image; an unknown one is not found", () => {
  const bench = new Bench();
  const name = "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base";
  expect(bench.call("GetParameter", { Name: name })["Parameter"]).toMatchObject({
    Name: name,
    Value: "ami-0a1b2c3d4e5f60718",
  });
  expect(code(() => bench.call("GetParameter", { Name: "/none" }))).toBe("ParameterNotFound");
});
