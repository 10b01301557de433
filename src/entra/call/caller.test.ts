import type { Log } from "../../runtime/log.ts";
import { batchAnswers, graphError } from "../testing/scripted-transport.ts";
import type { Answer } from "../testing/scripted-transport.ts";
import { ACCESS, NEVER_ABORTED, scriptedEntra } from "../testing/scripted-entra.ts";

const SP = "33333333-3333-4333-8333-333333333333";
const JOB = { servicePrincipalID: SP, jobID: "AAD2ADGroupProvisioning.x" };
const OK: Answer = { status: 204 };

test("a call carries the token, an id of its own and the version of Graph", async () => {
  const { entra, transport } = scriptedEntra(() => OK);
  expect(await entra.jobs.start(ACCESS, JOB, NEVER_ABORTED)).toEqual({ kind: "done", value: undefined });
  const [request] = transport.seen;
  expect(request?.url).toBe(
    `https://graph.microsoft.com/v1.0/servicePrincipals/${SP}/synchronization/jobs/${JOB.jobID}/start`,
  );
  expect(request?.headers["authorization"]).toMatch(/^Bearer eyJ/);
  expect(request?.headers["client-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  expect(request?.headers["content-type"]).toBeUndefined();
});

test("a write whose answer was lost is unknown; one that never left is refused", async () => {
  for (const [lost, kind] of [
    ["ECONNRESET", "unknown"],
    ["UND_ERR_SOCKET", "unknown"],
    ["ECONNREFUSED", "refused"],
    ["ENOTFOUND", "refused"],
  ] as const) {
    const { entra } = scriptedEntra(() => ({ lost }));
    expect((await entra.jobs.start(ACCESS, JOB, NEVER_ABORTED)).kind).toBe(kind);
  }
});

test("a write without an answer in time is unknown, a read is transient", async () => {
  const { entra, clock } = scriptedEntra(() => "never");
  await entra.access.token(ACCESS, { isFresh: false }, NEVER_ABORTED);
  const write = entra.jobs.start(ACCESS, JOB, NEVER_ABORTED);
  const read = entra.jobs.job(ACCESS, JOB, NEVER_ABORTED);
  await clock.advance(31_000);
  expect(await write).toMatchObject({ kind: "unknown", failure: { class: "UnknownOutcome", reason: "AnswerLost" } });
  expect(await read).toMatchObject({ kind: "failed", failure: { class: "Transient", reason: "GraphUnreachable" } });
});

test("a 5xx to a write is unknown, a 4xx is a refusal", async () => {
  for (const [status, code, kind] of [
    [503, "serviceNotAvailable", "unknown"],
    [504, "timeout", "unknown"],
    [500, "generalException", "unknown"],
    [400, "Request_BadRequest", "refused"],
    [403, "Authorization_RequestDenied", "refused"],
    [404, "Request_ResourceNotFound", "refused"],
    [429, "TooManyRequests", "refused"],
  ] as const) {
    const { entra } = scriptedEntra(() => graphError(status, code));
    expect([code, (await entra.jobs.start(ACCESS, JOB, NEVER_ABORTED)).kind]).toEqual([code, kind]);
  }
});

test("Retry-After holds back the writes of that client to its full length, and no reads", async () => {
  const answers: Answer[] = [graphError(429, "TooManyRequests", { headers: { "retry-after": "300" } })];
  const { entra, clock, transport } = scriptedEntra(({ method }) =>
    method === "GET" ? { status: 200, body: { value: [] } } : (answers.shift() ?? OK),
  );
  expect(await entra.jobs.start(ACCESS, JOB, NEVER_ABORTED)).toMatchObject({
    kind: "refused",
    failure: { class: "Throttled", reason: "GraphThrottled", retryAfterMs: 300_000 },
  });
  await clock.advance(200_000);
  expect(await entra.jobs.pause(ACCESS, JOB, NEVER_ABORTED)).toMatchObject({
    failure: { class: "Throttled", reason: "GraphThrottled", retryAfterMs: 100_000 },
  });
  expect(transport.seen).toHaveLength(1);
  expect((await entra.jobs.list(ACCESS, SP, NEVER_ABORTED)).kind).toBe("complete");
  await clock.advance(100_000);
  expect((await entra.jobs.pause(ACCESS, JOB, NEVER_ABORTED)).kind).toBe("done");
});

test.each([
  ["seconds", 429, "120", 120_000],
  ["a date", 429, "Thu, 01 Jan 2026 00:02:00 GMT", 120_000],
  ["seconds, beside a 503", 503, "120", 120_000],
])("Retry-After as %s is waited for", async (_sentence, status, retryAfter, waitMs) => {
  const headers = { "retry-after": retryAfter };
  const answers: Answer[] = [graphError(status, "whatever", { headers })];
  const { entra, clock, transport } = scriptedEntra(() => answers.shift() ?? { status: 200, body: { value: [] } });
  expect((await entra.jobs.list(ACCESS, SP, NEVER_ABORTED)).kind).toBe("failed");
  await clock.advance(waitMs - 11_000);
  expect((await entra.jobs.list(ACCESS, SP, NEVER_ABORTED)).kind).toBe("failed");
  expect(transport.seen).toHaveLength(1);
  await clock.advance(11_000);
  expect((await entra.jobs.list(ACCESS, SP, NEVER_ABORTED)).kind).toBe("complete");
});

test("an answer that leads elsewhere by Location is not followed, on whatever host", async () => {
  for (const location of ["https://graph.example.com/v1.0/x", "https://graph.microsoft.com/v1.0/x"])
    for (const status of [301, 302, 307, 308, 201]) {
      const { entra, transport } = scriptedEntra(() => ({ status, headers: { location } }));
      await entra.jobs.list(ACCESS, SP, NEVER_ABORTED);
      expect(transport.seen.map(({ host }) => host)).toEqual(["graph.microsoft.com"]);
    }
});

test("a write leaves a line with the ids that support asks for, a refused one too; neither has token or secret", async () => {
  const lines: { readonly level: string; readonly fields: Record<string, unknown> }[] = [];
  const line = (level: string) => (_message: string, fields: object) =>
    void lines.push({ level, fields: { ...fields } });
  const log = { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") } as unknown as Log;
  const answers: Answer[] = [{ status: 204, headers: { "request-id": "req-good" } }, graphError(403, "accessDenied")];
  const { entra, transport } = scriptedEntra(() => answers.shift() ?? OK, { log });
  await entra.jobs.start(ACCESS, JOB, NEVER_ABORTED);
  await entra.jobs.start(ACCESS, JOB, NEVER_ABORTED);
  const sent = transport.seen.map(({ headers }) => headers["client-request-id"]);
  expect(lines).toMatchObject([
    {
      level: "info",
      fields: { op: "StartSynchronizationJob", code: "OK", requestID: "req-good", clientRequestID: sent[0] },
    },
    {
      level: "warn",
      fields: { op: "StartSynchronizationJob", code: "accessDenied", requestID: "req-bad", clientRequestID: sent[1] },
    },
  ]);
  expect(sent[0]).not.toBe(sent[1]);
  expect(JSON.stringify(lines)).not.toMatch(/eyJ|s3cr3t/);
});

test("another client of the tenant has a bucket of its own", async () => {
  const { entra } = scriptedEntra(({ path }) =>
    path.endsWith("/start") ? graphError(429, "TooManyRequests", { headers: { "retry-after": "300" } }) : OK,
  );
  await entra.jobs.start(ACCESS, JOB, NEVER_ABORTED);
  const other = { ...ACCESS, clientID: "44444444-4444-4444-8444-444444444444" };
  expect((await entra.jobs.pause(other, JOB, NEVER_ABORTED)).kind).toBe("done");
});

test("a process that no longer leads sends no write; reads go on", async () => {
  const { entra, transport } = scriptedEntra(() => ({ status: 200, body: { value: [] } }), { mayWrite: () => false });
  expect(await entra.jobs.start(ACCESS, JOB, NEVER_ABORTED)).toMatchObject({
    kind: "refused",
    failure: { class: "Transient", reason: "NotLeading" },
  });
  expect(transport.seen).toHaveLength(0);
  expect((await entra.jobs.list(ACCESS, SP, NEVER_ABORTED)).kind).toBe("complete");
});

test("the innermost known code decides, and messages carry no ids", async () => {
  const inner = { code: "Authorization_RequestDenied" };
  const message = "Insufficient privileges for 99999999-9999-4999-8999-999999999999. Request ID: abc";
  const { entra } = scriptedEntra(() => graphError(403, "UnknownOuter", { message, inner }));
  expect(await entra.jobs.job(ACCESS, JOB, NEVER_ABORTED)).toMatchObject({
    kind: "failed",
    failure: {
      class: "Denied",
      reason: "PermissionMissing",
      message: "GetSynchronizationJob: Authorization_RequestDenied: Insufficient privileges for <id>.",
      evidence: { requestID: "req-bad", clientRequestID: "client-bad", httpStatus: "403" },
    },
  });
});

test("a batch tells each part: done, throttled, unanswered", async () => {
  const { entra } = scriptedEntra(
    batchAnswers(({ body }) => {
      const { principalId } = body as { principalId: string };
      if (principalId === "g-throttled")
        return graphError(429, "TooManyRequests", { headers: { "Retry-After": "120" } });
      if (principalId === "g-lost") return "never";
      return { status: 201, body: { id: `a-${principalId}`, appRoleId: "role", principalId, principalType: "Group" } };
    }),
  );
  const request = { servicePrincipalID: SP, appRoleID: "role", groupIDs: ["g-1", "g-throttled", "g-lost", "g-2"] };
  const answers = await entra.assignments.assign(ACCESS, request, NEVER_ABORTED);
  expect(answers).toMatchObject([
    { kind: "done", assignment: { id: "a-g-1", principalID: "g-1" } },
    { kind: "refused", failure: { class: "Throttled", retryAfterMs: 120_000 } },
    { kind: "unknown", failure: { class: "UnknownOutcome" } },
    { kind: "done", assignment: { id: "a-g-2" } },
  ]);
  expect(await entra.jobs.start(ACCESS, JOB, NEVER_ABORTED)).toMatchObject({ failure: { reason: "GraphThrottled" } });
});
