/** What a campaign has seen so far, in figures. Guarantees: plain data that can be stored and added up again after a restart. Pure. */
import { sortOf } from "../draw/faults.ts";
import type { Plan } from "../run/plan.ts";
import type { Outcome } from "./outcome.ts";

export interface SortFigures {
  plans: number;
  strikes: number;
  failures: number;
}

export interface Figures {
  runs: number;
  failures: number;
  realMs: number;
  virtualMs: number;
  outsideCalls: number;
  outsideCallsMax: number;
  /** Runs that the bound of outside calls ended before rest. */
  cut: number;
  /** By sort of fault, strike or process deed. */
  readonly sorts: Record<string, SortFigures>;
  readonly writePoints: Record<string, number>;
}

export function noFigures(): Figures {
  return {
    runs: 0,
    failures: 0,
    realMs: 0,
    virtualMs: 0,
    outsideCalls: 0,
    outsideCallsMax: 0,
    cut: 0,
    sorts: {},
    writePoints: {},
  };
}

export function addOutcome(
  figures: Figures,
  { plan, failure, virtualMs, outsideCalls, isCut, writes, strikes }: Outcome,
): void {
  figures.runs += 1;
  figures.failures += failure === undefined ? 0 : 1;
  figures.virtualMs += virtualMs;
  figures.outsideCalls += outsideCalls;
  figures.cut += isCut ? 1 : 0;
  figures.outsideCallsMax = Math.max(figures.outsideCallsMax, outsideCalls);
  for (const site of writes) figures.writePoints[site] = (figures.writePoints[site] ?? 0) + 1;
  for (const sort of sortsIn(plan)) {
    const row = (figures.sorts[sort] ??= { plans: 0, strikes: 0, failures: 0 });
    row.plans += 1;
    row.strikes += strikes[sort] ?? 0;
    row.failures += failure === undefined ? 0 : 1;
  }
}

export function sortsIn({ faults, strikes, acts }: Plan): ReadonlySet<string> {
  return new Set([
    ...faults.map(sortOf),
    ...strikes.map(({ fate }) => (fate === "death" ? "death after a write" : "answer of a write lost")),
    ...acts.map(({ deed }) => `act: ${deed.kind === "operator" ? `${deed.action} the operator` : deed.kind}`),
  ]);
}

/** One line that `make test` shows. */
export function figuresLine(
  name: string,
  { runs, failures, realMs, virtualMs, outsideCalls, outsideCallsMax, cut, writePoints }: Figures,
): string {
  const seconds = realMs / 1_000;
  const perMinute = Math.round(runs / (seconds / 60));
  const hoursASecond = (virtualMs / 3_600_000 / seconds).toFixed(2);
  const calls = `${Math.round(outsideCalls / Math.max(1, runs))} outside calls a run (at most ${outsideCallsMax}${cut === 0 ? "" : `, ${cut} cut there`})`;
  return `${name}: ${runs} runs, ${failures} failures in ${seconds.toFixed(0)} s: ${perMinute} a minute, ${hoursASecond} virtual hours a second, ${calls}, ${Object.keys(writePoints).length} write points`;
}
