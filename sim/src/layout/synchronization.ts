/**
 * How the synchronization service of the world behaves where the vendor is silent, or says two things. Data only.
 * Each member is changeable while the world runs (control API, `synchronization`). Sections are those of the entra-graph reference.
 */
export interface SynchronizationLayout {
  /** `short`: `<template>.<tenant>` of older samples; `long`: with a GUID behind it, as jobs of today have (1). A second short one becomes long. */
  readonly jobIDForm: "short" | "long";
  /** What happens to the AD group of a group that leaves the scope: not stated; the general rule of `scope.groups` deprovisions [I] (8.1). */
  readonly leavingGroup: "deleted" | "kept";
  /** `SyncAll` = "true" puts all groups in scope: inferred for Cloud Sync [I] (3.1). */
  readonly obeysSyncAll: boolean;
  /** `SkipOutOfScopeDeletions` = "True" keeps what leaves the scope: not confirmed for Cloud Sync [I] (2.5). */
  readonly obeysSkipOutOfScopeDeletions: boolean;
  /** "Provision membership to on-premises users" of a new configuration: off by default [D]; its storage is not published (3.3). */
  readonly membershipOfOnPremisesUsers: "on" | "off";
  /** "Restart a stopped synchronization job" (G1:synchronization-synchronizationjob-restart): whether that starts a paused one as well [I]. */
  readonly restartOfPausedJob: "starts" | "staysPaused";
  /** The value of an on-demand answer may be `{}` for groups [D] (5.1). */
  readonly onDemandValue: "steps" | "empty";
  /** Letter case of enum members in the provisioning log varies in samples (5.2). */
  readonly logLetterCase: "declared" | "varying";
  readonly quarantine: QuarantineLayout;
}

/** Figures of 2.4; smaller ones make a rehearsal cheap. */
export interface QuarantineLayout {
  /** Escrows before anything is judged. */
  readonly countingFrom: number;
  /** Share of escrows among the entitled, in percent. */
  readonly proportionPercent: number;
  readonly base: number;
  /** With reference failures. */
  readonly total: number;
  /** Failed runs in a row until the quarantine for credentials and connectivity: no figure is published [I]. */
  readonly failedRuns: number;
}

export const DEFAULT_SYNCHRONIZATION: SynchronizationLayout = {
  jobIDForm: "long",
  leavingGroup: "deleted",
  obeysSyncAll: true,
  obeysSkipOutOfScopeDeletions: false,
  membershipOfOnPremisesUsers: "off",
  restartOfPausedJob: "starts",
  onDemandValue: "steps",
  logLetterCase: "varying",
  quarantine: { countingFrom: 5_000, proportionPercent: 40, base: 40_000, total: 60_000, failedRuns: 3 },
};
