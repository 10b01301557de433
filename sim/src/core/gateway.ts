/**
 * The way of one call through the world: loss on the way in, latency, injected errors, throttling, permission, effect, loss on the way out.
 * Guarantees: every call is logged once with what truly happened; a refused call has no effect; a call lost on the way out has its whole effect.
 */
import type { TokenBuckets } from "./buckets.ts";
import type { ApiCall, OperationTable } from "./call.ts";
import { ApiError } from "./call.ts";
import type { CallLog } from "./call-log.ts";
import type { WorldClock } from "./clock.ts";
import type { Facts, FaultSubject, FaultTable } from "./faults.ts";
import { costsOf } from "./throttling.ts";

export type CallOutcome =
  | { readonly kind: "answered"; readonly output: Readonly<Record<string, unknown>> }
  | { readonly kind: "refused"; readonly error: ApiError }
  | { readonly kind: "lost"; readonly symptom: "reset" | "timeout" };

export interface GatewayParts {
  readonly clock: WorldClock;
  readonly faults: FaultTable;
  readonly buckets: TokenBuckets;
  readonly log: CallLog;
  readonly operations: (service: ApiCall["service"]) => OperationTable;
  /** @throws ApiError when the caller's policies refuse the call */
  readonly authorise: (call: ApiCall) => void;
  /** Facts of the call, completed by what the world knows (zones of subnets and instances). */
  readonly factsOf: (call: ApiCall) => Facts;
}

export function gateway(parts: GatewayParts): (call: ApiCall, requestID: string) => Promise<CallOutcome> {
  return async (call, requestID) => {
    const subject = { service: call.service, action: call.action, facts: parts.factsOf(call) };
    const struck: string[] = [];
    const lostRequest = parts.faults.strike("lostRequest", subject);
    if (lostRequest !== undefined) {
      record(parts, call, { subject, requestID, outcome: "lost (no effect)", struck: [lostRequest.ruleID] });
      return { kind: "lost", symptom: lostRequest.effect.symptom ?? "reset" };
    }
    const latency = parts.faults.strike("latency", subject);
    if (latency !== undefined) {
      struck.push(latency.ruleID);
      await new Promise<void>((resolve) => parts.clock.schedule(latency.effect.delayMs, resolve));
    }
    const outcome = take(parts, call, { subject, struck });
    const word = outcome.kind === "answered" ? "ok" : outcome.error.code;
    const lostResponse = parts.faults.strike("lostResponse", subject);
    if (lostResponse === undefined) {
      record(parts, call, { subject, requestID, outcome: word, struck });
      return outcome;
    }
    record(parts, call, { subject, requestID, outcome: `lost (${word})`, struck: [...struck, lostResponse.ruleID] });
    return { kind: "lost", symptom: lostResponse.effect.symptom ?? "reset" };
  };
}

type Answer = Exclude<CallOutcome, { kind: "lost" }>;

/** One synchronous step of the state machine. */
function take(
  parts: GatewayParts,
  call: ApiCall,
  { subject, struck }: { subject: FaultSubject; struck: string[] },
): Answer {
  try {
    const operation = parts.operations(call.service).get(call.action);
    if (operation === undefined) throw unknownAction(call);
    throwInjected(parts.faults, call, { subject, struck });
    if (!parts.buckets.take(costsOf(call))) throw throttled(call);
    parts.authorise(call);
    return { kind: "answered", output: operation(call) };
  } catch (error) {
    if (error instanceof ApiError) return { kind: "refused", error };
    throw error;
  }
}

function throwInjected(
  faults: FaultTable,
  call: ApiCall,
  { subject, struck }: { subject: FaultSubject; struck: string[] },
): void {
  const throttle = faults.strike("throttle", subject);
  if (throttle !== undefined) {
    struck.push(throttle.ruleID);
    throw throttled(call);
  }
  const denied = faults.strike("accessDenied", subject);
  if (denied !== undefined) {
    struck.push(denied.ruleID);
    throw accessDenied(call);
  }
  const error = faults.strike("error", subject);
  if (error !== undefined) {
    struck.push(error.ruleID);
    const { code, message = `${code} injected by ${error.ruleID}`, httpStatus = 400 } = error.effect;
    throw new ApiError(code, message, httpStatus);
  }
}

function throttled({ service }: ApiCall): ApiError {
  if (service === "ec2") return new ApiError("RequestLimitExceeded", "Request limit exceeded.", 503);
  return service === "sts"
    ? new ApiError("Throttling", "Rate exceeded")
    : new ApiError("ThrottlingException", "Rate exceeded");
}

/** `what` is the action that was refused, which may be another than the call's (CreateTags, PassRole), with the reason where policies gave one. */
export function accessDenied({ service, action, caller }: ApiCall, what = `${service}:${action}`): ApiError {
  const sentence = `User: ${caller.principalARN} is not authorized to perform: ${what}`;
  if (service === "ec2")
    return new ApiError("UnauthorizedOperation", `You are not authorized to perform this operation. ${sentence}`, 403);
  if (service === "sts") return new ApiError("AccessDenied", sentence, 403);
  return new ApiError("AccessDeniedException", sentence);
}

function unknownAction({ service, action }: ApiCall): ApiError {
  if (service === "ssm" || service === "ds")
    return new ApiError("UnknownOperationException", `The action ${action} is not modelled by this world`);
  return new ApiError("InvalidAction", `The action ${action} is not valid for this web service.`);
}

interface CallRecord {
  readonly subject: FaultSubject;
  readonly requestID: string;
  readonly outcome: string;
  readonly struck: readonly string[];
}

function record(
  { clock, log }: GatewayParts,
  call: ApiCall,
  { subject, requestID, outcome, struck }: CallRecord,
): void {
  const { accountID, principalARN, accessKeyID, region } = call.caller;
  log.append({
    requestID,
    atMs: clock.nowMs(),
    service: call.service,
    action: call.action,
    accountID,
    principalARN,
    accessKeyID,
    region,
    facts: subject.facts,
    isDryRun: String(call.input.DryRun) === "true",
    outcome,
    faults: struck,
  });
}
