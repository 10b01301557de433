/**
 * The record of what crossed the world against the contract: a run in which it is not empty has failed.
 * Guarantees: nothing is dropped silently: the newest entries are kept, the count is of all.
 */
export interface ContractBreach {
  readonly kind: "unknownOperation" | "unmodelled" | "option" | "request" | "response" | "token";
  /** `GET /v1.0/groups/{group-id}`; the path as it came where no template fits. */
  readonly call: string;
  readonly problem: string;
  readonly atMs: number;
}

const ENTRIES_MAX = 1_000;

export class ContractGate {
  #breaches: ContractBreach[] = [];
  count = 0;

  get breaches(): readonly ContractBreach[] {
    return this.#breaches;
  }

  note(breach: ContractBreach): void {
    this.count += 1;
    this.#breaches.push(breach);
    if (this.#breaches.length > ENTRIES_MAX) this.#breaches = this.#breaches.slice(-ENTRIES_MAX / 2);
  }

  /** @throws Error that names the first breach, when there was one */
  demandNone(): void {
    const [first] = this.#breaches;
    if (first !== undefined)
      throw new Error(`${this.count} breaches of the Graph contract; ${first.call}: ${first.problem}`);
  }
}
