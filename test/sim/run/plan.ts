/**
 * What a run does, as data: fits on a line, is drawn from a seed, and can be made shorter.
 * Guarantees: the plan and the sources decide everything about a run.
 */
import type { FaultRule } from "../../../sim/src/core/faults.ts";
import type { DelayPreset } from "../../../sim/src/core/delays.ts";
import type { EntraDeed } from "./entra-deeds.ts";
import type { HostStepName } from "../../../src/host/contracts.ts";

export interface Plan {
  readonly seed: number;
  /** Merged into the example pool when a person first applies it. */
  readonly pool: Readonly<Record<string, unknown>>;
  readonly flags: readonly string[];
  readonly delays: DelayPreset;
  /** Replicas of the operator that run side by side under one lease. */
  readonly operators: number;
  readonly acts: readonly Act[];
  readonly faults: readonly Fault[];
  /** What happens to the n-th write that operators send (from 1, all lives together). */
  readonly strikes: readonly Strike[];
  /** After so many AWS calls and Kubernetes writes the run ends where it is: what holds always has been judged, rest is not asked for. Absent: to rest. */
  readonly outsideCallsMax?: number;
}

export interface Strike {
  readonly write: number;
  readonly fate: "death" | "lostAnswer";
}

/** When an act happens: so long after the one before, and not before the fleet has settled where that is asked. */
export interface Act {
  readonly afterMs: number;
  readonly isSettledFirst: boolean;
  /** How long the fleet may take to settle before the act goes on all the same; absent: two hours. */
  readonly patienceMs?: number;
  readonly deed: Deed;
}

/** What a person does with kubectl or at the console, what happens to hosts, and what happens to the operator's processes. */
export type Deed =
  | EntraDeed
  | { readonly kind: "apply" }
  | {
      readonly kind: "edit";
      /** Absent: the pool. */
      readonly on?: "pool" | "domain" | "tenant";
      readonly change: Readonly<Record<string, unknown>>;
    }
  /** Changes nothing: where an oracle judges the middle of a run. */
  | { readonly kind: "look"; readonly at: string }
  /** What a pool asks for when it says OutdatedAgents: the agents that it names, and that have a host, are deleted. */
  | { readonly kind: "replaceOutdated" }
  | { readonly kind: "scale"; readonly replicas: number }
  | {
      readonly kind: "annotate";
      readonly on: "pool" | "agent" | "domain" | "tenant";
      readonly annotation: string;
      readonly value: string | null;
      readonly index: number;
    }
  | { readonly kind: "deleteAgent"; readonly index: number }
  | { readonly kind: "deletePool"; readonly propagation: "Background" | "Foreground" | "Orphan" }
  | { readonly kind: "deleteDomain" }
  | { readonly kind: "removeFinalizers"; readonly on: "pool" | "agent"; readonly index: number }
  /** Everything of the namespace is exported, deleted with its finalizers forced off, and created again: new UIDs. */
  | { readonly kind: "restoreBackup" }
  | {
      readonly kind: "host";
      readonly action: "kill" | "terminate" | "stop" | "start" | "freeze" | "thaw" | "reboot";
      readonly index: number;
    }
  | { readonly kind: "removeTags"; readonly index: number }
  | { readonly kind: "finishRegistration"; readonly index: number }
  /** An administrator of the directory adds entries for the gMSA on groups of a container. */
  | { readonly kind: "rights"; readonly action: "Allow" | "Deny"; readonly distinguishedName: string }
  /** The vendor's updater brings a newer agent to every host. */
  | { readonly kind: "updateAgents"; readonly version: string }
  /** Somebody changes or deletes the document of a step, or puts the product's own in its place again. */
  | { readonly kind: "document"; readonly step: HostStepName; readonly action: "change" | "delete" | "restore" }
  | {
      readonly kind: "operator";
      readonly action: "kill" | "stop" | "pause";
      readonly index: number;
      readonly forMs: number;
    }
  | { readonly kind: "restartWith"; readonly flags: readonly string[] }
  | { readonly kind: "compactWatchHistory" }
  | { readonly kind: "jumpClock"; readonly index: number; readonly byMs: number };

export type Fault = CloudFault | KubeFault | WatchFault;

/** A rule of the world's own table; times of the rule are milliseconds from the start of the run. */
export interface CloudFault {
  readonly on: "cloud";
  readonly fromMs: number;
  readonly forMs: number;
  readonly rule: Omit<FaultRule, "fromMs" | "untilMs">;
}

export interface KubeFault {
  readonly on: "kube";
  readonly fromMs: number;
  readonly forMs: number;
  readonly probability: number;
  /** Text that the call's site must contain; every call when absent. */
  readonly site?: string;
  readonly effect:
    | { readonly kind: "refused"; readonly status: 409 | 429 | 500 | 503; readonly retryAfterSeconds?: number }
    | { readonly kind: "lostRequest" | "lostAnswer"; readonly symptom: "reset" | "timeout" }
    | { readonly kind: "late"; readonly delayMs: number };
}

export interface WatchFault {
  readonly on: "watch";
  readonly fromMs: number;
  readonly forMs: number;
  readonly probability: number;
  /** Plural of the kind; every kind when absent. */
  readonly kind?: string;
  readonly effect:
    { readonly kind: "silent" } | { readonly kind: "dropped" } | { readonly kind: "late"; readonly delayMs: number };
}

/** When the last trouble of the plan that has an end is over, in milliseconds from the start. */
export function lastFaultEndMs({ faults }: Pick<Plan, "faults">): number {
  return Math.max(0, ...faults.map(({ fromMs, forMs }) => fromMs + forMs));
}
