/**
 * One directory as Directory Service knows it, and what follows from its state. Pure.
 * Guarantees: a controller answers hosts only while its own status and the stage of its directory say that it works.
 */
import type { DirectoryLayout } from "../layout/directories.ts";

/** aws.md 7; SDK documentation, `DirectoryStage`. */
export const STAGES = [
  "Requested",
  "Creating",
  "Created",
  "Active",
  "Inoperable",
  "Impaired",
  "Restoring",
  "RestoreFailed",
  "Deleting",
  "Deleted",
  "Failed",
  "Updating",
] as const;
export type Stage = (typeof STAGES)[number];

/** SDK documentation, `DomainControllerStatus`. */
export const CONTROLLER_STATUSES = [
  "Creating",
  "Active",
  "Impaired",
  "Restoring",
  "Deleting",
  "Deleted",
  "Failed",
  "Updating",
] as const;
export type ControllerStatus = (typeof CONTROLLER_STATUSES)[number];

export interface DomainController {
  /** Unique in the directory, gives the order of lists. */
  readonly sequence: number;
  readonly domainControllerID: string;
  readonly address: string;
  readonly subnetID: string;
  readonly availabilityZone: string;
  readonly launchedMs: number;
  status: ControllerStatus;
  statusReason: string | undefined;
  statusUpdatedMs: number;
  /** What the machine behind it was last told; the world's hosts feel this. */
  isAnswering: boolean;
}

/** A stage and why. */
export interface StageWord {
  readonly stage: Stage;
  readonly reason: string | undefined;
}

export interface Directory {
  readonly sequence: number;
  readonly layout: DirectoryLayout;
  readonly region: string;
  readonly launchedMs: number;
  controllers: readonly DomainController[];
  /** How far its creation is; `Done` from then on. */
  progress: "Requested" | "Creating" | "Created" | "Done";
  /** A person's word, shown in place of what follows from the controllers. */
  held: StageWord | undefined;
  shown: StageWord;
  stageUpdatedMs: number;
}

const ANSWERING_STAGES: readonly Stage[] = ["Active", "Impaired", "Updating"];
const ANSWERING_STATUSES: readonly ControllerStatus[] = ["Active", "Updating"];

export function isAnswering({ shown }: Directory, { status }: DomainController): boolean {
  return ANSWERING_STAGES.includes(shown.stage) && ANSWERING_STATUSES.includes(status);
}

/**
 * The stage that a directory shows.
 * Impaired is "running in a degraded state", Inoperable "not functional. All directory endpoints have reported issues"
 * (Directory Service Administration Guide, "Understanding your directory status"); that one controller is enough for Impaired: [unverified].
 */
export function stageOf({ held, progress, controllers }: Directory): StageWord {
  if (held !== undefined) return held;
  if (progress !== "Done") return { stage: progress, reason: undefined };
  const broken = controllers.filter(({ status }) => !ANSWERING_STATUSES.includes(status));
  if (broken.length === 0) return { stage: "Active", reason: undefined };
  const words = broken.map((one) => `${one.domainControllerID} in ${one.availabilityZone} is ${one.status}`);
  return {
    stage: broken.length === controllers.length ? "Inoperable" : "Impaired",
    reason: `Domain controller ${words.join(", ")}.`,
  };
}

/** None exists before creation has begun; that they are listed from Creating on is [unverified]. */
export function listedControllers({ progress, controllers }: Directory): readonly DomainController[] {
  return progress === "Requested" ? [] : controllers;
}
