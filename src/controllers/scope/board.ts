/**
 * What the loops of scopes and of assignments tell each other within this process.
 * Guarantees: nothing here is truth: after a start it is empty and filled again from reads; a reading counts only for the generations it was made for.
 */
import type { ObjectKey } from "../../kube/port.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { ScopeReading, ScopeVerdict } from "../../sync/scope/snapshot.ts";

export interface PostedReading {
  /** Of the scope and of its configuration, whose consent it stood on. */
  readonly generations: string;
  readonly reading: ScopeReading;
  readonly isBaselined: boolean;
}

export interface Board {
  post(scopeUID: string, configuration: ObjectKey, reading: PostedReading): void;
  readingOf(scopeUID: string): PostedReading | undefined;
  /** @param isBusy more changes of the same kind follow within seconds: counts alone are then told at most every 30 s (C3) */
  judge(scope: JudgedScope, verdict: ScopeVerdict, isBusy: boolean): void;
  /** The last verdict, if it was made for these generations. */
  verdictOf(scopeUID: string, generations: string): ScopeVerdict | undefined;
  /** Whether nothing that a going scope brought in is left to remove. */
  isEndedBy(scopeUID: string): boolean;
  /** What will not arrive of the scope's members. */
  warn(scope: { readonly uid: string; readonly key: ObjectKey }, memberWarning: string | undefined): void;
  memberWarningOf(scopeUID: string): string | undefined;
  /** The reading is void: its scope is asked for a new one. */
  refresh(scope: { readonly uid: string; readonly key: ObjectKey }): void;
  forget(scopeUID: string): void;
  onReading(listener: (configuration: ObjectKey) => void): void;
  /** `isAwaited`: the scope has still to be read for its present generations, and will look by itself. */
  onVerdict(listener: (scope: ObjectKey, isAwaited: boolean) => void): void;
}

export interface JudgedScope {
  readonly uid: string;
  readonly key: ObjectKey;
  /** Of the reading that the verdict stands on. */
  readonly generations: string;
}

const PROGRESS_MS = 30_000;

interface Told {
  readonly generations: string;
  readonly verdict: ScopeVerdict;
  readonly atMs: number;
}

export function board(clock: Clock): Board {
  const readings = new Map<string, PostedReading>();
  const told = new Map<string, Told>();
  const warnings = new Map<string, string>();
  const readingListeners: ((configuration: ObjectKey) => void)[] = [];
  const verdictListeners: ((scope: ObjectKey, isAwaited: boolean) => void)[] = [];
  return {
    post(scopeUID, configuration, reading) {
      const before = readings.get(scopeUID);
      readings.set(scopeUID, reading);
      if (before === reading) return;
      for (const listener of readingListeners) listener(configuration);
    },
    readingOf: (scopeUID) => readings.get(scopeUID),
    judge({ uid, key, generations }, verdict, isBusy) {
      const last = told.get(uid);
      const before = last?.generations === generations ? last : undefined;
      const nowMs = clock.monotonicMs();
      if (before !== undefined && isSame(before.verdict, verdict)) return;
      const isProgress = before !== undefined && isSame(withoutCounts(before.verdict), withoutCounts(verdict));
      if (isBusy && isProgress && nowMs - before.atMs < PROGRESS_MS) return;
      told.set(uid, { generations, verdict, atMs: nowMs });
      const isAwaited = readings.get(uid)?.generations !== generations;
      for (const listener of verdictListeners) listener(key, isAwaited);
    },
    verdictOf(scopeUID, generations) {
      const last = told.get(scopeUID);
      return last?.generations === generations ? last.verdict : undefined;
    },
    isEndedBy: (scopeUID) => told.get(scopeUID)?.verdict.isEnded === true,
    warn({ uid, key }, memberWarning) {
      if (warnings.get(uid) === memberWarning) return;
      if (memberWarning === undefined) warnings.delete(uid);
      else warnings.set(uid, memberWarning);
      for (const listener of verdictListeners) listener(key, false);
    },
    memberWarningOf: (scopeUID) => warnings.get(scopeUID),
    refresh({ uid, key }) {
      readings.delete(uid);
      for (const listener of verdictListeners) listener(key, false);
    },
    forget(scopeUID) {
      readings.delete(scopeUID);
      warnings.delete(scopeUID);
      told.delete(scopeUID);
    },
    onReading: (listener) => void readingListeners.push(listener),
    onVerdict: (listener) => void verdictListeners.push(listener),
  };
}

function withoutCounts({ assigned: _a, toAdd: _t, toRemove: _r, foreign: _f, ...rest }: ScopeVerdict): object {
  const { removal } = rest;
  return { ...rest, removal: removal.kind === "executing" ? { kind: removal.kind } : removal };
}

function isSame(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
