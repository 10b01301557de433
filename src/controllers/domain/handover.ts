/**
 * Who a domain shows as registering, while its slot goes from one host to the next.
 * Guarantees: a slot that is free only until a waiting host takes it is one change of status and not two (C3); when nobody waits, or nobody takes it
 * in time, what is shown is what holds.
 */
import type { ADDomain } from "../../api/ad-domain.ts";
import type { CloudSyncAgent } from "../../api/cloud-sync-agent.ts";
import { keyText, type ObjectKey } from "../../kube/port.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { SlotHolder } from "../agent/registration-slot.ts";

export type Registration = NonNullable<ADDomain["status"]["registration"]>;

export interface Shown {
  readonly registration: Registration | undefined;
  /** Above 0: look again then. */
  readonly leftMs: number;
}

export interface HandoverMemory {
  shown(
    key: ObjectKey,
    slot: {
      readonly shown: Registration | undefined;
      readonly holder: SlotHolder | undefined;
      readonly isAwaited: boolean;
    },
  ): Shown;
  forget(key: ObjectKey): void;
}

/** A waiting host takes a free slot at once; a queue of many other agents may stand before it. */
const HANDOVER_MS = 10_000;

export function handoverMemory(clock: Clock): HandoverMemory {
  const freeSinceMs = new Map<string, number>();
  const settled = (key: ObjectKey, registration: Registration | undefined): Shown => {
    freeSinceMs.delete(keyText(key));
    return { registration, leftMs: 0 };
  };
  return {
    shown(key, { shown, holder, isAwaited }) {
      if (holder !== undefined) return settled(key, registrationOf(holder));
      if (shown === undefined || !isAwaited) return settled(key, undefined);
      const nowMs = clock.monotonicMs();
      const sinceMs = freeSinceMs.get(keyText(key)) ?? nowMs;
      const leftMs = sinceMs + HANDOVER_MS - nowMs;
      if (leftMs <= 0) return { registration: undefined, leftMs: 0 };
      freeSinceMs.set(keyText(key), sinceMs);
      return { registration: shown, leftMs };
    },
    forget: (key) => void freeSinceMs.delete(keyText(key)),
  };
}

/** Whether a host that the operator registers stands before the slot. */
export function isSlotAwaited(agents: readonly CloudSyncAgent[]): boolean {
  return agents.some(({ metadata, spec, status }) => {
    const isTrue = (type: string): boolean =>
      status.conditions?.some((condition) => condition.type === type && condition.status === "True") === true;
    const isManual = spec.template.agent.registration.mode === "Manual";
    return metadata.deletionTimestamp === undefined && !isManual && isTrue("Installed") && !isTrue("Registered");
  });
}

function registrationOf({ agentUID, agentKey }: SlotHolder): Registration {
  return { agentUID, agentNamespace: agentKey.namespace, agentName: agentKey.name };
}
