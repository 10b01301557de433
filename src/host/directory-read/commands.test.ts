/** The read of AD by Systems Manager: sent once, found again after a restart or a lost answer, and never taken for more than it says. */
import { fakeClock } from "../../../test/support/fake-clock.ts";
import type { CommandId, CommandPort, FindOutcome, InvocationReading, SendOutcome } from "../../aws/commands/port.ts";
import type { InstanceId } from "../../aws/instances/port.ts";
import type { AwsScope } from "../../aws/scope/port.ts";
import type { Failure } from "../../runtime/failure.ts";
import { documentRef } from "../document-refs.ts";
import { directoryReads } from "./commands.ts";

const COMMAND = "0b1c2d3e-0000-4000-8000-000000000001" as CommandId;
const OPERATION = "a".repeat(32);
const GROUP = "0f2c7a1e-3d0b-4a53-9d8e-0b6a4c9e1f11";
const signal = new AbortController().signal;

function setting() {
  const clock = fakeClock();
  const sent: { comment: string; parameters: Readonly<Record<string, string>> }[] = [];
  const at = {
    send: { kind: "sent", commandID: COMMAND } as SendOutcome,
    find: { kind: "notFound" } as FindOutcome,
    reading: { kind: "unread" } as InvocationReading,
    finds: 0,
  };
  const changes: ((change: { commandID: CommandId; instanceID: InstanceId }) => void)[] = [];
  const commands: CommandPort = {
    send: (_scope, { comment, parameters, document }) => {
      expect(document).toEqual(documentRef("ReadGroup"));
      sent.push({ comment, parameters });
      return Promise.resolve(at.send);
    },
    find: () => {
      at.finds += 1;
      return Promise.resolve(at.find);
    },
    reading: () => at.reading,
    cancel: () => Promise.reject(new Error("a read is never cancelled")),
    onChange: (handler) => void changes.push(handler),
  };
  const startedAtMs = clock.nowMs();
  const read = {
    scope: {} as AwsScope,
    instanceID: "i-0123456789abcdef0" as InstanceId,
    operationID: OPERATION,
    domainName: "Corp.Example.com",
    groupID: GROUP.toUpperCase(),
    startedAtMs,
    deadlineMs: startedAtMs + 300_000,
  };
  return { clock, commands, sent, at, read, changes, port: directoryReads(commands, clock) };
}

function ended(line: object, isSuccess = true): InvocationReading {
  const output = JSON.stringify({ step: "ReadGroup", operationID: OPERATION, changed: false, ...line });
  return { kind: "ended", isSuccess, statusDetails: "Success", responseCode: 0, output, errorOutput: "" };
}
const FACTS = {
  domainController: "dc1.corp.example.com",
  isFound: false,
  anchor: `Group_${GROUP}`,
  distinguishedName: null,
  sid: null,
  objectGUID: null,
  memberCount: null,
  memberHash: null,
};

test("it is sent once, under the anchor in lower case, and read until it ends", async () => {
  const { at, sent, port, read } = setting();
  expect(await port.readGroup(read, signal)).toEqual({ kind: "pending" });
  expect(sent).toEqual([
    {
      comment: `cloudsync ReadGroup ${OPERATION}`,
      parameters: { operationID: OPERATION, domainName: "corp.example.com", anchor: `Group_${GROUP}` },
    },
  ]);
  at.reading = { kind: "running", statusDetails: "InProgress" };
  expect(await port.readGroup(read, signal)).toEqual({ kind: "pending" });
  at.reading = ended({ outcome: "Succeeded", facts: FACTS });
  expect(await port.readGroup(read, signal)).toMatchObject({ kind: "read", facts: { isFound: false } });
  expect([sent.length, at.finds]).toEqual([1, 0]);
});

test("after a restart an earlier send is looked for first; only a complete list without it sends again", async () => {
  const { at, clock, commands, sent, read } = setting();
  await clock.advance(10_000);
  at.find = { kind: "found", commandID: COMMAND };
  expect(await directoryReads(commands, clock).readGroup(read, signal)).toEqual({ kind: "pending" });
  expect(sent).toEqual([]);
  at.find = { kind: "failed", failure: aFailure("Transient") };
  expect(await directoryReads(commands, clock).readGroup(read, signal)).toMatchObject({ kind: "pending" });
  expect(sent).toEqual([]);
  at.find = { kind: "notFound" };
  await directoryReads(commands, clock).readGroup(read, signal);
  expect(sent).toHaveLength(1);
});

test("a send whose answer was lost is looked for before the next one", async () => {
  const { at, sent, port, read } = setting();
  at.send = { kind: "unknown", failure: aFailure("UnknownOutcome") };
  expect(await port.readGroup(read, signal)).toEqual({ kind: "pending" });
  at.find = { kind: "found", commandID: COMMAND };
  await port.readGroup(read, signal);
  expect([sent.length, at.finds]).toEqual([1, 1]);
});

function aFailure(failureClass: Failure["class"]): Failure {
  return { class: failureClass, reason: "Any", message: "m", fix: "f", retryAfterMs: 4_000 };
}
test.each([
  ["Throttled", "pending"],
  ["Transient", "pending"],
  ["Denied", "failed"],
  ["Wait", "failed"],
  ["Permanent", "failed"],
] as const)("a send that is refused as %s is %s", async (failureClass, kind) => {
  const { at, port, read } = setting();
  at.send = { kind: "refused", failure: aFailure(failureClass) };
  const reading = await port.readGroup(read, signal);
  expect(reading.kind).toBe(kind);
  if (reading.kind === "pending") expect(reading.retryAfterMs).toBe(4_000);
});

test("what the step refuses, and a line that is none, are failures with a reason", async () => {
  const { at, port, read } = setting();
  await port.readGroup(read, signal);
  const error = { class: "Person", reason: "AnchorAmbiguous", message: "m", fix: "f" };
  at.reading = ended({ outcome: "Failed", error }, false);
  expect(await port.readGroup(read, signal)).toMatchObject({ kind: "failed", failure: { reason: "AnchorAmbiguous" } });
  at.reading = { ...ended({}), output: "Killed" } as InvocationReading;
  expect(await port.readGroup(read, signal)).toMatchObject({
    kind: "failed",
    failure: { reason: "DirectoryReadFailed" },
  });
});

test("a change of its command tells whose operation it is", async () => {
  const { port, read, changes } = setting();
  const told: string[] = [];
  port.onChange((operationID) => void told.push(operationID));
  await port.readGroup(read, signal);
  for (const change of changes) change({ commandID: COMMAND, instanceID: read.instanceID });
  for (const change of changes) change({ commandID: "other" as CommandId, instanceID: read.instanceID });
  expect(told).toEqual([OPERATION]);
});
