/**
 * When a command is read next, from how long commands of its document took before.
 * Guarantees: never sooner than `minMs` after the last read, never later than `maxMs`; where nothing is known yet, one command of a document goes
 * ahead and is read closely, the others are read rarely until it has shown how long it takes.
 */
export interface PollBounds {
  readonly minMs: number;
  readonly maxMs: number;
}

/** How a command is read whose usual time is not known: `ahead` of the others of its document, or `behind` them. */
export type Role = "ahead" | "behind";

/** The share of the time so far by which such a command may be read late: 1/8, and 1/2. */
const LATE_DIVISOR: Readonly<Record<Role, number>> = { ahead: 8, behind: 2 };

/**
 * Pure.
 * @param elapsedMs since the command was sent
 * @param usualMs how long the quickest of the last commands of its document took, or the role where none has ended yet
 */
export function nextPollMs(elapsedMs: number, usualMs: number | Role, { minMs, maxMs }: PollBounds): number {
  const within = (wantedMs: number): number => Math.min(maxMs, Math.max(minMs, Math.round(wantedMs)));
  if (typeof usualMs === "string") return within(elapsedMs / LATE_DIVISOR[usualMs]);
  const overMs = elapsedMs - usualMs;
  if (overMs >= 0) return within(overMs / LATE_DIVISOR.ahead);
  // A read just before the end would cost a whole interval more; a failure long before it is still found within the longest one.
  const leftMs = minMs / LATE_DIVISOR.ahead - overMs;
  return within(leftMs / Math.ceil(leftMs / maxMs));
}

/** How long commands took, by document: the newest few of each. Bounded; the product has a handful of documents. */
export interface CommandTimes {
  /** @returns whether this is the first known time of the document; a time that is not known is left out */
  record(documentName: string, tookMs: number | undefined): boolean;
  usualMs(documentName: string): number | undefined;
}

const TIMES_KEPT = 8;
const DOCUMENTS_MAX = 64;

export function commandTimes(): CommandTimes {
  const times = new Map<string, readonly number[]>();
  return {
    record(documentName, tookMs) {
      if (tookMs === undefined || !(tookMs >= 0)) return false;
      const known = times.get(documentName);
      const [oldest] = times.keys();
      if (known === undefined && times.size >= DOCUMENTS_MAX && oldest !== undefined) times.delete(oldest);
      times.set(documentName, [...(known ?? []), tookMs].slice(-TIMES_KEPT));
      return known === undefined;
    },
    usualMs(documentName) {
      const known = times.get(documentName);
      return known === undefined ? undefined : Math.min(...known);
    },
  };
}
