/**
 * HTTP of the login authority: which document or token is asked for, with the small schemas of contracts/graph/token-endpoint.json at both sides.
 * Guarantees: every call is in the log (service `login`); refusals have the OAuth form; a secret or an assertion is in no log.
 */
import type { ValidateFunction } from "ajv";

import type { WorldDice } from "../../core/clock.ts";
import type { FaultSubject } from "../../core/faults.ts";
import { uuidFrom } from "../../entra/ids.ts";
import type { TokenSchemas } from "../contract/token-schemas.ts";
import type { PipelineParts } from "../pipeline.ts";
import type { WorldTenant } from "../tenant.ts";
import type { Answer, GraphRequest, PartOutcome, RequestMarks } from "../wire.ts";
import { instanceDiscovery, openIDConfiguration } from "./documents.ts";
import { LoginRefusal } from "./refusal.ts";
import { issueToken } from "./tokens.ts";

export interface LoginParts extends Pick<PipelineParts, "clock" | "faults" | "log" | "gate" | "tokens" | "contract"> {
  readonly dice: WorldDice;
  /** The tenant by id or domain, where this login authority is the one of its cloud. */
  readonly tenantAt: (origin: string, tenant: string) => WorldTenant | undefined;
  readonly servedOrigins: ReadonlySet<string>;
}

export function loginFront(parts: LoginParts): (request: GraphRequest, marks: RequestMarks) => Promise<PartOutcome> {
  return async (request, marks) => {
    const schemas = parts.contract().tokenSchemas();
    const { origin, pathname } = new URL(request.url);
    const [, tenant = "", rest = ""] = /^\/([^/]+)\/(.*)$/.exec(pathname) ?? [];
    const form = Object.fromEntries(new URLSearchParams(request.body));
    const subject: FaultSubject = {
      service: "login",
      action: `${request.method} /${rest}`,
      facts: { tenantID: [tenant], clientID: [form.client_id ?? ""] },
    };
    const struck: string[] = [];
    const note = (outcome: string): void => record(parts, marks, { subject, outcome, struck });
    const lostRequest = parts.faults.strike("lostRequest", subject);
    if (lostRequest !== undefined) {
      struck.push(lostRequest.ruleID);
      note("lost (no effect)");
      return { kind: "lost", symptom: lostRequest.effect.symptom ?? "reset" };
    }
    const latency = parts.faults.strike("latency", subject);
    if (latency !== undefined) {
      struck.push(latency.ruleID);
      await new Promise<void>((resolve) => parts.clock.schedule(latency.effect.delayMs, resolve));
    }
    const { answer, outcome } = answerOf(parts, {
      request,
      origin,
      tenant,
      rest,
      form,
      marks,
      subject,
      struck,
      schemas,
    });
    const lost = parts.faults.strike("lostResponse", subject);
    if (lost !== undefined) struck.push(lost.ruleID);
    note(lost === undefined ? outcome : `lost (${outcome})`);
    return lost === undefined
      ? { kind: "answered", answer }
      : { kind: "lost", symptom: lost.effect.symptom ?? "reset" };
  };
}

interface Ask {
  readonly request: GraphRequest;
  readonly origin: string;
  readonly tenant: string;
  /** The path behind the tenant. */
  readonly rest: string;
  readonly form: Readonly<Record<string, string>>;
  readonly marks: RequestMarks;
  readonly subject: FaultSubject;
  readonly struck: string[];
  readonly schemas: TokenSchemas;
}

function answerOf(parts: LoginParts, ask: Ask): { readonly answer: Answer; readonly outcome: string } {
  const { origin, tenant, rest, request, struck, subject } = ask;
  const fine = (body: unknown): { readonly answer: Answer; readonly outcome: string } => ({
    answer: { status: 200, headers: {}, body },
    outcome: "ok",
  });
  const throttle = parts.faults.strike("throttle", subject);
  const error = throttle === undefined ? parts.faults.strike("error", subject) : undefined;
  struck.push(...[throttle, error].flatMap((strike) => strike?.ruleID ?? []));
  if (throttle !== undefined) {
    const headers = { "retry-after": String(throttle.effect.retryAfterSeconds ?? 10) };
    return { answer: { status: 429, headers, body: { error: "temporarily_unavailable" } }, outcome: "throttled" };
  }
  if (error !== undefined) {
    const { code, httpStatus = 400, message = "injected" } = error.effect;
    const refusal = new LoginRefusal(code, 0, message);
    return { answer: { ...refusalAnswer(refusal, ask.marks, parts.dice), status: httpStatus }, outcome: code };
  }
  if (request.method === "GET" && rest === "v2.0/.well-known/openid-configuration") {
    const isKnown = parts.tenantAt(origin, tenant) !== undefined;
    if (isKnown) return fine(openIDConfiguration(origin, tenant));
  }
  if (request.method === "GET" && rest === "discovery/instance") return fine(instanceDiscovery(origin, tenant));
  if (request.method === "GET" && rest === "discovery/v2.0/keys") return fine({ keys: [] });
  if (request.method === "POST" && rest === "oauth2/v2.0/token") return tokenAnswer(parts, ask);
  parts.gate.note({
    kind: "token",
    call: `${request.method} ${new URL(request.url).pathname}`,
    problem: "the login authority of this world has no such document or endpoint for this tenant",
    atMs: ask.marks.nowMs,
  });
  return { answer: { status: 404, headers: {}, body: { error: "not_found" } }, outcome: "NotFound" };
}

function tokenAnswer(parts: LoginParts, ask: Ask): { readonly answer: Answer; readonly outcome: string } {
  const { tenant, origin, form, marks, schemas } = ask;
  const call = "POST /{tenant}/oauth2/v2.0/token";
  const judge = (validate: ValidateFunction, value: unknown): void => {
    if (validate(value)) return;
    const problem = (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
    parts.gate.note({ kind: "token", call, problem: problem.join("; "), atMs: marks.nowMs });
  };
  judge(schemas.request, form);
  try {
    const { servedOrigins, tenantAt, tokens, dice } = parts;
    const tokenID = uuidFrom(dice).replaceAll("-", "").slice(0, 22);
    const question = { tenant, origin, form, nowMs: marks.nowMs, tokenID, servedOrigins };
    const body = issueToken(question, tenantAt(origin, tenant), tokens);
    judge(schemas.answer, body);
    return { answer: { status: 200, headers: { "cache-control": "no-store" }, body }, outcome: "ok" };
  } catch (error) {
    if (!(error instanceof LoginRefusal)) throw error;
    const answer = refusalAnswer(error, marks, parts.dice);
    judge(schemas.error, answer.body);
    return { answer, outcome: `AADSTS${error.number}` };
  }
}

function refusalAnswer({ status, error, number, message }: LoginRefusal, marks: RequestMarks, dice: WorldDice): Answer {
  const timestamp = new Date(marks.nowMs).toISOString().slice(0, 19).replace("T", " ");
  const correlation = marks.clientRequestID ?? uuidFrom(dice);
  const trail = `Trace ID: ${marks.requestID} Correlation ID: ${correlation} Timestamp: ${timestamp}Z`;
  return {
    status,
    headers: { "cache-control": "no-store" },
    body: {
      error,
      error_description: `AADSTS${number}: ${message} ${trail}`,
      error_codes: [number],
      timestamp: `${timestamp}Z`,
      trace_id: marks.requestID,
      correlation_id: correlation,
    },
  };
}

function record(
  { log, clock }: LoginParts,
  { requestID }: RequestMarks,
  { subject, outcome, struck }: { readonly subject: FaultSubject; readonly outcome: string; readonly struck: string[] },
): void {
  log.append({
    requestID,
    atMs: clock.nowMs(),
    service: "login",
    action: subject.action,
    accountID: subject.facts.tenantID?.[0] ?? "",
    principalARN: "",
    accessKeyID: subject.facts.clientID?.[0] ?? "",
    region: "login",
    facts: subject.facts,
    isDryRun: false,
    outcome,
    faults: struck,
  });
}
