/**
 * Things with a beginning, changes and an end, readable as a replica saw them a moment ago.
 * Guarantees: without `asOfMs` the truth; with it, what was written by then: later things are missing, later ends and changes have not happened.
 * Caveats: of several changes within one lag only the last is held back; ends are remembered for ten minutes, longer than any lag of the world.
 */
const REMEMBERED_MS = 600_000;

interface Entry<Value> {
  readonly sequence: number;
  readonly sinceMs: number;
  readonly value: Value;
  /** What it was before its last change. */
  readonly earlier: { readonly value: Value; readonly untilMs: number } | undefined;
}
interface Ended<Value> {
  readonly id: string;
  readonly entry: Entry<Value>;
  readonly untilMs: number;
}

export interface Numbered<Value> {
  /** Grows with each new thing: what a page token counts. */
  readonly sequence: number;
  readonly value: Value;
}

export class Lifetimes<Value> {
  readonly #live = new Map<string, Entry<Value>>();
  #ended: Ended<Value>[] = [];
  #sequence = 0;

  get size(): number {
    return this.#live.size;
  }

  has(id: string): boolean {
    return this.#live.has(id);
  }

  /** Begins, or changes. */
  put(id: string, value: Value, nowMs: number): void {
    const held = this.#live.get(id);
    const earlier = held === undefined ? undefined : { value: held.value, untilMs: nowMs };
    const sequence = held?.sequence ?? (this.#sequence += 1);
    this.#live.set(id, { sequence, sinceMs: held?.sinceMs ?? nowMs, value, earlier });
  }

  /** @returns what ended, `undefined` when there was nothing */
  end(id: string, nowMs: number): Value | undefined {
    const entry = this.#live.get(id);
    if (entry === undefined) return undefined;
    this.#live.delete(id);
    // Oldest first: as long as the first is remembered, all are.
    if ((this.#ended[0]?.untilMs ?? nowMs) + REMEMBERED_MS <= nowMs)
      this.#ended = this.#ended.filter(({ untilMs }) => untilMs + REMEMBERED_MS > nowMs);
    this.#ended.push({ id, entry, untilMs: nowMs });
    return entry.value;
  }

  get(id: string, asOfMs?: number): Value | undefined {
    const entry = this.#live.get(id);
    if (asOfMs === undefined) return entry?.value;
    if (entry !== undefined && entry.sinceMs <= asOfMs) return valueAt(entry, asOfMs);
    const ended = this.#ended.find((one) => one.id === id && isAlive(one, asOfMs));
    return ended === undefined ? undefined : valueAt(ended.entry, asOfMs);
  }

  /** In the order in which they began. */
  list(asOfMs?: number): readonly Value[] {
    return this.numbered(asOfMs).map(({ value }) => value);
  }

  numbered(asOfMs?: number): readonly Numbered<Value>[] {
    const live = [...this.#live.values()];
    if (asOfMs === undefined) return live;
    const begun = live.filter(({ sinceMs }) => sinceMs <= asOfMs);
    const ended = this.#ended.filter((one) => isAlive(one, asOfMs)).map(({ entry }) => entry);
    const entries = ended.length === 0 ? begun : [...begun, ...ended].sort((one, two) => one.sequence - two.sequence);
    return entries.map((entry) => ({ sequence: entry.sequence, value: valueAt(entry, asOfMs) }));
  }
}

function isAlive<Value>({ entry, untilMs }: Ended<Value>, asOfMs: number): boolean {
  return entry.sinceMs <= asOfMs && untilMs > asOfMs;
}

function valueAt<Value>({ value, earlier }: Entry<Value>, asOfMs: number): Value {
  return earlier !== undefined && earlier.untilMs > asOfMs ? earlier.value : value;
}
