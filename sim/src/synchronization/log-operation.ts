/**
 * GET /auditLogs/provisioning (entra-graph reference, 5.2). Guarantees: newest first unless `$orderby` says otherwise; pages follow by a position in
 * the log, so that new records do not shift them; not countable.
 */
import { badRequest } from "../graph/errors.ts";
import type { GraphCall, GraphOperation, GraphReply, OperationLimit } from "../graph/operation.ts";
import { logFilter } from "./log-query.ts";
import { logView } from "./log-view.ts";
import type { ServiceOf } from "./operations.ts";

/** The reporting family: 5 requests in 10 seconds for each application and tenant. */
export const LOG_LIMIT: OperationLimit = { name: "reporting", calls: 5, perMs: 10_000 };
const PAGE_STANDARD = 100;
const PAGE_MAX = 1_000;

export function logOperation(serviceOf: ServiceOf): GraphOperation {
  return {
    method: "GET",
    path: "/auditLogs/provisioning",
    versions: ["v1.0", "beta"],
    limits: [LOG_LIMIT],
    handle: (call) => page(call, serviceOf),
  };
}

function page(call: GraphCall, serviceOf: ServiceOf): GraphReply {
  const { query, directory } = call;
  if (query.$count !== undefined) throw badRequest("The provisioning log cannot be counted.");
  const service = serviceOf(directory.tenantID);
  const isVarying = service.switches.logLetterCase === "varying";
  const matches = logFilter(query.$filter);
  const isAscending = readOrder(query.$orderby);
  const after = readToken(query.$skiptoken);
  const views = service.log
    .list()
    .filter(({ sequence }) => after === undefined || (isAscending ? sequence > after : sequence < after))
    .map((record) => ({
      sequence: record.sequence,
      view: logView(record, { tenantID: directory.tenantID, isVarying }),
    }))
    .filter(({ view }) => matches(view));
  const ordered = isAscending ? views : views.toReversed();
  const shown = ordered.slice(0, readTop(query.$top));
  const last = shown.at(-1);
  const isMore = last !== undefined && shown.length < ordered.length;
  return {
    status: 200,
    body: {
      ...(isMore && { "@odata.nextLink": nextLink(call.url, last.sequence) }),
      value: shown.map(({ view }) => view),
    },
  };
}

function readOrder(orderBy: string | undefined): boolean {
  if (orderBy === undefined) return false;
  const direction = /^activityDateTime(?:\s+(asc|desc))?$/.exec(orderBy.trim());
  if (direction === null) throw badRequest(`Invalid $orderby clause: '${orderBy}'.`);
  return direction[1] !== "desc";
}

function readTop(top: string | undefined): number {
  if (top === undefined) return PAGE_STANDARD;
  const size = Number(top);
  if (!Number.isInteger(size) || size < 1 || size > PAGE_MAX)
    throw badRequest(`Invalid page size specified: '${top}'.`);
  return size;
}

function readToken(token: string | undefined): number | undefined {
  if (token === undefined) return undefined;
  if (!/^p\d{1,12}$/.test(token)) throw badRequest("The skip token is not valid.");
  return Number(token.slice(1));
}

function nextLink(url: string, sequence: number): string {
  const next = new URL(url);
  next.searchParams.set("$skiptoken", `p${sequence}`);
  return next.toString();
}
