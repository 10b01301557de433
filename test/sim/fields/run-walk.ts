/**
 * One walk of field mutation in the simulation.
 * Guarantees: the same walk gives the same verdict; each sentence names the states between which a field was not served.
 */
import { allOracles } from "../oracles/all.ts";
import type { Simulator } from "../run/prepare.ts";
import { fieldOracle } from "./judge.ts";
import type { Walk } from "./walk.ts";

export async function runWalk(simulator: Simulator, { plan, stops }: Walk) {
  const sentences: string[] = [];
  const oracles = [...allOracles(), fieldOracle(stops, (sentence) => sentences.push(sentence))];
  const verdict = await simulator.run(plan, oracles);
  const { violation } = verdict;
  if (violation !== undefined) sentences.push(`${violation.oracle}: ${violation.sentence}`);
  return { verdict, sentences };
}
