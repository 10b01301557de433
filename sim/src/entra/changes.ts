/** What happened in a directory, for those who follow it: delta queries and the synchronization service. */
import type { AppRoleAssignment, DirectoryKind } from "./objects.ts";

export type DirectoryChange = { readonly sequence: number; readonly atMs: number } & DirectoryEvent;

/** `softDeleted`: in `deletedItems` for 30 days; `deleted`: for good. */
export type DirectoryEvent =
  | {
      readonly kind: "created" | "updated" | "softDeleted" | "restored" | "deleted";
      readonly objectKind: DirectoryKind;
      readonly id: string;
    }
  | { readonly kind: "memberAdded" | "memberRemoved"; readonly groupId: string; readonly memberId: string }
  | { readonly kind: "assigned" | "unassigned"; readonly assignment: AppRoleAssignment };

export type DirectoryListener = (change: DirectoryChange) => void;

/** Delta tokens of directory objects live seven days (entra-graph reference, 10.3); a day more is kept. */
export const JOURNAL_MS = 8 * 24 * 3_600_000;

export class Journal {
  #changes: DirectoryChange[] = [];
  #sequence = 0;
  readonly #listeners = new Set<DirectoryListener>();

  get lastSequence(): number {
    return this.#sequence;
  }

  append(event: DirectoryEvent, atMs: number): void {
    this.#sequence += 1;
    const change = { ...event, sequence: this.#sequence, atMs };
    this.#changes.push(change);
    this.#forget(atMs - JOURNAL_MS);
    for (const listener of this.#listeners) listener(change);
  }

  /** Changes after a sequence number, oldest first. */
  since(sequence: number): readonly DirectoryChange[] {
    const first = this.#changes[0]?.sequence ?? this.#sequence + 1;
    return this.#changes.slice(Math.max(0, sequence + 1 - first));
  }

  /** Number of the last change that was made by then. */
  sequenceAt(atMs: number): number {
    const next = this.#changes.findIndex((change) => change.atMs > atMs);
    return next < 0 ? this.#sequence : (this.#changes[next]?.sequence ?? 1) - 1;
  }

  /** @returns ends the subscription */
  subscribe(listener: DirectoryListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #forget(beforeMs: number): void {
    if ((this.#changes[0]?.atMs ?? beforeMs) >= beforeMs) return;
    this.#changes = this.#changes.filter(({ atMs }) => atMs >= beforeMs);
  }
}
