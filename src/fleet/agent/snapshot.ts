/**
 * Everything one pass knows about one agent, read before anything is judged.
 * Guarantees: "not read", "read and none" and "failed" are different variants; nothing here is a promise or a port.
 */
import type { CloudSyncAgent } from "../../api/cloud-sync-agent.ts";
import type { Failure } from "../../runtime/failure.ts";
import type { EffectiveMode } from "../effective-mode.ts";
import type { EntraView } from "../entra-view.ts";

/** An instance that carries the agent's UID and our owner id in its tags. */
export interface OwnInstance {
  readonly instanceID: string;
  readonly state: "pending" | "running" | "shutting-down" | "terminated" | "stopping" | "stopped" | "unknown";
  readonly availabilityZone: string;
  readonly stateReason: string;
  readonly launchedAtMs: number;
  readonly instanceType: string;
  /** As the list shows it now; replaced once the host needs no secrets any more. */
  readonly instanceProfileARN: string | undefined;
}

/** What the shared EC2 list says. Absence counts only as a number of complete lists over a time (S5). */
export type InstanceEvidence =
  | { readonly kind: "unread"; readonly failure?: Failure }
  | { readonly kind: "found"; readonly instances: readonly OwnInstance[] }
  | { readonly kind: "notListed"; readonly answers: number; readonly sinceAgeMs: number };

export type NodeEvidence =
  | { readonly kind: "unread"; readonly failure?: Failure }
  | { readonly kind: "notListed" }
  | {
      readonly kind: "listed";
      readonly isOnline: boolean;
      readonly pingAgeMs: number;
      readonly computerName: string;
      readonly ssmAgentVersion: string;
    };

/** The answer of the host to the stored step's command. */
export type StepEvidence =
  | { readonly kind: "none" } // no step stored
  | { readonly kind: "notSent" } // intent stored, no command id known: sent or not is unknown
  /** `shownID`: the command, once Systems Manager has shown it on its way. `failure`: why it cannot be read. */
  | { readonly kind: "running"; readonly statusDetails: string; readonly shownID?: string; readonly failure?: Failure }
  | { readonly kind: "succeeded"; readonly facts: Readonly<Record<string, unknown>> }
  | { readonly kind: "failed"; readonly error: StepError };

/** `class`: Transient, Credential, Permanent or Person (contracts/host); any other word is treated like Permanent. */
export interface StepError {
  readonly class: string;
  readonly reason: string;
  readonly message: string;
  readonly fix: string;
}

/** What the probe found, as the host said it (contracts/host/probe.json). */
export interface ProbeFacts {
  readonly computerName: string;
  readonly domain: string | null;
  readonly isDomainTrusted: boolean;
  readonly agentVersion: string | null;
  readonly agentService: string;
  readonly updaterService: string;
  readonly serviceAccount: string | null;
  readonly isGMSAUsable: boolean | null;
  readonly tenantID: string | null;
  readonly certificateNotAfter: string | null;
  readonly configuredDomains: readonly string[];
  readonly unreachableDomainControllers: readonly string[];
  readonly isEntraReachable: boolean;
}

/** `ageMs` counts from the moment the probe was sent, on the monotonic clock. */
export type ProbeEvidence =
  | { readonly kind: "unread"; readonly failure?: Failure }
  /** `failure`: why it is not newer. */
  | { readonly kind: "read"; readonly facts: ProbeFacts; readonly ageMs: number; readonly failure?: Failure };

/** Who holds the domain's registration slot (S11). */
export type SlotEvidence =
  | { readonly kind: "free" }
  | { readonly kind: "mine"; readonly deadlineMs: number }
  | { readonly kind: "held"; readonly holder: string; readonly deadlineMs: number };

/** What the pool's own record says; `absent` only after a live read. */
export type PoolEvidence =
  | {
      readonly kind: "present";
      readonly isDeleting: boolean;
      readonly hasReleased: boolean;
      readonly isOfferedRegistration: boolean;
      readonly wantsHost: boolean;
    }
  | { readonly kind: "absent" }
  | { readonly kind: "unread" };

/** A refusal that is remembered so that it is not asked again at once; `untilMs` is wall time. */
export interface Hold {
  readonly failure: Failure;
  readonly untilMs: number;
}

/** Settings of the process that a decision stands on. */
export interface AgentLimits {
  readonly absenceAnswersMin: number;
  readonly absenceWindowMs: number;
  readonly stepAttemptsMax: number;
  readonly pingAgeMaxMs: number;
  /** After this age of an unanswered launch intent the token is no longer relied on: the instance is looked for by tag. */
  readonly launchTokenTrustMs: number;
}

export interface AgentSnapshot {
  readonly agent: CloudSyncAgent;
  readonly mode: EffectiveMode;
  readonly pool: PoolEvidence;
  /** Set when the identity is refused or cannot be resolved: nothing leaves for AWS. */
  readonly identityFailure: Failure | undefined;
  /** Live instances that carry our pool's namespace and name but another pool UID (S2). */
  readonly unclaimedInstanceIDs: readonly string[];
  readonly instance: InstanceEvidence;
  readonly node: NodeEvidence;
  readonly step: StepEvidence;
  readonly probe: ProbeEvidence;
  /** The jobs of the domain; shown, and no link of the chain (S5). */
  readonly entra: EntraView;
  readonly slot: SlotEvidence;
  readonly hold: Hold | undefined;
  /** Age of this process's evidence: after a start it has evidenceMaxAge to refresh (S12). */
  readonly processAgeMs: number;
  readonly limits: AgentLimits;
  readonly nowMs: number;
}
