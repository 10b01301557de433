/**
 * A transport whose answers a unit test writes by hand: one function for calls, hand-fed watch streams.
 * Not an API server: what the server does is tested against the real one (`test/integration/kube`).
 */
import type { Clock } from "../../src/runtime/clock.ts";
import { withDeadline } from "../../src/runtime/clock.ts";
import type { Answered, KubeRequest, KubeTransport, Streaming, Unanswered } from "../../src/kube/transport.ts";

export interface ScriptedWatch {
  readonly request: KubeRequest;
  /** Sends one event. */
  event(type: string, object: object): void;
  /** Sends raw text, cut wherever the test likes. */
  raw(text: string): void;
  end(): void;
  fail(error: Error): void;
  isOpen(): boolean;
}

export type Answer = Answered | Unanswered;
export type Script = (request: KubeRequest, signal: AbortSignal) => Answer | Promise<Answer>;

export interface ScriptedTransport extends KubeTransport {
  readonly requests: KubeRequest[];
  readonly watches: ScriptedWatch[];
  /** Replaces what calls are answered with. */
  answerWith(script: Script): void;
  /** Answers the next watch openings with these instead of opening a stream; replaces what is left of an earlier call. */
  refuseWatches(...answers: Answer[]): void;
}

export const ok = (body: object): Answered => ({ kind: "answered", status: 200, body });
export const status = (code: number, reason = "", more: object = {}): Answered => ({
  kind: "answered",
  status: code,
  body: { kind: "Status", reason, ...more },
});

export function scriptedTransport(clock: Clock, script: Script): ScriptedTransport {
  let current = script;
  const refusals: Answer[] = [];
  const requests: KubeRequest[] = [];
  const watches: ScriptedWatch[] = [];
  return {
    requests,
    watches,
    answerWith: (next) => {
      current = next;
    },
    refuseWatches: (...answers) => {
      refusals.splice(0, refusals.length, ...answers);
    },
    async send(request, signal) {
      signal.throwIfAborted();
      requests.push(request);
      try {
        return await withDeadline(clock, request.timeoutMs, signal, async (bounded) => current(request, bounded));
      } catch (error) {
        signal.throwIfAborted();
        return { kind: "unanswered", reason: "Timeout", mayHaveArrived: true, evidence: String(error) };
      }
    },
    stream(request, signal) {
      signal.throwIfAborted();
      requests.push(request);
      const refusal = refusals.shift();
      if (refusal !== undefined) return Promise.resolve(refusal);
      const { watch, chunks } = openWatch(request, signal);
      watches.push(watch);
      return Promise.resolve({ kind: "streaming", chunks } satisfies Streaming);
    },
    close: () => Promise.resolve(),
  };
}

/** Never answers by itself: ends with the deadline or the caller's abort. */
export function silence(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
    if (signal.aborted) fail();
    else signal.addEventListener("abort", fail, { once: true });
  });
}

function openWatch(request: KubeRequest, signal: AbortSignal): { watch: ScriptedWatch; chunks: AsyncIterable<string> } {
  let controller: ReadableStreamDefaultController<string> | undefined;
  let isOpen = true;
  const chunks = new ReadableStream<string>({
    start: (started) => {
      controller = started;
    },
    cancel: () => {
      isOpen = false;
    },
  });
  const fail = (error: Error): void => {
    if (isOpen) controller?.error(error);
    isOpen = false;
  };
  signal.addEventListener("abort", () => fail(new Error("aborted")), { once: true });
  const raw = (text: string): void => controller?.enqueue(text);
  const watch: ScriptedWatch = {
    request,
    raw,
    fail,
    event: (type, object) => raw(JSON.stringify({ type, object }) + "\n"),
    end: () => {
      if (isOpen) controller?.close();
      isOpen = false;
    },
    isOpen: () => isOpen,
  };
  return { watch, chunks };
}
