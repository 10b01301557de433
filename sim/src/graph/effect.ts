/**
 * The effect of one Graph call: token, limits, permission, contract, the operation itself, contract again.
 * Guarantees: an operation's handler runs only behind all checks; what it answers is judged before it leaves. One synchronous step of the state machine.
 */
import type { AccessTokenClaims } from "./access-tokens.ts";
import { callerOf } from "./access-tokens.ts";
import type { ContractMatch, ContractOperation } from "./contract/contract.ts";
import { badRequest, denied, GraphError } from "./errors.ts";
import { emptied, pageItemsMax, throttleInjected, throwInjected, tooMany } from "./injected.ts";
import { selected } from "./odata/select.ts";
import type { GraphCall, GraphCaller, GraphReply } from "./operation.ts";
import { operationKey } from "./operation.ts";
import { isPermitted } from "./permissions.ts";
import type { PartRequest, PipelineParts, Progress } from "./pipeline.ts";
import { replicaAsOf, unknownYet } from "./replicas.ts";
import type { WorldTenant } from "./tenant.ts";
import type { GraphThrottle } from "./throttle.ts";

export function answerOf(parts: PipelineParts, { operation, params }: ContractMatch, progress: Progress): GraphReply {
  const { request } = progress;
  const claims = authenticate(parts, request);
  progress.claims = claims;
  const tenant = parts.tenant(claims.tid);
  if (tenant === undefined) throw new GraphError(401, "InvalidAuthenticationToken", "The tenant is unknown.");
  const handler = parts.operations.get(operationKey(request.version, operation));
  const query = queryOf(request.path);
  throttleInjected(parts, progress);
  progress.headers = throttled(parts, {
    method: operation.method,
    path: operation.path,
    query,
    appId: claims.appid,
    tenantId: claims.tid,
    userCount: tenant.directory.count("user"),
    limits: handler?.limits ?? [],
  });
  throwInjected(parts, progress, query);
  const caller = callerOf(claims);
  if (!isPermitted({ operation, caller, params, directory: tenant.directory })) throw denied();
  checkRequest(parts, operation, { progress, query });
  if (handler === undefined) throw unmodelled(parts, operation, progress);
  const reply = handler.handle(callOf(parts, progress, { operation, params, query, tenant, caller }));
  const isEntity = request.method === "GET" && reply.status === 200 && !operation.path.endsWith("/delta");
  const body = emptied(parts, progress, isEntity ? selected(reply.body, query.$select, operation) : reply.body, query);
  checkResponse(parts, operation, { progress, status: reply.status, body });
  return { ...reply, body };
}

type Query = Readonly<Record<string, string>>;

interface CallParts {
  readonly operation: ContractOperation;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly tenant: WorldTenant;
  readonly caller: GraphCaller;
}

/** @throws GraphError when the replica that answers does not know the path's object yet */
function callOf(parts: PipelineParts, progress: Progress, call: CallParts): GraphCall {
  const { operation, params, query, tenant, caller } = call;
  const { version, headers, body, origin, path } = progress.request;
  const { clock, delays, dice } = parts;
  const { directory } = tenant;
  const nowMs = clock.nowMs();
  const lagMs = delays.ms("entra.replicaLag");
  const isIndexed = headers.consistencylevel?.toLowerCase() === "eventual";
  const asOfMs = isIndexed ? nowMs - delays.ms("entra.indexLag") : replicaAsOf(dice, nowMs, lagMs);
  const early = unknownYet({ directory, params, path: operation.path, asOfMs, dice });
  if (early !== undefined) throw early;
  const root = `${origin}/${version}`;
  return {
    version,
    caller,
    directory,
    tenant,
    asOfMs,
    settledMs: nowMs - lagMs,
    nowMs,
    params,
    query,
    headers,
    body,
    root,
    url: `${root}${path}`,
    pageItemsMax: pageItemsMax(parts, progress),
  };
}

function checkRequest(
  { gate }: PipelineParts,
  operation: ContractOperation,
  { progress, query }: { readonly progress: Progress; readonly query: Query },
): void {
  const { request, marks } = progress;
  const call = nameOf(operation);
  const undeclared = operation.undeclaredOptions(Object.keys(query));
  if (undeclared.length > 0) {
    const problem = `${undeclared.join(", ")} is not declared`;
    gate.note({ kind: "option", call, problem, atMs: marks.nowMs });
    throw badRequest(`Unrecognized query option: ${problem}.`);
  }
  const problem = operation.requestProblem(request.body);
  if (problem === undefined) return;
  gate.note({ kind: "request", call, problem, atMs: marks.nowMs });
  throw badRequest(`Invalid request body: ${problem}.`);
}

/** What the world itself answers wrongly is a bug of the world, and fails the run like any other breach. */
function checkResponse(
  { gate }: PipelineParts,
  operation: ContractOperation,
  { progress, status, body }: { readonly progress: Progress; readonly status: number; readonly body: unknown },
): void {
  const problem = operation.responseProblem(status, body);
  if (problem === undefined) return;
  const call = nameOf(operation);
  gate.note({ kind: "response", call, problem, atMs: progress.marks.nowMs });
  throw new GraphError(500, "UnknownError", `A bug of the simulated world: ${call} answered ${problem}`);
}

function unmodelled({ gate }: PipelineParts, operation: ContractOperation, { marks }: Progress): GraphError {
  const call = nameOf(operation);
  gate.note({ kind: "unmodelled", call, problem: "this world does not model it", atMs: marks.nowMs });
  return new GraphError(501, "NotImplemented", `${call} is not modelled by this world.`);
}

function nameOf({ method, version, path }: ContractOperation): string {
  return `${method} /${version}${path}`;
}

/** @throws GraphError for an option that comes twice, or that cannot be decoded */
export function queryOf(path: string): Readonly<Record<string, string>> {
  const [, text = ""] = /\?(.*)$/s.exec(path) ?? [];
  const query: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    if (Object.hasOwn(query, name)) throw badRequest(`Query option '${name}' was specified more than once.`);
    query[name] = value;
  }
  return query;
}

export function authenticate({ tokens, audiences, clock }: PipelineParts, request: PartRequest): AccessTokenClaims {
  const { headers, origin } = request;
  return tokens.read(headers.authorization, {
    nowMs: clock.nowMs(),
    audiences: (tenantID) => audiences(origin, tenantID),
  });
}

/** @returns the headers by which a call that passed says how near the limit is */
function throttled(
  { throttle, isThrottling }: PipelineParts,
  subject: Parameters<GraphThrottle["take"]>[0],
): Readonly<Record<string, string>> {
  if (!isThrottling()) return {};
  const verdict = throttle.take(subject);
  if (verdict.kind === "refused") throw tooMany(verdict);
  return {
    "x-ms-resource-unit": String(verdict.units),
    ...(verdict.usedShare >= WARNING_SHARE && {
      "x-ms-throttle-limit-percentage": verdict.usedShare.toFixed(2),
    }),
  };
}

/** The header appears from 80 % on (entra-graph reference, 10.1). */
const WARNING_SHARE = 0.8;
