/**
 * Everything one pass knows about one pool, read before anything is judged.
 * Guarantees: an agent's health is one of few words, and unknown is never counted as dead (S5).
 */
import type { CloudSyncAgentPool } from "../../api/cloud-sync-agent-pool.ts";
import type { Failure } from "../../runtime/failure.ts";
import type { EffectiveMode } from "../effective-mode.ts";
import type { EntraView } from "../entra-view.ts";
import type { PlacementSubnet } from "../placement.ts";

/**
 * `gone`: EC2 says terminated or shutting-down; `stopped`: EC2 says stopped or stopping. Both are dead: nothing else is, in this version.
 * `unlaunched`: no launch was ever stored, or none has taken effect.
 */
export type HostState = "unlaunched" | "alive" | "stopped" | "gone" | "unknown";

export interface PoolAgent {
  readonly name: string;
  readonly uid: string;
  readonly slot: number;
  readonly incarnation: number;
  readonly place: PlacementSubnet;
  readonly host: HostState;
  readonly isReady: boolean;
  readonly isConfigured: boolean; // was set up to the end once, so it may serve even while nothing is heard of it
  readonly isDeleting: boolean;
  readonly isReleaseRequested: boolean;
  readonly isTerminateNow: boolean;
  readonly retirementReason: string | undefined;
  readonly isCurrent: boolean; // made from the present template, in a subnet of the pool
  readonly isLaunchRefused: boolean; // by EC2, for whatever reason
  readonly instanceID: string | undefined;
  readonly computerName: string | undefined;
  readonly isAwaitingPerson: boolean;
  readonly createdAt: string;
  readonly version: string | undefined;
  readonly firstFailure: { readonly reason: string; readonly message: string } | undefined;
  readonly stall: { readonly reason: string; readonly message: string } | undefined;
  /** Its condition PreflightPassed, if it has something to say: it is False, or it passed and names checks that did not. */
  readonly hostPreflight: { readonly isFailed: boolean; readonly reason: string; readonly message: string } | undefined;
  /** Its condition SecretsReleased; undefined while it has none. */
  readonly secrets: { readonly status: "True" | "False" | "Unknown"; readonly reason: string } | undefined;
  /** Its condition RightsEffective; undefined while nothing has been found out. */
  readonly rights: { readonly status: "True" | "False" | "Unknown"; readonly reason: string } | undefined;
}

/** What EC2 lists under the pool's tags. */
export type PoolInstances =
  | { readonly kind: "unread"; readonly failure?: Failure }
  | {
      readonly kind: "read";
      /** Live instances under this pool's UID whose agent UID no record has: reported, never terminated. */
      readonly orphans: readonly string[];
      /** Live instances under this pool's namespace and name, but another UID (S2). */
      readonly unclaimed: readonly string[];
      /** All live instances under this pool's UID. */
      readonly liveCount: number;
    };

/** Whether the pool may launch: everything it refers to is there, consents, and is allowed. */
export type Preflight =
  | {
      readonly kind: "passed";
      readonly subnets: readonly PlacementSubnet[];
      readonly imageID: string;
      readonly templateHash: string;
      /** What hosts will change in the directory beyond its provisioning containers. */
      readonly notice?: string;
    }
  | { readonly kind: "waiting"; readonly reason: string; readonly message: string } // something refers to what may still come
  | { readonly kind: "refused"; readonly reason: string; readonly message: string }; // a person has to change something

export interface PoolSnapshot {
  readonly pool: CloudSyncAgentPool;
  readonly agents: readonly PoolAgent[];
  readonly mode: EffectiveMode;
  readonly preflight: Preflight;
  readonly instances: PoolInstances;
  /** Agents of the pool's name that belong to another UID, by name: what a restore from a backup leaves. */
  readonly strangers: readonly string[];
  /** The jobs of the domain; shown, and counted nowhere (S5). */
  readonly entra: EntraView;
  readonly nowMs: number;
}

/** An agent that is meant to stay: neither dead nor on its way out. */
export function isStaying(agent: PoolAgent): boolean {
  return !agent.isDeleting && agent.host !== "gone" && agent.host !== "stopped";
}

/** minHealthy as in force: absent means replicas - 1, at least 1, and 0 when replicas is 0. */
export function effectiveMinHealthy({ replicas, availability }: CloudSyncAgentPool["spec"]): number {
  if (replicas === 0) return 0;
  return Math.min(replicas, availability.minHealthy ?? Math.max(1, replicas - 1));
}
