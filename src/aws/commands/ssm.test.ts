import type { InstanceId } from "../instances/port.ts";
import { fakeAws, NEVER_ABORTED, SCOPE } from "../testing/fake-aws.ts";
import type { Answer, SeenRequest } from "../testing/fake-transport.ts";
import { ssmAnswer, ssmError } from "../testing/fake-transport.ts";
import type { CommandId, CommandRequest } from "./port.ts";

const ID = "i-0123456789abcdef0" as InstanceId;
const OTHER = "i-0123456789abcdef1" as InstanceId;
const COMMAND = "11111111-2222-4333-8444-555555555555" as CommandId;

const REQUEST: CommandRequest = {
  instanceIDs: [ID, OTHER],
  document: { name: "CloudSync-Probe-0123abcd", version: "1", sha256: "ab".repeat(32) },
  parameters: { OperationId: "op-1", Domain: "corp.example.com" },
  comment: "op-1",
  deliveryTimeoutSeconds: 60,
};

interface Invocation {
  readonly InstanceId: string;
  readonly Status: string;
  readonly output?: string;
  readonly code?: number;
}

function ssm(invocations: { list: readonly Invocation[] }, whole?: object) {
  return ({ operation }: SeenRequest): Answer => {
    if (operation === "SendCommand") return ssmAnswer({ Command: { CommandId: COMMAND } });
    if (operation === "GetCommandInvocation") return ssmAnswer(whole ?? {});
    return ssmAnswer({
      CommandInvocations: invocations.list.map(({ InstanceId, Status, output, code }) => ({
        CommandId: COMMAND,
        InstanceId,
        Status,
        StatusDetails: Status,
        CommandPlugins: output === undefined ? [] : [{ Name: "run", Output: output, ResponseCode: code ?? 0 }],
      })),
    });
  };
}

test("a command is sent by name, version and hash, with its comment and parameters as lists", async () => {
  const { aws, transport } = fakeAws(ssm({ list: [] }));
  expect(await aws.commands.send(SCOPE, REQUEST, NEVER_ABORTED)).toEqual({ kind: "sent", commandID: COMMAND });
  expect(transport.seen[0]?.parameters).toEqual({
    InstanceIds: [ID, OTHER],
    DocumentName: "CloudSync-Probe-0123abcd",
    DocumentVersion: "1",
    DocumentHash: "ab".repeat(32),
    DocumentHashType: "Sha256",
    Parameters: { OperationId: ["op-1"], Domain: ["corp.example.com"] },
    Comment: "op-1",
    TimeoutSeconds: 60,
  });
  aws.close();
});

const sends: readonly (readonly [sentence: string, answer: Answer, kind: string, failureClass: string])[] = [
  ["a host that SSM does not know is refused and waited for", ssmError("InvalidInstanceId"), "refused", "Wait"],
  ["a changed document is refused", ssmError("InvalidDocument"), "refused", "Permanent"],
  ["a throttle is refused", ssmError("ThrottlingException", "Rate exceeded"), "refused", "Throttled"],
  ["a lost answer is unknown", { socketError: "ECONNRESET" }, "unknown", "UnknownOutcome"],
  ["trouble of the server is unknown", ssmError("InternalServerError", "", 500), "unknown", "UnknownOutcome"],
  ["an answer without an id is unknown", ssmAnswer({}), "unknown", "UnknownOutcome"],
];
for (const [sentence, answer, kind, failureClass] of sends) {
  test(`send: ${sentence}`, async () => {
    const { aws, transport } = fakeAws(() => answer);
    expect(await aws.commands.send(SCOPE, REQUEST, NEVER_ABORTED)).toMatchObject({
      kind,
      failure: { class: failureClass },
    });
    expect(transport.count("SendCommand")).toBe(1);
    aws.close();
  });
}

interface Looked {
  readonly sentence: string;
  /** What DescribeDocument answers. */
  readonly served: Answer;
  readonly code?: string;
  readonly failure: object;
}

const SERVED = { Hash: REQUEST.document.sha256, HashType: "Sha256", Status: "Active" };
const looked: readonly Looked[] = [
  {
    sentence: "another hash: it differs",
    served: ssmAnswer({ Document: { ...SERVED, Hash: "cd".repeat(32) } }),
    failure: { class: "Permanent", reason: "HostDocumentDiffers" },
  },
  {
    sentence: "none of that name: it is missing",
    served: ssmError("InvalidDocument"),
    failure: { class: "Permanent", reason: "HostDocumentMissing" },
  },
  {
    sentence: "none of that version: it is missing",
    code: "InvalidDocumentVersion",
    served: ssmError("InvalidDocumentVersion"),
    failure: { class: "Permanent", reason: "HostDocumentMissing" },
  },
  {
    sentence: "not active yet: it is waited for",
    served: ssmAnswer({ Document: { ...SERVED, Status: "Creating" } }),
    failure: { class: "Wait", reason: "HostDocumentNotActive" },
  },
  {
    sentence: "no permission to look: the first answer stands",
    served: ssmError("AccessDeniedException"),
    failure: { class: "Permanent", reason: "HostDocumentRefused" },
  },
  {
    sentence: "as it should be: the first answer stands",
    served: ssmAnswer({ Document: SERVED }),
    failure: { class: "Permanent", reason: "HostDocumentRefused" },
  },
];
test.each(looked)("a document that is refused is looked at: $sentence", async ({ served, code, failure }) => {
  const { aws, transport } = fakeAws(({ operation }) =>
    operation === "SendCommand" ? ssmError(code ?? "InvalidDocument") : served,
  );
  const outcome = await aws.commands.send(SCOPE, REQUEST, NEVER_ABORTED);
  expect(outcome).toMatchObject({ kind: "refused", failure });
  expect(transport.seen.at(-1)?.parameters).toEqual({ Name: REQUEST.document.name, DocumentVersion: "1" });
  if (outcome.kind !== "refused" || outcome.failure.class !== "Permanent") {
    aws.close();
    return;
  }
  expect(outcome.failure.fix).toContain("deploy/aws");
  aws.close();
});

test("another refusal is no reason to look at the document", async () => {
  const { aws, transport } = fakeAws(() => ssmError("InvalidInstanceId"));
  await aws.commands.send(SCOPE, REQUEST, NEVER_ABORTED);
  expect(transport.count("DescribeDocument")).toBe(0);
  aws.close();
});

test("AWS's own document is sent without a hash", async () => {
  const { aws, transport } = fakeAws(ssm({ list: [] }));
  const document = { name: "AWS-UpdateSSMAgent", version: "$DEFAULT" };
  await aws.commands.send(SCOPE, { ...REQUEST, document }, NEVER_ABORTED);
  expect(transport.seen[0]?.parameters).not.toHaveProperty("DocumentHash");
  expect(transport.seen[0]?.parameters).toMatchObject({ DocumentVersion: "$DEFAULT" });
  aws.close();
});

test("a request that SSM would refuse does not leave the process", async () => {
  const { aws, transport } = fakeAws(ssm({ list: [] }));
  for (const wrong of [{ comment: "x".repeat(101) }, { instanceIDs: [] }, { deliveryTimeoutSeconds: 5 }]) {
    expect(await aws.commands.send(SCOPE, { ...REQUEST, ...wrong }, NEVER_ABORTED)).toMatchObject({
      kind: "refused",
      failure: { class: "Bug" },
    });
  }
  expect(transport.seen).toHaveLength(0);
});

test("an ambiguous send is found again by its exact comment, over all pages", async () => {
  const { aws, clock, transport } = fakeAws(({ parameters }) =>
    parameters["NextToken"] === undefined
      ? ssmAnswer({
          Commands: [
            {
              CommandId: "00000000-0000-4000-8000-000000000000",
              Comment: "op-1x",
              DocumentName: "CloudSync-Probe-0123abcd",
            },
          ],
          NextToken: "2",
        })
      : ssmAnswer({ Commands: [{ CommandId: COMMAND, Comment: "op-1", DocumentName: "CloudSync-Probe-0123abcd" }] }),
  );
  const query = { documentName: "CloudSync-Probe-0123abcd", comment: "op-1", sentAfterMs: Date.UTC(2026, 10, 22, 10) };
  const found = aws.commands.find(SCOPE, query, NEVER_ABORTED);
  await clock.advance(1_000); // one list a second
  expect(await found).toEqual({ kind: "found", commandID: COMMAND });
  expect(transport.seen[0]?.parameters).toMatchObject({
    Filters: [
      { key: "InvokedAfter", value: "2026-11-22T09:58:00Z" },
      { key: "DocumentName", value: "CloudSync-Probe-0123abcd" },
    ],
  });
  const other = aws.commands.find(SCOPE, { ...query, comment: "op-2" }, NEVER_ABORTED);
  await clock.advance(2_000);
  expect(await other).toEqual({ kind: "notFound" });
});

test("a search that could not read everything is failed, never notFound", async () => {
  const { aws, clock } = fakeAws(() => ssmAnswer({ Commands: [], NextToken: "more" }));
  const query = { documentName: "d", comment: "op-1", sentAfterMs: 0 };
  const pending = aws.commands.find(SCOPE, query, NEVER_ABORTED);
  await clock.advance(30_000);
  expect(await pending).toMatchObject({ kind: "failed", failure: { reason: "ListTruncated" } });
});

test("one list a command serves all its instances, at growing intervals, until it ended", async () => {
  const invocations: { list: readonly Invocation[] } = {
    list: [
      { InstanceId: ID, Status: "InProgress" },
      { InstanceId: OTHER, Status: "Pending" },
    ],
  };
  const { aws, clock, transport } = fakeAws(ssm(invocations));
  const changes: string[] = [];
  aws.commands.onChange(({ instanceID }) => changes.push(instanceID));
  await aws.commands.send(SCOPE, REQUEST, NEVER_ABORTED);
  expect(aws.commands.reading(SCOPE, COMMAND, ID)).toEqual({ kind: "unread" });
  await clock.advance(5_000);
  expect(aws.commands.reading(SCOPE, COMMAND, ID)).toEqual({ kind: "running", statusDetails: "InProgress" });
  expect(changes).toEqual([ID, OTHER]);
  await clock.advance(90_000); // polls at 5, 10, ... 40, then an eighth later each time: 45, 50.6, 57, 64.1, 72.1, 81.1, 91.2 s
  expect(transport.count("ListCommandInvocations")).toBe(15);
  invocations.list = [
    { InstanceId: ID, Status: "Success", output: '{"ok":true}' },
    { InstanceId: OTHER, Status: "Failed", output: "", code: 7 },
  ];
  await clock.advance(30_000);
  expect(aws.commands.reading(SCOPE, COMMAND, ID)).toEqual({
    kind: "ended",
    isSuccess: true,
    statusDetails: "Success",
    responseCode: 0,
    output: '{"ok":true}',
    errorOutput: "",
  });
  expect(aws.commands.reading(SCOPE, COMMAND, OTHER)).toMatchObject({
    kind: "ended",
    isSuccess: false,
    responseCode: 7,
  });
  await clock.advance(300_000);
  expect(transport.count("ListCommandInvocations")).toBe(16);
  expect(transport.count("GetCommandInvocation")).toBe(0);
  aws.close();
});

test("output that may have been cut or mixed is read whole, once", async () => {
  const invocations = { list: [{ InstanceId: ID, Status: "Success", output: "x".repeat(2_500) }] };
  const whole = {
    Status: "Success",
    StatusDetails: "Success",
    ResponseCode: 0,
    StandardOutputContent: `${"x".repeat(3_000)}\n{}`,
    StandardErrorContent: "warned",
  };
  const { aws, clock, transport } = fakeAws(ssm(invocations, whole));
  aws.commands.reading(SCOPE, COMMAND, ID);
  await clock.advance(60_000);
  expect(aws.commands.reading(SCOPE, COMMAND, ID)).toMatchObject({
    kind: "ended",
    output: `${"x".repeat(3_000)}\n{}`,
    errorOutput: "warned",
  });
  expect(transport.count("GetCommandInvocation")).toBe(1);
  aws.close();
});

test("an invocation that is not visible yet is unread for 30 s, then failed, and is found when it appears", async () => {
  const invocations: { list: readonly Invocation[] } = { list: [] };
  const { aws, clock } = fakeAws(ssm(invocations));
  aws.commands.reading(SCOPE, COMMAND, ID);
  await clock.advance(29_000);
  expect(aws.commands.reading(SCOPE, COMMAND, ID)).toEqual({ kind: "unread" });
  await clock.advance(31_000);
  expect(aws.commands.reading(SCOPE, COMMAND, ID)).toMatchObject({ kind: "failed", failure: { class: "NotFound" } });
  invocations.list = [{ InstanceId: ID, Status: "InProgress" }];
  await clock.advance(60_000);
  expect(aws.commands.reading(SCOPE, COMMAND, ID)).toMatchObject({ kind: "running" });
  aws.close();
});

test("a poll that fails on the way keeps what was read; a missing permission is shown", async () => {
  let error: Answer | undefined;
  const healthy = ssm({ list: [{ InstanceId: ID, Status: "InProgress" }] });
  const { aws, clock } = fakeAws((request) => error ?? healthy(request));
  aws.commands.reading(SCOPE, COMMAND, ID);
  await clock.advance(1);
  error = ssmError("ThrottlingException");
  await clock.advance(60_000);
  expect(aws.commands.reading(SCOPE, COMMAND, ID)).toMatchObject({ kind: "running" });
  error = ssmError("AccessDeniedException");
  await clock.advance(90_000);
  expect(aws.commands.reading(SCOPE, COMMAND, ID)).toMatchObject({ kind: "failed", failure: { class: "Denied" } });
  aws.close();
});

test("a command nobody asks for is dropped after ten minutes", async () => {
  const { aws, clock, transport } = fakeAws(ssm({ list: [{ InstanceId: ID, Status: "InProgress" }] }));
  aws.commands.reading(SCOPE, COMMAND, ID);
  await clock.advance(660_000);
  const countWhenDropped = transport.seen.length;
  await clock.advance(600_000);
  expect(transport.seen).toHaveLength(countWhenDropped);
  expect(clock.pendingCount()).toBe(0);
});

test("cancelling says done, and unknown when the answer is lost", async () => {
  const answers: Answer[] = [ssmAnswer({}), { socketError: "ECONNRESET" }];
  const { aws, clock } = fakeAws(() => answers.shift() ?? "never");
  expect(await aws.commands.cancel(SCOPE, COMMAND, NEVER_ABORTED)).toEqual({ kind: "done" });
  const pending = aws.commands.cancel(SCOPE, COMMAND, NEVER_ABORTED);
  await clock.advance(1_000);
  expect(await pending).toMatchObject({ kind: "unknown" });
});
