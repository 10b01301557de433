/** What a product script is to the world: typed parameters in, one outcome out. Effects happen at one instant, when the step's time is over. */
import type { WorldClock, WorldDice } from "../../core/clock.ts";
import type { HostDirectory } from "../directory.ts";
import type { Host } from "../host.ts";

export const STEP_NAMES = [
  "Preflight",
  "Join",
  "Install",
  "Register",
  "Configure",
  "Drain",
  "Probe",
  "ProveSecretDenied",
] as const;
export type StepName = (typeof STEP_NAMES)[number];

export interface StepError {
  readonly class: "Transient" | "Credential" | "Permanent" | "Person";
  readonly reason: string;
  readonly message: string;
  readonly fix: string;
  readonly evidence?: string;
}

/** What a finished script says. */
export type StepEnd =
  | { readonly kind: "succeeded"; readonly changed: boolean; readonly facts: Readonly<Record<string, unknown>> }
  | { readonly kind: "failed"; readonly changed: boolean; readonly error: StepError };

/** `reboot`: the script exits 3010 and is run again after the restart. */
export type StepOutcome = StepEnd | { readonly kind: "reboot" };

export interface StepContext {
  readonly host: Host;
  /** Checked against the contract before the step sees them. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly directory: HostDirectory;
  readonly clock: WorldClock;
  readonly dice: WorldDice;
  /** Restarts that this operation has asked for so far. */
  readonly rebootCount: number;
}

export interface Step {
  /** Waits for the machine-wide lock: agents run five commands at once. */
  readonly takesLock: boolean;
  /** Nothing to do: the script looks, and is quick. */
  isDone(context: StepContext): boolean;
  /** The step has begun; returns what its end, however it comes, undoes. */
  begin?(context: StepContext): () => void;
  run(context: StepContext): StepOutcome;
}

export function succeeded(changed: boolean, facts: Readonly<Record<string, unknown>>): StepEnd {
  return { kind: "succeeded", changed, facts };
}

/** `words`: the message, then what to do about it. */
export function failed(
  errorClass: StepError["class"],
  reason: string,
  [message, fix]: readonly [message: string, fix: string],
): StepEnd {
  return { kind: "failed", changed: false, error: { class: errorClass, reason, message: message.slice(0, 300), fix } };
}

/** A declared parameter; the contract has made sure that it is there. */
export function parameter({ parameters }: StepContext, name: string): string {
  const value = parameters[name];
  if (value === undefined) throw new Error(`the contract declares no parameter ${name}`);
  return value;
}
