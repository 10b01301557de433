import type {
  CommandId,
  CommandPort,
  CommandRequest,
  InvocationReading,
  SendOutcome,
} from "../../aws/commands/port.ts";
import { parseInstanceId, type InstanceId } from "../../aws/instances/port.ts";
import type { AwsScope } from "../../aws/scope/port.ts";
import type { Failure } from "../../runtime/failure.ts";
import { fakeClock } from "../../../test/support/fake-clock.ts";
import { probeBoard } from "./board.ts";

const SCOPE: AwsScope = { region: "ap-northeast-1", accountID: "111122223333", base: { kind: "operator" } };
const INTERVAL_MS = 300_000;
const FACTS = {
  computerName: "CSA1",
  domain: "corp.example.com",
  isDomainTrusted: true,
  agentVersion: "1.1.2505.0",
  agentService: "Running",
  updaterService: "Running",
  serviceAccount: "CORP\\gmsa$",
  isGMSAUsable: true,
  tenantID: null,
  certificateNotAfter: null,
  configuredDomains: [],
  unreachableDomainControllers: [],
  isEntraReachable: true,
  pendingReboot: false,
};

function instance(number: number): InstanceId {
  const parsed = parseInstanceId(`i-${number.toString(16).padStart(17, "0")}`);
  if (parsed === undefined) throw new Error("not an instance id");
  return parsed;
}

/** A fleet that answers each probe at once, unless told otherwise. */
function bench() {
  const clock = fakeClock();
  const sent: CommandRequest[] = [];
  const answers = new Map<string, InvocationReading>();
  const refused = new Set<InstanceId>();
  const asked: number[] = [];
  const why: { failure: Failure } = { failure: { class: "Wait", reason: "NodeUnknown", message: "m", fix: "f" } };
  const commands: CommandPort = {
    send(_scope, request): Promise<SendOutcome> {
      asked.push(request.instanceIDs.length);
      if (request.instanceIDs.some((id) => refused.has(id)))
        return Promise.resolve({ kind: "refused", failure: why.failure });
      sent.push(request);
      const commandID = `command-${sent.length}` as CommandId;
      const output = JSON.stringify({
        step: "Probe",
        operationID: request.parameters.operationID,
        outcome: "Succeeded",
        changed: false,
        facts: FACTS,
      });
      for (const id of request.instanceIDs) {
        answers.set(`${commandID}/${id}`, {
          kind: "ended",
          isSuccess: true,
          statusDetails: "Success",
          responseCode: 0,
          output,
          errorOutput: "",
        });
      }
      return Promise.resolve({ kind: "sent", commandID });
    },
    find: () => Promise.resolve({ kind: "notFound" }),
    reading: (_scope, commandID, instanceID) => answers.get(`${commandID}/${instanceID}`) ?? { kind: "unread" },
    cancel: () => Promise.resolve({ kind: "done" }),
    onChange: () => undefined,
  };
  const board = probeBoard({ commands, clock, gatherMs: 500, answerTimeoutMs: 60_000, forgetMs: 900_000 });
  const stop = new AbortController();
  const running = board.run(stop.signal);
  const end = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  return { clock, sent, asked, answers, refused, why, board, end };
}

test("hosts that are due together are asked by one command, 50 at most", async () => {
  const { clock, sent, board, end } = bench();
  for (let number = 1; number <= 120; number += 1) board.reading(SCOPE, instance(number), INTERVAL_MS);
  await clock.advance(1_000);
  expect(sent.map(({ instanceIDs }) => instanceIDs.length)).toEqual([50, 50, 20]);
  await clock.advance(1_000);
  expect(board.reading(SCOPE, instance(7), INTERVAL_MS)).toMatchObject({
    kind: "read",
    facts: { computerName: "CSA1" },
  });
  await end();
});

test("a single host is asked at once, and those that come right after it wait for each other", async () => {
  const { clock, sent, board, end } = bench();
  await clock.advance(750); // between two gatherings
  board.reading(SCOPE, instance(1), INTERVAL_MS);
  await clock.settle();
  expect(sent.map(({ instanceIDs }) => instanceIDs)).toEqual([[instance(1)]]);
  for (const number of [2, 3]) board.reading(SCOPE, instance(number), INTERVAL_MS);
  await clock.settle();
  expect(sent).toHaveLength(1);
  await clock.advance(500);
  expect(sent.slice(1).map(({ instanceIDs }) => instanceIDs)).toEqual([[instance(2), instance(3)]]);
  await end();
});

test("a host is asked once an interval, and no more when nobody wants to know", async () => {
  const { clock, sent, board, end } = bench();
  board.reading(SCOPE, instance(1), INTERVAL_MS);
  await clock.advance(2 * INTERVAL_MS - 10_000);
  expect(sent).toHaveLength(2);
  await clock.advance(4 * INTERVAL_MS);
  const whenForgotten = sent.length;
  await clock.advance(4 * INTERVAL_MS);
  expect(sent).toHaveLength(whenForgotten);
  await end();
});

test("the age of the evidence counts from the send, and a failed probe keeps the last answer and says why", async () => {
  const { clock, answers, board, end } = bench();
  await clock.settle(); // the first gathering finds nobody
  const sentMs = clock.monotonicMs();
  board.reading(SCOPE, instance(1), INTERVAL_MS);
  await clock.advance(1_000);
  expect(board.reading(SCOPE, instance(1), INTERVAL_MS)).toMatchObject({ kind: "read", observedMs: sentMs });
  answers.clear();
  const original = answers.set.bind(answers);
  answers.set = (key) =>
    original(key, {
      kind: "ended",
      isSuccess: false,
      statusDetails: "Failed",
      responseCode: 1,
      output: "boom",
      errorOutput: "",
    });
  await clock.advance(INTERVAL_MS + 1_000);
  expect(board.reading(SCOPE, instance(1), INTERVAL_MS)).toMatchObject({
    kind: "read",
    observedMs: sentMs,
    failure: { reason: "ProbeFailed" },
  });
  await end();
});

test("one host that SSM does not know does not keep the others from being asked", async () => {
  const { clock, refused, board, end } = bench();
  refused.add(instance(2));
  for (const number of [1, 2, 3]) board.reading(SCOPE, instance(number), INTERVAL_MS);
  await clock.advance(2_000);
  expect([1, 2, 3].map((number) => board.reading(SCOPE, instance(number), INTERVAL_MS).kind)).toEqual([
    "read",
    "unread",
    "read",
  ]);
  await end();
});

test("what no host can help is not asked for each of them alone", async () => {
  const { clock, asked, refused, why, board, end } = bench();
  why.failure = { class: "Permanent", reason: "HostDocumentDiffers", message: "m", fix: "f" };
  for (const number of [1, 2, 3]) refused.add(instance(number));
  await clock.settle();
  asked.length = 0;
  for (const number of [1, 2, 3]) board.reading(SCOPE, instance(number), INTERVAL_MS);
  await clock.advance(2_000);
  expect(asked.reduce((sum, count) => sum + count, 0)).toBe(3);
  expect(board.reading(SCOPE, instance(3), INTERVAL_MS)).toMatchObject({
    kind: "unread",
    failure: { reason: "HostDocumentDiffers" },
  });
  await end();
});

test("after a change on the host only newer evidence counts", async () => {
  const { clock, board, end } = bench();
  board.reading(SCOPE, instance(1), INTERVAL_MS);
  await clock.advance(1_000);
  board.invalidate(instance(1));
  expect(board.reading(SCOPE, instance(1), INTERVAL_MS)).toEqual({ kind: "unread" });
  await clock.advance(1_000);
  expect(board.reading(SCOPE, instance(1), INTERVAL_MS).kind).toBe("read");
  await end();
});

test("a host that is gone is not asked any more", async () => {
  const { clock, sent, board, end } = bench();
  board.reading(SCOPE, instance(1), INTERVAL_MS);
  await clock.advance(1_000);
  board.forget(instance(1));
  await clock.advance(2 * INTERVAL_MS);
  expect(sent).toHaveLength(1);
  await end();
});
