/**
 * Draws a plan from a seed, by itself alone: the whole of the random campaign.
 * Guarantees: the same seed gives the same plan; every kind of act, fault and strike that a plan can hold is drawn; half of the plans are
 * comparable, so that their end must be the clean run's, the others have hands and storms in them. Pure.
 */
import type { Act, Fault, Plan, Strike } from "../run/plan.ts";
import { chanceOf, type Chance } from "./chance.ts";
import { drawEntraPlan, isEntraSeed } from "./entra.ts";
import { HAND_DEEDS, mended, PROCESS_DEEDS } from "./deeds.ts";
import { FAULT_SORTS } from "./faults.ts";
import { actsOf, answered, created, LIFE_NAMES } from "./lives.ts";
import { quietPlan, type Shape } from "./setting.ts";

/** The run takes its own dice from sixteen times the seed on; this is none of them. */
const DRAW_STREAM = 9;
const OPTIONS_STREAM = 10;

export function drawPlan(seed: number): Plan {
  if (isEntraSeed(seed)) return drawEntraPlan(seed);
  const chance = chanceOf(seed * 16 + DRAW_STREAM);
  return chance.happens(0.5) ? comparablePlan(seed, chance) : troubledPlan(seed, chance);
}

const SORTS_HARMLESS = FAULT_SORTS.filter(({ isHarmless }) => isHarmless);
const MINUTE_MS = 60_000;

function comparablePlan(seed: number, chance: Chance): Plan {
  const shape: Shape = shapeOf(seed, chance, [1, 1, 1, 1, 2]);
  const life = chance.pick(LIFE_NAMES);
  const acts = withTroubles(actsOf(life, shape), deedsOf(chance, PROCESS_DEEDS, shape, chance.whole(0, 2)));
  return {
    ...quietPlan(seed, shape, acts),
    operators: chance.happens(0.25) ? 2 : 1,
    faults: faultsOf(chance, SORTS_HARMLESS, chance.whole(0, 3)),
    strikes: strikesOf(chance, chance.whole(0, 3)),
  };
}

function troubledPlan(seed: number, chance: Chance): Plan {
  const shape: Shape = shapeOf(seed, chance, [1, 1, 1, 2, 2, 3]);
  const deeds = deedsOf(chance, [...HAND_DEEDS, ...PROCESS_DEEDS], shape, chance.whole(1, 3));
  const faults = faultsOf(chance, FAULT_SORTS, chance.whole(0, 3));
  return {
    ...quietPlan(seed, shape, [...created(shape), ...deeds, ...mended(deeds, faults)]),
    operators: chance.happens(0.25) ? 2 : 1,
    faults,
    strikes: strikesOf(chance, chance.whole(0, 2)),
  };
}

function shapeOf(seed: number, chance: Chance, replicas: readonly number[]): Shape {
  const options = chanceOf(seed * 16 + OPTIONS_STREAM);
  const [count, registration] = [chance.pick(replicas), chance.happens(0.85) ? "Credential" : "Manual"] as const;
  return {
    // An administrator comes to each host in turn, minutes apart: a third one would show nothing that the second does not.
    replicas: registration === "Manual" ? Math.min(count, 2) : count,
    registration,
    isBootstrapped: options.happens(0.35),
    isImageOld: options.happens(0.1),
  };
}

function deedsOf(chance: Chance, draws: typeof HAND_DEEDS, shape: Shape, count: number): readonly Act[] {
  return Array.from({ length: count }).flatMap(() => {
    const deed = chance.pick(draws)(chance, shape);
    const [afterMs, isSettledFirst] = [chance.whole(1, 4 * MINUTE_MS), chance.happens(0.4)];
    const [first, ...registrations] = answered(deed, shape, afterMs);
    return first === undefined ? [] : [{ ...first, isSettledFirst }, ...registrations];
  });
}

/** A process's trouble comes at any moment between two acts of a person, who waits for rest all the same. */
function withTroubles(acts: readonly Act[], troubles: readonly Act[]): readonly Act[] {
  const [first, ...rest] = acts;
  const unawaited = troubles.filter(({ deed }) => deed.kind !== "finishRegistration");
  const [early, late] = [unawaited.slice(0, 1), unawaited.slice(1)];
  return first === undefined ? unawaited : [first, ...early.map(unsettled), ...rest, ...late.map(unsettled)];
}

function unsettled(act: Act): Act {
  return { ...act, isSettledFirst: false };
}

function faultsOf(chance: Chance, sorts: typeof FAULT_SORTS, count: number): readonly Fault[] {
  return Array.from({ length: count }, () => chance.pick(sorts).draw(chance));
}

/** Most lives have fewer writes than this: a strike that finds none does nothing. */
const WRITES_USUAL = 60;

function strikesOf(chance: Chance, count: number): readonly Strike[] {
  return Array.from({ length: count }, () => ({
    write: chance.whole(1, WRITES_USUAL),
    fate: chance.pick(["death", "lostAnswer"] as const),
  }));
}
