import { outcomeOfFailure } from "./errors.ts";
import type { Asked } from "./errors.ts";
import type { Answered, Unanswered } from "./transport.ts";

const READ: Asked = { isWrite: false, isCreate: false, plural: "pools" };
const WRITE: Asked = { isWrite: true, isCreate: false, plural: "pools" };
const CREATE: Asked = { isWrite: true, isCreate: true, plural: "pools" };

function refused(status: number, reason: string, details: object = {}): Answered {
  return { kind: "answered", status, body: { kind: "Status", reason, message: "said so", details } };
}
const silent = (reason: string, mayHaveArrived: boolean): Unanswered => ({
  kind: "unanswered",
  reason,
  mayHaveArrived,
  evidence: "x",
});

const rows: readonly (readonly [sentence: string, answer: Answered | Unanswered, asked: Asked, expected: string])[] = [
  ["a missing object", refused(404, "NotFound", { kind: "pools", name: "a" }), READ, "notFound"],
  [
    "a missing namespace",
    refused(404, "NotFound", { kind: "namespaces", name: "n" }),
    CREATE,
    "Permanent ParentNotFound",
  ],
  [
    "a kind that is not served",
    { kind: "answered", status: 404, body: "404 page not found\n" },
    READ,
    "Permanent KindNotServed",
  ],
  ["a create that exists", refused(409, "AlreadyExists"), CREATE, "alreadyExists"],
  ["an old version", refused(409, "Conflict"), WRITE, "conflict"],
  ["no right", refused(403, "Forbidden"), WRITE, "Denied ActionForbidden"],
  [
    "a terminating namespace",
    refused(403, "Forbidden", { causes: [{ reason: "NamespaceTerminating" }] }),
    CREATE,
    "Wait NamespaceTerminating",
  ],
  ["bad fields", refused(422, "Invalid"), WRITE, "Permanent ObjectInvalid"],
  ["a busy server", refused(429, "TooManyRequests"), WRITE, "Throttled ApiServerBusy"],
  ["a server error on a read", refused(500, "InternalError"), READ, "Transient ApiServerError"],
  ["a server error on a write", refused(500, "InternalError"), WRITE, "UnknownOutcome ApiServerError"],
  ["a proxy's page", { kind: "answered", status: 502, body: "<html>" }, WRITE, "Transient ApiServerUnavailable"],
  ["a write that timed out", silent("Timeout", true), WRITE, "UnknownOutcome ApiServerUnreachable"],
  ["a write that never left", silent("ConnectionRefused", false), WRITE, "Transient ApiServerUnreachable"],
  ["a read without answer", silent("ConnectionReset", true), READ, "Transient ApiServerUnreachable"],
];
test.each(rows)("%s", (_, answer, asked, expected) => {
  const outcome = outcomeOfFailure(answer, asked);
  const text = outcome.kind === "failed" ? `${outcome.failure.class} ${outcome.failure.reason}` : outcome.kind;
  expect(text).toBe(expected);
});

test("a message is bounded and Retry-After is kept", () => {
  const answer: Answered = {
    kind: "answered",
    status: 422,
    retryAfterMs: 7_000,
    body: { kind: "Status", reason: "Invalid", message: "x".repeat(2_000) },
  };
  const outcome = outcomeOfFailure(answer, WRITE);
  expect(outcome).toMatchObject({ failure: { retryAfterMs: 7_000 } });
  expect(outcome.kind === "failed" && outcome.failure.message.length).toBe(300);
});
