import { Writable } from "node:stream";
import { LIMITS } from "./limits.ts";
import { REDACTED } from "./log-redaction.ts";
import { processLog } from "./log.ts";
import type { LogLevel, ProcessLog } from "./log.ts";

function recorded(level: LogLevel = "info"): {
  log: ProcessLog;
  lines: () => Record<string, unknown>[];
  text: () => string;
} {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (chunk.length > 0) written.push(chunk.toString("utf8"));
      done();
    },
  });
  const log = processLog({ level, stream });
  return {
    log,
    text: () => written.join(""),
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

test("a line is one JSON object with level, message, time and the facts as fields", () => {
  const { log, lines, text } = recorded();
  log.with({ controller: "agent" }).info("decision", { namespace: "identity", name: "tokyo-0-1", generation: 3 });
  expect(text().split("\n")).toHaveLength(2);
  expect(lines()[0]).toMatchObject({
    level: "info",
    message: "decision",
    controller: "agent",
    name: "tokyo-0-1",
    generation: 3,
  });
  expect(lines()[0]?.["time"]).toMatch(/^\d{4}-\d\d-\d\dT/);
});

test("lines below the level are not written", () => {
  const { log, lines } = recorded("warn");
  log.info("no");
  log.warn("yes");
  expect(lines().map(({ message }) => message)).toEqual(["yes"]);
});

test("a field cannot take the place of the message or the level", () => {
  const { log, lines } = recorded();
  log.info("decision", { message: "forged", level: "error" });
  expect(lines()[0]).toMatchObject({ message: "decision", level: "info" });
});

const SECRET = "Hunter2-very-secret";
const secretNames = [
  "password",
  "joinPassword",
  "secret",
  "clientSecret",
  "token",
  "sessionToken",
  "Authorization",
  "apiKey",
  "SecretAccessKey",
  "credential",
  "privateKey",
  "client_assertion",
  "Set-Cookie",
];
for (const name of secretNames) {
  test(`the value of ${name} is never written, at any depth`, () => {
    const { log, text } = recorded();
    log.info("x", { [name]: SECRET, nested: { [name]: SECRET }, list: [{ [name]: { inner: SECRET } }] });
    expect(text()).not.toContain(SECRET);
    expect(text()).toContain(REDACTED);
  });
}

const secretValues: readonly (readonly [what: string, value: string, leak: string])[] = [
  ["a bearer header", "Authorization: Bearer abc.def-123456", "abc.def"],
  ["a JSON web token", "got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig", "eyJzdWIi"],
  ["an access key id", "key AKIAIOSFODNN7EXAMPLE here", "IOSFODNN7"],
  ["a private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----", "MIIabc"],
  ["a signed URL", "https://b.s3/x?X-Amz-Signature=deadbeef01", "deadbeef01"],
];
for (const [what, value, leak] of secretValues) {
  test(`${what} is cut out of a text, of an error and of its cause`, () => {
    const { log, text } = recorded();
    log.error("x", { detail: value, error: new Error(value, { cause: new Error(value) }) });
    expect(text()).not.toContain(leak);
  });
}

test("references to secrets stay readable: the on-call person needs them", () => {
  const { log, lines } = recorded();
  log.info("x", {
    secretARN: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:join",
    secretName: "join",
    credentialRef: "a",
  });
  expect(lines()[0]).toMatchObject({
    secretARN: expect.stringContaining("secret:join") as string,
    secretName: "join",
    credentialRef: "a",
  });
});

test("a line is bounded whatever it is given", () => {
  const { log, text } = recorded();
  const circular: Record<string, unknown> = { big: "x".repeat(1_000_000) };
  circular["self"] = circular;
  log.info("x", { circular, wide: Array.from({ length: 10_000 }, (_, index) => index), fn: () => 1, huge: 10n });
  expect(text().length).toBeLessThan(LIMITS.logFieldLengthMax * 8);
});

test("a flush resolves however often it is asked for, and a later line is dropped, not an error", async () => {
  const { log, lines } = recorded();
  log.info("before");
  await Promise.all([log.flush(), log.flush()]);
  await log.flush();
  log.info("after");
  expect(lines().map(({ message }) => message)).toEqual(["before"]);
});
