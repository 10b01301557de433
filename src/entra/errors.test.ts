import { classifyGraph } from "./classify.ts";
import { GRAPH_ERRORS, OAUTH_ERRORS, TOKEN_ERRORS } from "./errors.ts";
import { boundedSentence } from "./message.ts";

test("every entry has a reason in CamelCase and a next step", () => {
  for (const table of [GRAPH_ERRORS, TOKEN_ERRORS, OAUTH_ERRORS])
    for (const [code, { reason, fix }] of table) {
      expect([code, reason]).toEqual([code, expect.stringMatching(/^[A-Z][A-Za-z0-9]+$/) as unknown]);
      expect(fix.length).toBeGreaterThan(10);
    }
});

const rows: readonly (readonly [
  status: number | undefined,
  codes: readonly string[],
  isWrite: boolean,
  failureClass: string,
  reason: string,
])[] = [
  [401, ["InvalidAuthenticationToken"], false, "Transient", "TokenRefused"],
  [403, ["Authorization_RequestDenied"], true, "Denied", "PermissionMissing"],
  [403, ["SomethingNew"], true, "Denied", "PermissionMissing"],
  [404, ["Request_ResourceNotFound"], false, "NotFound", "NotVisible"],
  [400, ["Directory_ObjectNotFound"], false, "NotFound", "NotVisible"],
  [400, ["Request_BadRequest"], true, "Permanent", "RequestRefused"],
  [400, ["Request_UnsupportedQuery"], false, "Permanent", "QueryUnsupported"],
  [400, [], true, "Permanent", "RequestRefused"],
  [409, ["SomethingNew"], true, "Conflict", "ExistsAlready"],
  [400, ["Request_MultipleObjectsWithSameKeyValue"], true, "Conflict", "ExistsAlready"],
  [429, ["SomethingNew"], true, "Throttled", "GraphThrottled"],
  [403, ["Directory_QuotaExceeded"], true, "Quota", "DirectoryQuotaExceeded"],
  [410, [], false, "Transient", "DeltaTokenExpired"],
  [400, ["syncStateNotFound"], false, "Transient", "DeltaTokenExpired"],
  [404, ["resyncRequired"], false, "Transient", "DeltaTokenExpired"],
  [424, ["FailedDependency"], false, "Transient", "BatchPartSkipped"],
  [503, ["serviceNotAvailable"], false, "Transient", "ServiceUnavailable"],
  [503, ["serviceNotAvailable"], true, "UnknownOutcome", "AnswerLost"],
  [504, [], true, "UnknownOutcome", "AnswerLost"],
  [undefined, ["ECONNRESET"], true, "UnknownOutcome", "AnswerLost"],
  [undefined, ["ECONNRESET"], false, "Transient", "GraphUnreachable"],
  [undefined, ["ENOTFOUND"], true, "Transient", "GraphUnreachable"],
  [400, ["UnknownOuter", "Authorization_RequestDenied"], false, "Denied", "PermissionMissing"],
  [400, ["Request_BadRequest", "InnerNobodyKnows"], false, "Permanent", "RequestRefused"],
];
for (const [status, codes, isWrite, failureClass, reason] of rows) {
  test(`${isWrite ? "a write" : "a read"} answered ${status ?? "nothing"} ${codes.join(" > ")} is ${failureClass}`, () =>
    expect(
      classifyGraph({
        operation: "Op",
        isWrite,
        codes,
        message: "told to a person",
        status,
        requestID: "r",
        clientRequestID: "c",
        retryAfterMs: undefined,
      }),
    ).toMatchObject({ class: failureClass, reason }));
}

test("messages are one bounded line that stays equal while the cause does", () => {
  const one =
    "Resource '99999999-9999-4999-8999-999999999999' does not exist.\nTrace ID: a1-b2 Timestamp: 2026-11-01 10:00:00Z";
  const two =
    "Resource '88888888-9999-4999-8999-999999999999' does not exist.\nTrace ID: c3-d4 Timestamp: 2026-11-02 11:11:11Z";
  expect(boundedSentence(one, 300)).toBe(boundedSentence(two, 300));
  expect(boundedSentence(one, 300)).toBe("Resource '<id>' does not exist.");
  expect(boundedSentence("x".repeat(400), 300)).toHaveLength(300);
});
