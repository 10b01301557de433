/**
 * How long things take in the world, by name, changeable while it runs.
 * Guarantees: a name is declared once with a figure for each preset; asking for or setting an undeclared name fails and lists none silently.
 * Never: a negative delay.
 */

/** `real`: as long as it takes at AWS. `demo`: seconds, in the same order. `zero`: at once (unless the row says otherwise). */
export type DelayPreset = "real" | "demo" | "zero";
export const DELAY_PRESETS: readonly DelayPreset[] = ["real", "demo", "zero"];

export interface DelayRow {
  readonly realMs: number;
  readonly demoMs: number;
  /** 0 when absent. */
  readonly zeroMs?: number;
}
/** Names are `<part>.<what>`, such as `ec2.pending` or `host.boot`. */
export type DelayRows = Readonly<Record<string, DelayRow>>;

/** What a part of the world sees of the delays. */
export interface Delays {
  ms(name: string): number;
}

export class DelayTable implements Delays {
  readonly #figures = new Map<string, number>();

  constructor(preset: DelayPreset, sections: readonly DelayRows[], overrides: Readonly<Record<string, number>> = {}) {
    for (const [name, row] of sections.flatMap((section) => Object.entries(section))) {
      if (this.#figures.has(name)) throw new Error(`delay ${name} is declared twice`);
      this.#figures.set(name, preset === "real" ? row.realMs : preset === "demo" ? row.demoMs : (row.zeroMs ?? 0));
    }
    for (const [name, ms] of Object.entries(overrides)) this.set(name, ms);
  }

  ms(name: string): number {
    const figure = this.#figures.get(name);
    if (figure === undefined) throw new RangeError(`no delay is named ${name}`);
    return figure;
  }

  /** @throws RangeError for an undeclared name or a figure below 0 */
  set(name: string, ms: number): void {
    this.ms(name);
    if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`delay ${name} must be 0 ms or more, not ${ms}`);
    this.#figures.set(name, ms);
  }

  all(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#figures].sort(([left], [right]) => left.localeCompare(right)));
  }
}
