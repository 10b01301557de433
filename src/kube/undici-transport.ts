/**
 * The transport of production: kubeconfig and authentication by client-node, everything else over pinned undici agents.
 * Guarantees: connections are reused (client-node opens one a call); watches have a pool of their own, so that they never
 * starve calls; every call ends by its deadline on the injected clock.
 * Never: undici's or client-node's retries; a proxy other than HTTP CONNECT; HTTP/2: Node 24's session can spin for ever, without running
 * JavaScript again, when a request is given up in the moment in which it is sent (seen on SIGTERM right after the start).
 */
import type { RequestOptions } from "node:https";
import { KubeConfig } from "@kubernetes/client-node";
import { Agent, ProxyAgent } from "undici";
import type { Dispatcher } from "undici";
import { DeadlineExceeded, withDeadline } from "../runtime/clock.ts";
import type { Clock } from "../runtime/clock.ts";
import { KUBE_LIMITS } from "./limits.ts";
import type { Answered, KubeRequest, KubeTransport, Unanswered } from "./transport.ts";

export interface UndiciTransportOptions {
  readonly clock: Clock;
  readonly userAgent: string;
  /** Path of a kubeconfig; default: client-node's order (KUBECONFIG, home, in-cluster service account). */
  readonly kubeconfig?: string;
  /** Connections for calls; the lease has a transport of its own with 1. */
  readonly connections?: number;
}

export async function undiciTransport(options: UndiciTransportOptions): Promise<KubeTransport> {
  const config = new KubeConfig();
  if (options.kubeconfig === undefined) config.loadFromDefault();
  else config.loadFromFile(options.kubeconfig);
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new Error("the kubeconfig has no current cluster: set its current-context");
  const calls = await agentFor(config, options.connections ?? KUBE_LIMITS.connectionsMax);
  const watches = await agentFor(config, undefined);
  const { origin, pathname } = new URL(server);
  const basePath = pathname.replace(/\/+$/, "");

  async function open(
    dispatcher: Dispatcher,
    request: KubeRequest,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const headers: Record<string, string> = {
      ...(await authenticationHeaders(config)),
      accept: "application/json",
      "user-agent": options.userAgent,
      ...(request.body === undefined ? {} : { "content-type": request.contentType ?? "application/json" }),
    };
    signal.throwIfAborted();
    const answer = dispatcher.request({
      origin,
      path: basePath + request.path,
      method: request.method,
      headers,
      signal,
      body: request.body === undefined ? null : JSON.stringify(request.body),
      // Deadlines are ours, on the injected clock.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    return await unlessAborted(answer, signal);
  }

  return {
    async send(request, signal) {
      try {
        return await withDeadline(options.clock, request.timeoutMs, signal, async (bounded) => {
          const response = await open(calls, request, bounded);
          return answered(response, await response.body.text());
        });
      } catch (error) {
        return unanswered(error, signal);
      }
    },
    async stream(request, signal) {
      const controller = new AbortController();
      const follow = (): void => controller.abort(signal.reason);
      if (signal.aborted) follow();
      else signal.addEventListener("abort", follow, { once: true });
      const cancel = options.clock.schedule(request.timeoutMs, () =>
        controller.abort(new DeadlineExceeded(request.timeoutMs)),
      );
      try {
        const response = await open(watches, request, controller.signal);
        cancel();
        if (response.statusCode !== 200) return answered(response, await response.body.text());
        return { kind: "streaming", chunks: decoded(response, () => signal.removeEventListener("abort", follow)) };
      } catch (error) {
        cancel();
        signal.removeEventListener("abort", follow);
        return unanswered(error, signal);
      }
    },
    async close() {
      await Promise.all([calls.destroy(), watches.destroy()]);
    },
  };
}

/** undici looks at a request's signal once it has a connection for it, and a silent server may give none: a deadline does not wait for that. */
function unlessAborted<Answer>(answer: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    answer.then(resolve, reject);
  });
}

async function agentFor(config: KubeConfig, connections: number | undefined): Promise<Dispatcher> {
  const https: RequestOptions = {};
  await config.applyToHTTPSOptions(https);
  const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername } = https;
  const tls = Object.fromEntries(
    Object.entries({ ca, cert, key, pfx, passphrase, rejectUnauthorized, servername }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  const limit = connections === undefined ? {} : { connections };
  const proxyUrl = config.getCurrentCluster()?.proxyUrl;
  if (proxyUrl !== undefined && proxyUrl !== "") {
    if (!proxyUrl.startsWith("http"))
      throw new Error(`proxy-url ${proxyUrl}: only http and https proxies are supported`);
    return new ProxyAgent({ uri: proxyUrl, requestTls: tls, ...HTTP_1, ...limit });
  }
  // 30 s probes as client-go: below the idle limits of the usual load balancers.
  return new Agent({ connect: { ...tls, keepAlive: true, keepAliveInitialDelay: 30_000 }, ...HTTP_1, ...limit });
}

/** One request a connection at a time: giving one up closes its connection and touches no other. */
const HTTP_1 = { allowH2: false, pipelining: 1 } as const;

/** Asked for each request: tokens in files and exec plugins are refreshed by client-node. */
async function authenticationHeaders(config: KubeConfig): Promise<Record<string, string>> {
  const https: RequestOptions = {};
  await config.applyToHTTPSOptions(https);
  const headers = Object.entries(https.headers ?? {}).map(
    ([name, value]) => [name.toLowerCase(), String(value)] as const,
  );
  const basic =
    typeof https.auth === "string" ? { authorization: `Basic ${Buffer.from(https.auth).toString("base64")}` } : {};
  return { ...basic, ...Object.fromEntries(headers) };
}

function answered(response: Dispatcher.ResponseData, text: string): Answered {
  const retryAfterMs = retryAfterOf(response.headers["retry-after"]);
  return {
    kind: "answered",
    status: response.statusCode,
    body: parsed(text),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The API server sends whole seconds (never a date). */
function retryAfterOf(header: string | string[] | undefined): number | undefined {
  const seconds = typeof header === "string" ? Number(header) : Number.NaN;
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 3_600) * 1_000 : undefined;
}

async function* decoded(response: Dispatcher.ResponseData, release: () => void): AsyncIterable<string> {
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) yield decoder.decode(chunk, { stream: true });
  } finally {
    release();
    response.body.destroy();
  }
}

const REASONS: ReadonlyMap<string, { readonly reason: string; readonly mayHaveArrived: boolean }> = new Map([
  ["ECONNREFUSED", { reason: "ConnectionRefused", mayHaveArrived: false }],
  ["ENOTFOUND", { reason: "NameNotResolved", mayHaveArrived: false }],
  ["EAI_AGAIN", { reason: "NameNotResolved", mayHaveArrived: false }],
  ["EHOSTUNREACH", { reason: "HostUnreachable", mayHaveArrived: false }],
  ["ENETUNREACH", { reason: "HostUnreachable", mayHaveArrived: false }],
  ["UND_ERR_CONNECT_TIMEOUT", { reason: "ConnectTimeout", mayHaveArrived: false }],
  ["ECONNRESET", { reason: "ConnectionReset", mayHaveArrived: true }],
  ["EPIPE", { reason: "ConnectionReset", mayHaveArrived: true }],
  ["UND_ERR_SOCKET", { reason: "ConnectionReset", mayHaveArrived: true }],
]);

/** An abort of the caller is thrown; everything else is a value. */
function unanswered(error: unknown, signal: AbortSignal): Unanswered {
  signal.throwIfAborted();
  if (error instanceof DeadlineExceeded) {
    return { kind: "unanswered", reason: "Timeout", mayHaveArrived: true, evidence: error.message };
  }
  const code = codeOf(error);
  const known = REASONS.get(code) ?? { reason: "ConnectionFailed", mayHaveArrived: true };
  return { kind: "unanswered", ...known, evidence: `${code} ${error instanceof Error ? error.message : ""}`.trim() };
}

function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return String(error);
  if ("code" in error && typeof error.code === "string") return error.code;
  return "cause" in error ? codeOf(error.cause) : "";
}
