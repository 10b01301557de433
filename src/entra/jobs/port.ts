/** Synchronization templates and jobs. Creating a job is not idempotent (S8); `start` clears a quarantine, so it is called from Paused only (S6). */
import type { EntraAccess } from "../access/port.ts";
import type { Listing, Reading, Written } from "../outcome.ts";

export interface JobTemplate {
  readonly id: string;
  readonly factoryTag: string | undefined;
}

export interface Quarantine {
  readonly reason: string; // as Graph spells it; an unknown word stays as it is
  readonly beganMs: number | undefined;
  readonly seriesBeganMs: number | undefined;
  readonly seriesCount: number;
  readonly nextAttemptMs: number | undefined;
  readonly errorCode: string | undefined;
}

/** Status as read; the year 1 is "never" and becomes `undefined` (entra-graph reference, 2.3). */
export interface JobStatus {
  readonly code: string; // NotConfigured | NotRun | Active | Paused | Quarantine, or a word that is not known here
  readonly successiveFailures: number;
  readonly areEscrowsPruned: boolean;
  readonly lastExecution: Execution | undefined;
  readonly lastSuccessfulExecution: Execution | undefined;
  readonly lastSuccessfulExecutionWithExports: Execution | undefined;
  readonly steadyStateFirstMs: number | undefined;
  readonly steadyStateLastMs: number | undefined;
  readonly quarantine: Quarantine | undefined;
  readonly entryCounts: Readonly<Record<string, number>>;
}

export interface Execution {
  readonly state: string; // Succeeded | Failed | EntryLevelErrors
  readonly beganMs: number | undefined;
  readonly endedMs: number | undefined;
  readonly escrowed: number;
  readonly exported: number;
  readonly errorCode: string | undefined;
}

export interface SynchronizationJob {
  readonly id: string;
  /** The part of the id before the first dot: what says which job it is; `templateId` may be another word (section 1). */
  readonly template: string;
  readonly templateID: string;
  readonly scheduleState: string; // Active | Disabled | Paused
  readonly status: JobStatus;
}

/** Flags of synchronizationJobRestartCriteria that the operator may ever send; never Full, never ConnectorDataStore. */
export type RestartFlag = "QuarantineState" | "Watermark" | "Escrows" | "ForceDeletes";

export interface JobAddress {
  readonly servicePrincipalID: string;
  readonly jobID: string;
}

export interface JobPort {
  templates(access: EntraAccess, servicePrincipalID: string, signal: AbortSignal): Promise<Listing<JobTemplate>>;
  list(access: EntraAccess, servicePrincipalID: string, signal: AbortSignal): Promise<Listing<SynchronizationJob>>;
  job(access: EntraAccess, address: JobAddress, signal: AbortSignal): Promise<Reading<SynchronizationJob>>;
  create(
    access: EntraAccess,
    request: { readonly servicePrincipalID: string; readonly templateID: string },
    signal: AbortSignal,
  ): Promise<Written<SynchronizationJob>>;
  start(access: EntraAccess, address: JobAddress, signal: AbortSignal): Promise<Written>;
  pause(access: EntraAccess, address: JobAddress, signal: AbortSignal): Promise<Written>;
  /** An empty list of flags is the portal's restart: QuarantineState, Watermark and Escrows. */
  restart(
    access: EntraAccess,
    address: JobAddress,
    flags: readonly RestartFlag[],
    signal: AbortSignal,
  ): Promise<Written>;
  /** As deleteServicePrincipal. */
  remove(access: EntraAccess, address: JobAddress, signal: AbortSignal): Promise<Written>;
}
