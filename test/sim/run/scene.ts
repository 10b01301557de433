/** What an oracle may look at: the truth of cluster and cloud, and what the operator has done to them; never what it says of itself in logs. */
import type { CallLogEntry } from "../../../sim/src/core/call-log.ts";
import type { World } from "../../../sim/src/world.ts";
import type { Fate, OutsideCall } from "./outside.ts";
import type { ClusterObject } from "./person.ts";
import type { Deed, Plan } from "./plan.ts";

export interface Scene {
  readonly plan: Plan;
  readonly world: World;
  /** Milliseconds from the start of the run. */
  nowMs(): number;
  /** True wall-clock time in milliseconds since the epoch, as the world's records have it. */
  wallMs(): number;
  /** Every object of a kind as the API server has it. */
  objects(plural: string): readonly ClusterObject[];
  /** Since when an operator has led without a break, by the lease and by being alive; undefined when none does. */
  ledSinceMs(): number | undefined;
  /** Lines that operators logged since the run began, for the search for secrets alone. */
  logText(): string;
}

/** What an event brought to the outside. */
export type Happening =
  | {
      readonly kind: "call";
      readonly call: OutsideCall;
      readonly fate: Fate;
      readonly status: number | undefined;
      readonly entries: readonly CallLogEntry[];
    }
  | { readonly kind: "deed"; readonly deed: Deed }
  | {
      readonly kind: "life";
      readonly operator: string;
      readonly what: "started" | "killed" | "ended" | "refused" | "paused" | "resumed";
    }
  /** The cloud or the control plane went on by itself. */
  | { readonly kind: "time"; readonly actor: string; readonly what: string };

/** One invariant. Keeps what it needs between events; a new one for each run. */
export interface Oracle {
  /** Such as `S1`. */
  readonly name: string;
  /** Asked after each happening. A sentence when the promise is broken. */
  after(happening: Happening, scene: Scene): string | undefined;
  /** Asked once when the run has come to rest. */
  atRest?(scene: Scene): string | undefined;
}

export interface Violation {
  readonly oracle: string;
  readonly sentence: string;
  readonly atMs: number;
}
