/**
 * Events for people, as events.k8s.io/v1 objects.
 * Guarantees: the same sentence about the same object at most every two minutes; a bounded rate an object and a bounded queue in
 * all; `emit` returns at once and never throws.
 * Never: blocks or fails a loop; retries (an event that is lost is no state); writes into a terminating namespace twice.
 */
import { createHash } from "node:crypto";
import type { Clock } from "../runtime/clock.ts";
import { KUBE_LIMITS } from "./limits.ts";
import type { KubeMetrics } from "./observers.ts";
import type { EventPort, KubeObject, KubePort, PersonEvent, ResourceKind } from "./port.ts";

export const EVENTS: ResourceKind = {
  group: "events.k8s.io",
  version: "v1",
  kind: "Event",
  plural: "events",
  isNamespaced: true,
};

export interface EventOptions {
  /** Not the journalled port: nobody waits for events. */
  readonly port: KubePort;
  readonly clock: Clock;
  readonly metrics: KubeMetrics;
  /** `reportingController`, a qualified name such as `example.com/operator`. */
  readonly reportingController: string;
  /** `reportingInstance`: the pod. */
  readonly reportingInstance: string;
  /** Namespace for events about cluster-scoped objects. */
  readonly fallbackNamespace?: string;
}

export interface EventSender extends EventPort {
  /** Sends what is queued; resolves when the queue is empty or `signal` aborts. */
  flush(signal: AbortSignal): Promise<void>;
}

interface Subject {
  readonly tokens: number;
  readonly refilledMs: number;
  /** Sentence to when it was last told. */
  readonly told: Map<string, number>;
}

export function eventSender(options: EventOptions): EventSender {
  const { clock, metrics } = options;
  const subjects = new Map<string, Subject>(); // in order of last use
  const waiting: { readonly about: KubeObject; readonly event: PersonEvent; readonly nowMs: number }[] = [];
  const stop = new AbortController();
  let sending: Promise<void> | undefined;

  function admits(about: KubeObject, event: PersonEvent): "sent" | "merged" | "limited" {
    const nowMs = clock.monotonicMs();
    const { uid } = about.metadata;
    const subject = refilled(subjects.get(uid), nowMs);
    subjects.delete(uid);
    subjects.set(uid, subject);
    if (subjects.size > KUBE_LIMITS.eventSubjectsMax) subjects.delete(subjects.keys().next().value ?? "");
    const sentence = JSON.stringify([event.type, event.reason, event.message]);
    const toldMs = subject.told.get(sentence);
    if (toldMs !== undefined && nowMs - toldMs < KUBE_LIMITS.eventRepeatMs) return "merged";
    if (subject.tokens < 1) return "limited";
    subject.told.set(sentence, nowMs);
    subjects.set(uid, { ...subject, tokens: subject.tokens - 1 });
    return "sent";
  }

  async function drainQueue(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined && !stop.signal.aborted; next = waiting.shift()) {
      const manifest = eventManifest(next.about, next.event, next.nowMs, options);
      try {
        const outcome = await options.port.create(EVENTS, manifest, stop.signal);
        const isRefused = outcome.kind === "failed" && outcome.failure.reason === "NamespaceTerminating";
        metrics.event(outcome.kind === "ok" ? "sent" : isRefused ? "refused" : "failed");
      } catch {
        // Only an abort or a bug of the port arrives here; an event is not worth a loop's life.
        metrics.event("failed");
      }
    }
    sending = undefined;
  }

  return {
    emit(about, event) {
      const verdict = admits(about, event);
      if (verdict !== "sent") {
        metrics.event(verdict);
        return;
      }
      if (waiting.length >= KUBE_LIMITS.eventQueueMax) {
        waiting.shift();
        metrics.event("dropped");
      }
      waiting.push({ about, event, nowMs: clock.nowMs() });
      sending ??= drainQueue();
    },
    async flush(signal) {
      const onAbort = (): void => stop.abort(signal.reason);
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort, { once: true });
      await sending;
      signal.removeEventListener("abort", onAbort);
    },
  };
}

function refilled(subject: Subject | undefined, nowMs: number): Subject {
  if (subject === undefined) return { tokens: KUBE_LIMITS.eventBurst, refilledMs: nowMs, told: new Map() };
  for (const [sentence, toldMs] of subject.told) {
    if (nowMs - toldMs >= KUBE_LIMITS.eventRepeatMs) subject.told.delete(sentence);
  }
  const gained = Math.floor((nowMs - subject.refilledMs) / KUBE_LIMITS.eventRefillMs);
  if (gained <= 0) return subject;
  const tokens = Math.min(KUBE_LIMITS.eventBurst, subject.tokens + gained);
  return { ...subject, tokens, refilledMs: subject.refilledMs + gained * KUBE_LIMITS.eventRefillMs };
}

/** The object as the API wants it; the name is unique for subject, sentence and instant. */
export function eventManifest(
  about: KubeObject,
  event: PersonEvent,
  nowMs: number,
  options: Pick<EventOptions, "reportingController" | "reportingInstance" | "fallbackNamespace">,
): object {
  const { name, namespace, uid, resourceVersion } = about.metadata;
  const note = event.message.slice(0, KUBE_LIMITS.eventNoteLengthMax);
  const digest = createHash("sha256").update(JSON.stringify([uid, event.type, event.reason, note, nowMs]));
  return {
    apiVersion: "events.k8s.io/v1",
    kind: "Event",
    metadata: {
      name: `${name.slice(0, 200)}.${digest.digest("hex").slice(0, 16)}`,
      namespace: namespace ?? options.fallbackNamespace ?? "default",
    },
    eventTime: microTime(nowMs),
    type: event.type,
    reason: event.reason,
    action: event.action,
    note,
    regarding: { apiVersion: about.apiVersion, kind: about.kind, name, namespace, uid, resourceVersion },
    reportingController: options.reportingController,
    reportingInstance: options.reportingInstance.slice(0, 128),
  };
}

/** metav1.MicroTime: six digits of a second. */
export function microTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/Z$/, "000Z");
}
