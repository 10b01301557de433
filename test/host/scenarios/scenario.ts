/**
 * The neutral words of the scenario table: a host and its surroundings before a step, the step, and what must be true afterwards.
 * Guarantees: nothing in here belongs to the simulated world or to PowerShell; each has an adapter of its own.
 */

export const STEPS = ["Preflight", "Join", "Install", "Register", "Configure", "Probe", "Drain"] as const;
export type ScenarioStep = (typeof STEPS)[number];

/** How far a host is when the step begins: each stage is the one before and one step more. */
export const STAGES = ["fresh", "joined", "installed", "registered", "configured", "drained"] as const;
export type Stage = (typeof STAGES)[number];

/** What can be seen of a host and of the directory about it. */
export interface HostState {
  readonly computerName: string;
  readonly domain: string | null;
  readonly agentVersion: string | null;
  readonly agentService: "Running" | "Stopped" | "Missing";
  readonly serviceAccount: string | null;
  readonly tenantID: string | null;
  readonly configuredDomains: readonly string[];
  readonly isHostGroupMember: boolean;
  readonly lockedAccounts: readonly string[];
}

export type SecretName = "join" | "setup" | "registration" | "token";

/** What is wrong around the host; absent: everything is as the step needs it. */
export type Trouble =
  | { readonly kind: "secret"; readonly secret: SecretName; readonly is: "wrongPassword" | "denied" | "missing" }
  | { readonly kind: "controllersDown" }
  /** The join account lacks a right: to create computers in the OU, to change the group's members, or to create one more. */
  | { readonly kind: "joinAccount"; readonly lacks: "unit" | "group" | "quota" }
  /** A computer account of the host's name is there, made by somebody else. */
  | { readonly kind: "computerTaken" }
  | { readonly kind: "gmsa"; readonly is: "missing" | "notAllowed" | "logonDenied" }
  | { readonly kind: "kdsRootKey"; readonly is: "absent" | "young" }
  | { readonly kind: "setupAccountDenied" }
  | { readonly kind: "entraUnreachable" }
  | { readonly kind: "registrationAccount"; readonly is: "mfa" | "roleMissing" | "guest" | "disabled" }
  | { readonly kind: "installer"; readonly is: "missing" | "denied" | "otherHash" | "badSignature" }
  /** Windows Installer is busy with another product. */
  | { readonly kind: "installerBusy" };

/** What happens in the middle. `power`: the host goes down, and comes up again, before or after the step's effect. */
export type Interruption = { readonly kind: "power"; readonly when: "before" | "after" } | { readonly kind: "none" };

export interface Expected {
  readonly outcome: "Succeeded" | "Failed";
  readonly changed?: boolean;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly class: string; readonly reason: string };
}

export interface Scenario {
  readonly sentence: string;
  readonly step: ScenarioStep;
  readonly before: Stage;
  readonly trouble?: Trouble;
  readonly interruption?: Interruption;
  /** Over the parameters that fit the stage. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Runs of the step, each under an operation id of its own unless `repeats`; one when absent. */
  readonly runs?: number;
  /** The same operation id comes again. */
  readonly repeats?: boolean;
  /** Of the last run. */
  readonly line: Expected;
  /** What is then otherwise than before; everything else is as it was. */
  readonly after?: Partial<HostState>;
}
