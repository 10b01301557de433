/**
 * Makes this process one in which simulations run: time and chance are replaced before the operator and the SDKs are loaded.
 * Guarantees: the order of loading; fixtures are read once. Call it once a process, and import nothing of src or of an SDK before.
 */
import { installVirtualGlobals } from "../../../sim/src/virtual/globals.ts";
import { installGuards } from "../../../sim/src/virtual/guards.ts";
import type { WorldLayout } from "../../../sim/src/layout/layout.ts";
import type { Fixtures } from "./fixtures.ts";
import type { Verdict } from "./simulation.ts";
import type { Oracle } from "./scene.ts";
import type { Plan } from "./plan.ts";

export interface Simulator {
  readonly fixtures: Fixtures;
  /** In the default world, under the shipped policy, when `layout` is absent. */
  run(plan: Plan, oracles: readonly Oracle[], layout?: WorldLayout): Promise<Verdict>;
}

export async function prepareProcess(): Promise<Simulator> {
  installVirtualGlobals();
  installGuards();
  const { isolateSDK } = await import("./sdk-surroundings.ts");
  isolateSDK();
  const { loadFixtures } = await import("./fixtures.ts");
  const { simulate } = await import("./simulation.ts");
  const fixtures = loadFixtures();
  return {
    fixtures,
    run: (plan, oracles, layout) => simulate({ plan, fixtures, oracles, ...(layout === undefined ? {} : { layout }) }),
  };
}
