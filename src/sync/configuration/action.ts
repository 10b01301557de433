/** What a pass over a configuration may do: one action, with its reason; at most one call that changes something outside. */
import type { RestartFlag } from "../../entra/jobs/port.ts";
import type { JsonObject } from "../../entra/schema/port.ts";
import type { SynchronizationSecret } from "../../entra/secrets/port.ts";
import type { Plan } from "../approval.ts";

/** A plan and what it would do, as a person reads it before approving. */
export interface ShownPlan {
  readonly plan: Plan;
  readonly leaving: number | undefined;
  readonly moving: number | undefined;
  readonly sample: readonly string[];
}

export interface Hold {
  readonly kind: "hold";
  readonly reason: string;
  readonly message: string;
  /** `waiting`: goes on by itself. `person`: somebody has to approve or to run a test. `stalled`: the declaration or Entra has to be changed. */
  readonly on: "waiting" | "person" | "stalled";
  readonly plan?: ShownPlan;
}

export type ConfigurationAction =
  | { readonly kind: "rest" }
  | Hold
  | { readonly kind: "addFinalizer" }
  | { readonly kind: "removeFinalizer"; readonly reason: string; readonly message: string }
  /** Stores which service principal is this configuration; nothing outside is touched. */
  | {
      readonly kind: "record";
      readonly servicePrincipalID: string;
      readonly origin: "Created" | "Declared" | "Recognised";
    }
  /** Shows the differences of an adopted configuration before the first of them is written. */
  | { readonly kind: "showDrift"; readonly hash: string }
  | {
      readonly kind: "instantiate";
      readonly templateID: string;
      readonly displayName: string;
      readonly known: readonly string[];
    }
  | { readonly kind: "createJob"; readonly templateID: string; readonly known: readonly string[] }
  | {
      readonly kind: "replaceSecrets";
      readonly secrets: readonly SynchronizationSecret[];
      readonly hash: string;
      readonly isRestartOwed: boolean;
      readonly approved?: Plan;
    }
  | {
      readonly kind: "replaceSchema";
      readonly jobID: string;
      readonly schema: JsonObject;
      readonly hash: string;
      readonly ownedFilters: readonly string[];
      readonly isRestartOwed: boolean;
      readonly approved?: Plan;
    }
  | { readonly kind: "start"; readonly jobID: string; readonly schemaHash: string }
  | { readonly kind: "pause"; readonly jobID: string; readonly reason: string }
  | {
      readonly kind: "restart";
      readonly jobID: string;
      readonly flags: readonly RestartFlag[];
      readonly cause: RestartCause;
    }
  | {
      readonly kind: "delete";
      readonly what: "job" | "servicePrincipal" | "application";
      readonly id: string;
      readonly servicePrincipalID: string;
      readonly approved: Plan;
    };

export type RestartCause =
  /** Owed after a change of schema or scope. */
  | { readonly kind: "change" }
  /** The one restart by itself for a series of quarantines. */
  | { readonly kind: "quarantine"; readonly began: string }
  | {
      readonly kind: "forceDeletes" | "rejectDeletes";
      readonly began: string;
      readonly hash: string;
    };

export function hold(on: Hold["on"], reason: string, message: string): Hold {
  return { kind: "hold", on, reason, message };
}

/** Whether the action changes something outside the cluster: such an action needs effective mode Enforce. */
export function isOutside({ kind }: ConfigurationAction): boolean {
  return !["rest", "hold", "addFinalizer", "removeFinalizer", "record", "showDrift"].includes(kind);
}

/** Tells one call from another, for the memory of what was refused. */
export function callText(action: ConfigurationAction): string {
  switch (action.kind) {
    case "instantiate":
    case "createJob":
      return `${action.kind} ${action.templateID}`;
    case "replaceSecrets":
    case "replaceSchema":
      return `${action.kind} ${action.hash}`;
    case "restart":
      return `restart ${action.cause.kind}`;
    case "delete":
      return `delete ${action.what} ${action.id}`;
    default:
      return action.kind;
  }
}
