/**
 * Callbacks in order of time, then of adding: a binary heap, so that thousands of waiting hosts cost little.
 * Guarantees: a cancelled callback never runs and never counts as due.
 */
export interface Due {
  readonly dueMs: number;
  readonly sequence: number;
  readonly callback: () => void;
  isCancelled: boolean;
}

export class DueQueue {
  readonly #heap: Due[] = [];
  #sequence = 0;

  /** @returns cancels it */
  add(dueMs: number, callback: () => void): () => void {
    this.#sequence += 1;
    const due: Due = { dueMs, sequence: this.#sequence, callback, isCancelled: false };
    this.#heap.push(due);
    this.#raise(this.#heap.length - 1);
    return () => {
      due.isCancelled = true;
    };
  }

  first(): Due | undefined {
    while (this.#heap[0]?.isCancelled === true) this.removeFirst();
    return this.#heap[0];
  }

  removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #raise(from: number): void {
    let index = from;
    while (index > 0 && this.#isBefore(index, (index - 1) >> 1)) {
      this.#swap(index, (index - 1) >> 1);
      index = (index - 1) >> 1;
    }
  }

  #sink(from: number): void {
    let index = from;
    for (;;) {
      const left = 2 * index + 1;
      const child = this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#isBefore(child, index)) return;
      this.#swap(child, index);
      index = child;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const left = this.#heap[one];
    const right = this.#heap[other];
    if (left === undefined || right === undefined) return false;
    return left.dueMs === right.dueMs ? left.sequence < right.sequence : left.dueMs < right.dueMs;
  }

  #swap(one: number, other: number): void {
    const left = this.#heap[one];
    const right = this.#heap[other];
    if (left === undefined || right === undefined) return;
    this.#heap[one] = right;
    this.#heap[other] = left;
  }
}
