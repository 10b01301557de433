/**
 * One synchronization job: what it has been told, what it knows, how its runs went.
 * Guarantees: a deletion drops all of it; pausing keeps all of it.
 * Never: looks at a clock or a directory (job-clock.ts and run.ts do).
 */
import type { Delays } from "../core/delays.ts";
import { Escrows } from "./escrows.ts";
import type { Quarantine, SynchronizationError } from "./quarantine.ts";
import type { StoredSchema } from "./schema/shapes.ts";
import { GROUP_PROVISIONING } from "./schema/template.ts";

export interface RunCounts {
  readonly entitled: number;
  readonly escrowed: number;
  readonly exported: number;
  readonly imported: number;
  readonly importedDeltas: number;
  readonly referenceDeltas: number;
}
export interface Execution {
  readonly activityIdentifier: string;
  readonly state: "Succeeded" | "Failed" | "EntryLevelErrors";
  readonly beganMs: number;
  readonly endedMs: number;
  readonly error: SynchronizationError | undefined;
  readonly counts: RunCounts;
}

/** What is reset by a restart; members of synchronizationJobRestartScope. */
export interface ResetScope {
  readonly quarantineState: boolean;
  readonly watermark: boolean;
  readonly escrows: boolean;
  readonly connectorDataStore: boolean;
  readonly forceDeletes: boolean;
}

export class Job {
  readonly id: string;
  readonly templateID: string;
  readonly escrows: Escrows;
  schema: StoredSchema;
  schemaVersion = 1;
  isStarted = false;
  wasStarted = false;
  /** After four weeks of quarantine. */
  isDisabled = false;
  /** `false`: the next run looks at every object. */
  hasWatermark = false;
  forcesDeletes = false;
  /** Objects that the next run looks at. */
  readonly marked = new Set<string>();
  /** objectGUID in AD by group id: the connector's own memory. */
  readonly linked = new Map<string, string>();
  readonly entitled = new Set<string>();
  /** Deletions that the threshold holds back. */
  readonly staged = new Set<string>();
  /** Groups that lack a reference, by the id of the member that has no object in AD yet. */
  readonly awaiting = new Map<string, Set<string>>();
  successiveFailures = 0;
  quarantine: Quarantine | undefined;
  lastExecution: Execution | undefined;
  lastSuccess: Execution | undefined;
  lastSuccessWithExports: Execution | undefined;
  steadyFirstMs: number | undefined;
  steadyLastMs: number | undefined;

  constructor({ id, templateID, schema }: Pick<Job, "id" | "templateID" | "schema">, delays: Delays) {
    this.id = id;
    this.templateID = templateID;
    this.schema = schema;
    this.escrows = new Escrows(delays);
  }

  get provisionsGroups(): boolean {
    return this.templateID === GROUP_PROVISIONING;
  }

  /** A job that will look at everything needs no marks. */
  mark(objectID: string): void {
    if (this.hasWatermark) this.marked.add(objectID);
  }

  /** Somebody's reference may have come: those who wait for it are looked at again. */
  markWaitingFor(memberID: string): void {
    for (const groupID of this.awaiting.get(memberID) ?? []) this.mark(groupID);
  }

  await(memberID: string, groupID: string): void {
    const groups = this.awaiting.get(memberID) ?? new Set<string>();
    groups.add(groupID);
    this.awaiting.set(memberID, groups);
  }

  reset(scope: ResetScope): void {
    if (scope.quarantineState) this.liftQuarantine();
    if (scope.watermark) {
      this.hasWatermark = false;
      this.marked.clear();
    }
    if (scope.escrows) this.escrows.clear();
    if (scope.connectorDataStore) {
      this.linked.clear();
      this.awaiting.clear();
    }
    if (scope.forceDeletes) this.forcesDeletes = true;
  }

  liftQuarantine(): void {
    this.quarantine = undefined;
    this.successiveFailures = 0;
  }
}
