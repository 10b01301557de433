/** What fault rules do to a Graph call behind its arrival: refusals, and pages that lie. */
import { denied, GraphError } from "./errors.ts";
import type { PipelineParts, Progress } from "./pipeline.ts";

export function throttleInjected({ faults }: PipelineParts, { subject, struck }: Progress): void {
  const throttle = faults.strike("throttle", subject);
  if (throttle === undefined) return;
  struck.push(throttle.ruleID);
  throw tooMany({ retryAfterSeconds: throttle.effect.retryAfterSeconds ?? 10, scope: "Tenant_Application", what: "" });
}

export function throwInjected(
  { faults }: PipelineParts,
  { subject, struck }: Progress,
  query: Readonly<Record<string, string>>,
): void {
  const refused = faults.strike("accessDenied", subject);
  if (refused !== undefined) {
    struck.push(refused.ruleID);
    throw denied();
  }
  const error = faults.strike("error", subject);
  if (error !== undefined) {
    struck.push(error.ruleID);
    const { code, message = `${code} injected by ${error.ruleID}`, httpStatus = 400 } = error.effect;
    throw new GraphError(httpStatus, code, message);
  }
  const failing = query.$skiptoken === undefined ? undefined : faults.strike("failingPage", subject);
  if (failing !== undefined) {
    struck.push(failing.ruleID);
    const { code = "ServiceUnavailable", httpStatus = 503 } = failing.effect;
    throw new GraphError(httpStatus, code, `${code} injected by ${failing.ruleID}`);
  }
}

/** Of a short page with a link: one item where the rule gives no figure. */
export function pageItemsMax({ faults }: PipelineParts, { request, subject, struck }: Progress): number | undefined {
  const partial = request.method === "GET" ? faults.strike("partialPage", subject) : undefined;
  if (partial === undefined) return undefined;
  struck.push(partial.ruleID);
  return partial.effect.itemsMax ?? 1;
}

/** Pages that lie: a list, or a later page of it, is empty with success and without a link. */
export function emptied(
  { faults }: PipelineParts,
  { subject, struck }: Progress,
  body: unknown,
  query: Readonly<Record<string, string>>,
): unknown {
  if (typeof body !== "object" || body === null || !("value" in body) || !Array.isArray(body.value)) return body;
  const kind = query.$skiptoken === undefined ? "emptyList" : "emptyPage";
  const strike = faults.strike(kind, subject);
  if (strike === undefined) return body;
  struck.push(strike.ruleID);
  const { "@odata.nextLink": _more, ...rest } = { "@odata.nextLink": undefined, ...body };
  return { ...rest, value: [] };
}

export function tooMany(verdict: {
  readonly retryAfterSeconds: number;
  readonly scope: string;
  readonly what: string;
}): GraphError {
  return new GraphError(429, "TooManyRequests", "Too many requests.", {
    "retry-after": String(verdict.retryAfterSeconds),
    "x-ms-throttle-scope": verdict.scope,
    "x-ms-throttle-information": verdict.what,
  });
}
