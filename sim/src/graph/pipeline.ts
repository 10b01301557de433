/**
 * The way of one Graph call through the world: loss, latency, effect, loss; once in the log.
 * Guarantees: every call is logged once with what truly happened; a refused call has no effect; a call lost on the way out has its whole effect;
 * a call without an operation in the contract is in the gate's record.
 */
import type { CallLog } from "../core/call-log.ts";
import type { WorldClock, WorldDice } from "../core/clock.ts";
import type { Delays } from "../core/delays.ts";
import type { FaultSubject, FaultTable } from "../core/faults.ts";
import { DirectoryRefusal } from "../entra/directory.ts";
import type { AccessTokenClaims, AccessTokens } from "./access-tokens.ts";
import type { ContractMatch, GraphContract } from "./contract/contract.ts";
import { answerOf, authenticate } from "./effect.ts";
import { badRequest, GraphError } from "./errors.ts";
import type { ContractGate } from "./gate.ts";
import type { GraphOperation, GraphVersion } from "./operation.ts";
import type { WorldTenant } from "./tenant.ts";
import type { GraphThrottle } from "./throttle.ts";
import type { Answer, PartOutcome, RequestMarks } from "./wire.ts";
import { errorAnswer } from "./wire.ts";

export interface PipelineParts {
  readonly clock: WorldClock;
  /** Chooses replicas and forms of refusals. */
  readonly dice: WorldDice;
  readonly delays: Delays;
  readonly faults: FaultTable;
  readonly log: CallLog;
  readonly contract: () => GraphContract;
  readonly gate: ContractGate;
  readonly operations: ReadonlyMap<string, GraphOperation>;
  readonly tokens: AccessTokens;
  readonly throttle: GraphThrottle;
  readonly isThrottling: () => boolean;
  readonly tenant: (tenantID: string) => WorldTenant | undefined;
  /** Audiences that are good at a site for a tenant. */
  readonly audiences: (origin: string, tenantID: string) => readonly string[];
}

export interface PartRequest {
  readonly version: GraphVersion;
  readonly origin: string;
  readonly method: string;
  /** Below the version, with query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; `undefined` for none. */
  readonly body: unknown;
}

/** What is known of a call so far, for its one line in the log. */
export interface Progress {
  readonly request: PartRequest;
  readonly marks: RequestMarks;
  readonly subject: FaultSubject;
  readonly struck: string[];
  claims: AccessTokenClaims | undefined;
  headers: Readonly<Record<string, string>>;
}

/** @param inside the effect of a batch: the calls in it, once the batch itself was let in */
export async function perform(
  parts: PipelineParts,
  {
    request,
    marks,
    inside,
  }: { readonly request: PartRequest; readonly marks: RequestMarks; readonly inside?: () => Promise<Answer> },
): Promise<PartOutcome> {
  const path = request.path.split("?")[0] ?? "";
  const match = parts.contract().match(request.version, request.method, path);
  const action = `${request.method} ${match?.operation.path ?? path}`;
  const objectID = [...Object.values(match?.params ?? {}), principalOf(request.body)].filter((id) => id !== "");
  const claimed = claimsOf(parts, request);
  const subject: FaultSubject = {
    service: "graph",
    action,
    ...(match !== undefined && { alias: match.operation.id }),
    facts: { objectID, ...(claimed !== undefined && { tenantID: [claimed.tid], clientID: [claimed.appid] }) },
  };
  const progress: Progress = { request, marks, subject, struck: [], claims: claimed, headers: {} };
  const lostRequest = parts.faults.strike("lostRequest", subject);
  if (lostRequest !== undefined) {
    progress.struck.push(lostRequest.ruleID);
    record(parts, progress, "lost (no effect)");
    return { kind: "lost", symptom: lostRequest.effect.symptom ?? "reset" };
  }
  const latency = parts.faults.strike("latency", subject);
  if (latency !== undefined) {
    progress.struck.push(latency.ruleID);
    await new Promise<void>((resolve) => parts.clock.schedule(latency.effect.delayMs, resolve));
  }
  const stepped = step(parts, match, progress);
  const outcome = stepped.outcome;
  const answer = inside !== undefined && outcome === "ok" ? await inside() : stepped.answer;
  const lostResponse = parts.faults.strike("lostResponse", subject);
  if (lostResponse === undefined) {
    record(parts, progress, outcome);
    return { kind: "answered", answer: { ...answer, headers: { ...progress.headers, ...answer.headers } } };
  }
  progress.struck.push(lostResponse.ruleID);
  record(parts, progress, `lost (${outcome})`);
  return { kind: "lost", symptom: lostResponse.effect.symptom ?? "reset" };
}

/** Whom an assignment is about: rules may strike the POST of one group. */
function principalOf(body: unknown): string {
  const named = typeof body === "object" && body !== null && "principalId" in body ? body.principalId : undefined;
  return typeof named === "string" ? named : "";
}

function claimsOf(parts: PipelineParts, request: PartRequest): AccessTokenClaims | undefined {
  try {
    return authenticate(parts, request);
  } catch (error) {
    if (error instanceof GraphError) return undefined;
    throw error;
  }
}

/** One synchronous step of the state machine. */
function step(
  parts: PipelineParts,
  match: ContractMatch | undefined,
  progress: Progress,
): { readonly answer: Answer; readonly outcome: string } {
  try {
    if (match === undefined) throw unknownOperation(parts, progress);
    const reply = answerOf(parts, match, progress);
    return { answer: { status: reply.status, headers: reply.headers ?? {}, body: reply.body }, outcome: "ok" };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    return { answer: errorAnswer(refusal, progress.marks), outcome: refusal.code };
  }
}

function refusalOf(error: unknown): GraphError | undefined {
  if (error instanceof GraphError) return error;
  if (!(error instanceof DirectoryRefusal)) return undefined;
  if (error.reason !== "Missing") return badRequest(error.message);
  return new GraphError(404, "Request_ResourceNotFound", error.message);
}

function unknownOperation({ gate }: PipelineParts, { request, marks }: Progress): GraphError {
  const call = `${request.method} /${request.version}${request.path.split("?")[0] ?? ""}`;
  gate.note({ kind: "unknownOperation", call, problem: "the contract has no such operation", atMs: marks.nowMs });
  return new GraphError(501, "NotImplemented", `${call} is not in the contract.`);
}

function record({ log, clock }: PipelineParts, progress: Progress, outcome: string): void {
  const { marks, subject, struck, claims } = progress;
  log.append({
    requestID: marks.requestID,
    atMs: clock.nowMs(),
    service: "graph",
    action: subject.action,
    accountID: claims?.tid ?? "",
    principalARN: claims?.oid ?? "",
    accessKeyID: claims?.appid ?? "",
    region: progress.request.version,
    facts: subject.facts,
    isDryRun: false,
    outcome,
    faults: struck,
  });
}
