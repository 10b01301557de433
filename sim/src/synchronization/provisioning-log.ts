/** What was done to which object: the provisioning log. Guarantees: newest 50,000 kept; a record never changes. */
import type { EntryProblem } from "./target-values.ts";
import type { Modified } from "./target-state.ts";

export type LogAction = "create" | "update" | "delete" | "stagedDelete" | "other";
export type LogStatus = "success" | "failure" | "skipped" | "warning";

export interface LogStep {
  readonly name: string;
  readonly type: "Import" | "Scoping" | "Matching" | "Export";
  readonly status: "Success" | "Failure" | "Skipped";
  readonly description: string;
  readonly details: Readonly<Record<string, string>>;
}

export interface LogSubject {
  readonly id: string;
  readonly displayName: string;
}

export interface NewLogRecord {
  readonly atMs: number;
  readonly jobID: string;
  readonly servicePrincipal: LogSubject;
  readonly cycleID: string;
  readonly action: LogAction;
  readonly status: LogStatus;
  readonly source: LogSubject;
  readonly target: LogSubject | undefined;
  readonly problem: EntryProblem | undefined;
  readonly steps: readonly LogStep[];
  readonly modified: readonly Modified[];
}
export interface LogRecord extends NewLogRecord {
  readonly sequence: number;
  readonly id: string;
  readonly changeID: string;
}

const RECORDS_MAX = 50_000;

export class ProvisioningLog {
  readonly #newID: () => string;
  #records: LogRecord[] = [];
  #sequence = 0;

  constructor(newID: () => string) {
    this.#newID = newID;
  }

  append(record: NewLogRecord): LogRecord {
    this.#sequence += 1;
    const stored = { ...record, sequence: this.#sequence, id: this.#newID(), changeID: this.#newID() };
    this.#records.push(stored);
    if (this.#records.length > RECORDS_MAX * 1.2) this.#records = this.#records.slice(-RECORDS_MAX);
    return stored;
  }

  /** Oldest first. */
  list(): readonly LogRecord[] {
    return this.#records;
  }
}
