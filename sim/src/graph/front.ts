/**
 * From an HTTP request to Graph or to the login authority and back.
 * Guarantees: hosts of the national clouds are told apart by name; a host of no vendor's (loopback) serves both by path; every request is answered or lost on
 * purpose; a bug of the world is answered as 500 with its sentence. Never rejects.
 */
import type { WireOutcome } from "../http/wire.ts";
import { performBatch } from "./batch.ts";
import { CLOUDS, cloudsOf } from "./clouds.ts";
import { GraphError } from "./errors.ts";
import type { LoginParts } from "./login/front.ts";
import { loginFront } from "./login/front.ts";
import type { GraphVersion } from "./operation.ts";
import type { PartRequest, PipelineParts } from "./pipeline.ts";
import { perform } from "./pipeline.ts";
import type { WorldTenant } from "./tenant.ts";
import type { Answer, GraphRequest, PartOutcome, RequestMarks } from "./wire.ts";
import { errorAnswer } from "./wire.ts";

export interface FrontParts extends Omit<PipelineParts, "audiences" | "tenant"> {
  readonly tenants: ReadonlyMap<string, WorldTenant>;
  readonly servedOrigins: ReadonlySet<string>;
  readonly newRequestID: () => string;
}

export function graphFront(front: FrontParts): (request: GraphRequest) => Promise<WireOutcome> {
  const parts: PipelineParts = {
    ...front,
    tenant: (tenantID) => front.tenants.get(tenantID),
    audiences: (origin, tenantID) => audiencesAt(front, origin, tenantID),
  };
  const login = loginFront({
    ...front,
    tenantAt: (origin, tenant) => tenantAt(front.tenants, origin, tenant),
  } satisfies LoginParts);
  const marksOf = (headers: GraphRequest["headers"]): RequestMarks => ({
    requestID: front.newRequestID(),
    clientRequestID: headers["client-request-id"],
    nowMs: front.clock.nowMs(),
  });
  return async (request) => {
    const marks = marksOf(request.headers);
    try {
      const site = siteOf(request);
      const outcome =
        site.kind === "login"
          ? await login(request, marks)
          : await graph(parts, { request, marks, ...site, nextMarks: () => marksOf(request.headers) });
      return written(outcome, marks);
    } catch (error) {
      const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
      front.gate.note({ kind: "response", call: `${request.method} ${request.url}`, problem, atMs: marks.nowMs });
      const bug = new GraphError(500, "UnknownError", `A bug of the simulated world: ${problem}`);
      return written({ kind: "answered", answer: errorAnswer(bug, marks) }, marks);
    }
  };
}

type Site =
  | { readonly kind: "login" }
  | { readonly kind: "graph"; readonly version: GraphVersion; readonly origin: string; readonly path: string };

function siteOf({ url }: GraphRequest): Site {
  const { origin, pathname, search } = new URL(url);
  const [, version = "", path = ""] = /^\/(v1\.0|beta)(\/.*)$/.exec(pathname) ?? [];
  const isLogin = cloudsOf(origin, "login").length > 0;
  if (isLogin || (version === "" && cloudsOf(origin, "graph").length === 0)) return { kind: "login" };
  return { kind: "graph", version: version === "beta" ? "beta" : "v1.0", origin, path: `${path || pathname}${search}` };
}

function audiencesAt({ tenants, servedOrigins }: FrontParts, origin: string, tenantID: string): readonly string[] {
  const tenant = tenants.get(tenantID);
  if (tenant === undefined) return [];
  const { graph } = CLOUDS[tenant.cloud];
  // At a vendor's host only tokens for that host count; a loopback host stands for the cloud of whoever calls.
  if (cloudsOf(origin, "graph").length > 0) return graph === origin ? [graph] : [];
  return [graph, ...servedOrigins];
}

/** A vendor's login host knows the tenants of its own clouds only. */
function tenantAt(tenants: ReadonlyMap<string, WorldTenant>, origin: string, name: string): WorldTenant | undefined {
  const clouds = cloudsOf(origin, "login");
  const wanted = name.toLowerCase();
  const found = [...tenants.values()].find(({ tenantID, domains }) => tenantID === wanted || domains.includes(wanted));
  return found !== undefined && (clouds.length === 0 || clouds.includes(found.cloud)) ? found : undefined;
}

interface GraphAsk {
  readonly request: GraphRequest;
  readonly marks: RequestMarks;
  readonly version: GraphVersion;
  readonly origin: string;
  readonly path: string;
  readonly nextMarks: () => RequestMarks;
}

async function graph(parts: PipelineParts, ask: GraphAsk): Promise<PartOutcome> {
  const { request, marks, version, origin, path } = ask;
  const body = bodyOf(request.body);
  if (body.kind === "broken") {
    parts.gate.note({
      kind: "request",
      call: `${request.method} /${version}${path}`,
      problem: "the body is not JSON",
      atMs: marks.nowMs,
    });
    return {
      kind: "answered",
      answer: errorAnswer(new GraphError(400, "BadRequest", "Unable to read JSON request payload."), marks),
    };
  }
  const { method, headers } = request;
  const part: PartRequest = { version, origin, method, path, headers, body: body.value };
  if (method !== "POST" || path !== "/$batch") return perform(parts, { request: part, marks });
  // The batch itself is a call as well: logged, lost and checked as one, its parts inside it.
  return perform(parts, { request: part, marks, inside: () => batchAnswer(parts, part, ask) });
}

/** A batch that is refused as a whole is refused after it was let in: its form is all that is judged here. */
async function batchAnswer(parts: PipelineParts, part: PartRequest, { marks, nextMarks }: GraphAsk): Promise<Answer> {
  const performPart = (request: PartRequest, own: RequestMarks): Promise<PartOutcome> =>
    perform(parts, { request, marks: own });
  try {
    return await performBatch({ dice: parts.dice, nextMarks, perform: performPart }, part);
  } catch (error) {
    if (error instanceof GraphError) return errorAnswer(error, marks);
    throw error;
  }
}

function bodyOf(text: string): { readonly kind: "read"; readonly value: unknown } | { readonly kind: "broken" } {
  if (text === "") return { kind: "read", value: undefined };
  try {
    return { kind: "read", value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: "broken" };
    throw error;
  }
}

function written(outcome: PartOutcome, { requestID, clientRequestID, nowMs }: RequestMarks): WireOutcome {
  if (outcome.kind === "lost") return outcome;
  const { status, headers, body } = outcome.answer;
  const isText = typeof body === "number";
  const content = body === undefined ? "" : isText ? String(body) : JSON.stringify(body);
  const type = isText ? "text/plain" : "application/json;odata.metadata=minimal;odata.streaming=true;charset=utf-8";
  return {
    kind: "answered",
    response: {
      status,
      headers: {
        ...(content !== "" && { "content-type": type }),
        "request-id": requestID,
        "client-request-id": clientRequestID ?? requestID,
        date: new Date(nowMs).toUTCString(),
        ...headers,
      },
      body: content,
    },
  };
}
