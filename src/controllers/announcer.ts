/**
 * One log line and one event for a decision, only when it changed.
 * Guarantees: a steady object says nothing; memory is bounded by the objects that exist (`forget`).
 */
import type { EventPort, KubeObject, PersonEvent } from "../kube/port.ts";
import type { Log } from "../runtime/log.ts";

export interface Decision {
  /** What is done or withheld, one word. */
  readonly action: string;
  readonly reason: string;
  readonly message: string;
  /** Facts for the log only. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
  /** Absent: log only. */
  readonly event?: PersonEvent;
}

export interface Announcer {
  /** @returns whether the decision differs from the object's last one, so that it was said */
  announce(object: KubeObject, decision: Decision): boolean;
  forget(uid: string): void;
}

export function announcer(controller: string, log: Log, events: EventPort): Announcer {
  const last = new Map<string, string>();
  return {
    announce(object, decision) {
      const { uid, namespace, name, generation } = object.metadata;
      const text = `${decision.action}|${decision.reason}|${decision.message}|${JSON.stringify(decision.facts ?? {})}`;
      if (last.get(uid) === text) return false;
      last.set(uid, text);
      const { action, reason, message, facts } = decision;
      log.info("decision", { controller, namespace, name, generation, action, reason, message, ...facts });
      if (decision.event !== undefined) events.emit(object, decision.event);
      return true;
    },
    forget: (uid) => void last.delete(uid),
  };
}
