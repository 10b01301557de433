/**
 * Walks of field mutation in the simulation, one after another.
 * Guarantees: the same seed gives the same walks and the same verdicts; each alarm names the states, and the seed and number to walk again.
 */
import { allOracles } from "../oracles/all.ts";
import type { Simulator } from "../run/prepare.ts";
import { fieldOracle } from "./judge.ts";
import { drawWalks, type Walk } from "./walk.ts";

export interface FieldAlarm {
  readonly seed: number;
  readonly walk: number;
  readonly sentence: string;
}

export interface FieldReport {
  readonly seed: number;
  readonly walks: number;
  readonly stops: number;
  /** Fields that were edited, of all that can be. */
  readonly moves: number;
  readonly virtualMs: number;
  readonly alarms: readonly FieldAlarm[];
}

/** @param walks numbers of the walks of this seed; absent: all, which touch every field */
export async function walkFields(
  simulator: Simulator,
  { seed, walks }: { readonly seed: number; readonly walks?: readonly number[] },
): Promise<FieldReport> {
  const all = drawWalks(seed);
  const chosen = all.flatMap((walk, number) => (walks?.includes(number) === false ? [] : [{ walk, number }]));
  const alarms: FieldAlarm[] = [];
  let virtualMs = 0;
  for (const { walk, number } of chosen) {
    const { verdict, sentences } = await runWalk(simulator, walk);
    virtualMs += verdict.virtualMs;
    alarms.push(...sentences.map((sentence) => ({ seed, walk: number, sentence })));
  }
  const stops = chosen.reduce((sum, { walk }) => sum + walk.stops.length, 0);
  const moves = new Set(chosen.flatMap(({ walk }) => walk.stops.flatMap((stop) => stop.moves))).size;
  return { seed, walks: chosen.length, stops, moves, virtualMs, alarms };
}

export async function runWalk(simulator: Simulator, { plan, stops }: Walk) {
  const sentences: string[] = [];
  const oracles = [...allOracles(), fieldOracle(stops, (sentence) => sentences.push(sentence))];
  const verdict = await simulator.run(plan, oracles);
  const { violation } = verdict;
  if (violation !== undefined) sentences.push(`${violation.oracle}: ${violation.sentence}`);
  return { verdict, sentences };
}
