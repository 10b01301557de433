/**
 * The operator's way to the in-memory API server: the same transport that carries real requests in production.
 * Guarantees: what `src/kube/transport.ts` promises (an answer, or a value that says why there is none); a call of a dead process is never answered.
 * Never: a request that the server does not know passes as a failure: it fails the run.
 */
import type { ApiServer } from "../../../sim/src/kube/server.ts";
import type { Actor } from "../../../sim/src/virtual/scheduler.ts";
import { DeadlineExceeded, withDeadline } from "../../../src/runtime/clock.ts";
import type { Clock } from "../../../src/runtime/clock.ts";
import type { Answered, KubeRequest, KubeTransport, Streaming, Unanswered } from "../../../src/kube/transport.ts";
import { KUBE_DELAY, WATCH_DELAY } from "./network.ts";
import type { Network } from "./network.ts";
import type { Fate, OutsideCall, Strikes } from "./outside.ts";
import { siteOfRequest } from "./sites.ts";
import { pieces } from "./pieces.ts";

export interface KubeLinkOptions {
  readonly server: ApiServer;
  readonly serverActor: Actor;
  readonly operator: Actor;
  readonly clock: Clock;
  readonly network: Network;
  readonly strikes: Strikes;
  /** Tells the run what arrived and what was answered. */
  readonly arrived: (call: OutsideCall, fate: Fate, status: number | undefined) => void;
  /** The operator's process dies now. */
  readonly kill: () => void;
  /** Plans the end of a watch at its own time limit; returns how to cancel. */
  readonly later: (delayMs: number, what: string, callback: () => void) => () => void;
}

const RESET: Unanswered = {
  kind: "unanswered",
  reason: "ConnectionReset",
  mayHaveArrived: true,
  evidence: "ECONNRESET socket hang up",
};

export function kubeLink(options: KubeLinkOptions): KubeTransport {
  return {
    send: (request, signal) => bounded(options, request, signal, (settle) => dispatch(options, request, settle)),
    stream: (request, signal) =>
      bounded(options, request, signal, (settle) => open(options, request, { settle, signal })),
    close: () => Promise.resolve(),
  };
}

/** Deadline and abort, as every transport has them. */
async function bounded<Result>(
  { clock }: KubeLinkOptions,
  request: KubeRequest,
  signal: AbortSignal,
  start: (settle: (result: Result | Unanswered) => void) => void,
): Promise<Result | Unanswered> {
  signal.throwIfAborted();
  try {
    return await withDeadline(
      clock,
      request.timeoutMs,
      signal,
      (attempt) =>
        new Promise<Result | Unanswered>((resolve, reject) => {
          attempt.addEventListener("abort", () => reject(attempt.reason as Error), { once: true });
          start(resolve);
        }),
    );
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof DeadlineExceeded)) throw error;
    return { kind: "unanswered", reason: "Timeout", mayHaveArrived: true, evidence: error.message };
  }
}

function dispatch(
  options: KubeLinkOptions,
  request: KubeRequest,
  settle: (result: Answered | Unanswered) => void,
): void {
  const { network, serverActor, operator } = options;
  const call = callOf(options, request);
  const reply = (result: Answered | Unanswered, extraMs = 0): void => {
    const text = `${call.site} answered`;
    const slow = { usualMs: KUBE_DELAY.usualMs + extraMs, worstMs: KUBE_DELAY.worstMs + extraMs };
    network.send({ text, to: operator, delayMs: slow, arrive: () => settle(result) });
  };
  const arrive = (): void => {
    const fate = options.strikes.fateOf(call);
    if (fate.kind === "lostRequest") {
      options.arrived(call, fate, undefined);
      if (fate.symptom === "reset") reply(RESET);
      return;
    }
    if (fate.kind === "refused") {
      options.arrived(call, fate, fate.status);
      reply(refusal(fate));
      return;
    }
    const { status, body } = options.server.handle(wire(request));
    options.arrived(call, fate, status);
    if (fate.kind === "death") options.kill();
    else if (fate.kind === "lostAnswer") {
      if (fate.symptom === "reset") reply(RESET);
    } else {
      reply({ kind: "answered", status, body }, fate.kind === "late" ? fate.delayMs : 0);
    }
  };
  const text = `${operator.name} ${request.method} ${request.path}`;
  network.send({ text, to: serverActor, delayMs: KUBE_DELAY, arrive });
}

interface Opening {
  readonly settle: (result: Streaming | Answered | Unanswered) => void;
  readonly signal: AbortSignal;
}

function open(options: KubeLinkOptions, request: KubeRequest, { settle, signal }: Opening): void {
  const { network, serverActor, operator, strikes } = options;
  const call = callOf(options, request);
  const text = `${operator.name} WATCH ${request.path}`;
  const arrive = (): void => {
    const fate = strikes.fateOf(call);
    const head = network.channel(operator, WATCH_DELAY, `watch ${call.about}`);
    const answer = (result: Answered | Unanswered): void => head.push(0, () => settle(result));
    if (fate.kind === "lostRequest") {
      if (fate.symptom === "reset") answer(RESET);
      return;
    }
    if (fate.kind === "refused") {
      answer(refusal(fate));
      return;
    }
    const stream = pieces(signal);
    const watch = { operator: operator.name, kind: call.about };
    let isSilent = false;
    const opened = options.server.openWatch(wire(request), {
      event(line) {
        const piece = strikes.pieceOf(watch, line);
        isSilent ||= piece.kind === "silent";
        if (isSilent || piece.kind === "dropped") return;
        head.push(piece.kind === "late" ? piece.delayMs : 0, () => stream.push(line));
      },
      end() {
        if (!isSilent) head.push(0, () => stream.end());
      },
    });
    options.arrived(call, fate, opened.kind === "watching" ? 200 : opened.status);
    if (opened.kind !== "watching") {
      answer({ kind: "answered", status: opened.status, body: opened.body });
      return;
    }
    const limitSeconds = Number(new URLSearchParams(request.path.split("?")[1]).get("timeoutSeconds") ?? "300");
    const cancel = options.later(limitSeconds * 1_000, "watch reaches its time limit", () => {
      opened.close();
      if (!isSilent) head.push(0, () => stream.end());
    });
    stream.onClosed(() => {
      cancel();
      opened.close();
    });
    head.push(0, () => settle({ kind: "streaming", chunks: stream.chunks }));
  };
  network.send({ text, to: serverActor, delayMs: KUBE_DELAY, arrive });
}

function callOf({ operator }: KubeLinkOptions, request: KubeRequest): OutsideCall {
  return { side: "kube", operator: operator.name, ...siteOfRequest(request) };
}

function wire({ method, path, contentType, body }: KubeRequest) {
  // Through JSON, as on the wire: the server keeps nothing that the operator could still change.
  return {
    method,
    path,
    ...(contentType === undefined ? {} : { contentType }),
    ...(body === undefined ? {} : { body: JSON.parse(JSON.stringify(body)) as object }),
  };
}

function refusal({ status, reason, retryAfterSeconds }: Fate & { readonly kind: "refused" }): Answered {
  return {
    kind: "answered",
    status,
    body: { kind: "Status", apiVersion: "v1", status: "Failure", code: status, reason, message: reason },
    ...(retryAfterSeconds === undefined ? {} : { retryAfterMs: retryAfterSeconds * 1_000 }),
  };
}
