/**
 * Draws a plan of the Entra side from a seed: about one seed in four.
 * Guarantees: the same seed gives the same plan, and whether a seed is one of these changes nothing about the others; half of the plans are comparable,
 * the others have hands, storms and lying pages in them. Pure.
 */
import type { Act, Deed, Fault, Plan, Strike } from "../run/plan.ts";
import { chanceOf, type Chance } from "./chance.ts";
import { drawEntraDeed } from "./entra-hands.ts";
import { entraFaults } from "./entra-faults.ts";
import { ENTRA_FLAGS, ENTRA_LIFE_NAMES, entraCreated, entraLife, entraPlan } from "./entra-lives.ts";

/** Beside those of `draw.ts`. */
const IS_ENTRA_STREAM = 11;
const DRAW_STREAM = 12;
const SHARE = 0.25;
const MINUTE_MS = 60_000;

export function isEntraSeed(seed: number): boolean {
  return chanceOf(seed * 16 + IS_ENTRA_STREAM).happens(SHARE);
}

export function drawEntraPlan(seed: number): Plan {
  const chance = chanceOf(seed * 16 + DRAW_STREAM);
  return chance.happens(0.5) ? comparablePlan(seed, chance) : troubledPlan(seed, chance);
}

function comparablePlan(seed: number, chance: Chance): Plan {
  const life = entraLife(chance.pick(ENTRA_LIFE_NAMES));
  const troubles = Array.from({ length: chance.whole(0, 1) }, () => hasty(processDeed(chance), chance));
  return {
    ...entraPlan(seed, [...life.slice(0, 2), ...troubles, ...life.slice(2)]),
    operators: chance.happens(0.2) ? 2 : 1,
    faults: faultsOf(chance, chance.whole(0, 2), true),
    strikes: strikesOf(chance, chance.whole(0, 2)),
  };
}

function troubledPlan(seed: number, chance: Chance): Plan {
  const hasMembers = chance.happens(0.1);
  const changes = chance.pick([{}, {}, TIGHT, FREE]);
  const deeds = Array.from({ length: chance.whole(1, 4) }, () => {
    const deed = chance.happens(0.15) ? processDeed(chance) : drawEntraDeed(chance);
    return { ...hasty(deed, chance), isSettledFirst: chance.happens(0.5), patienceMs: 20 * MINUTE_MS };
  });
  return {
    ...entraPlan(seed, [...entraCreated({ changes, hasMembers }), ...deeds]),
    operators: chance.happens(0.2) ? 2 : 1,
    faults: faultsOf(chance, chance.whole(0, 3), false),
    strikes: strikesOf(chance, chance.whole(0, 1)),
  };
}

const TIGHT = {
  configuration: {
    spec: {
      change: { maxLeaving: 0, maxMoving: 0 },
      scopePolicy: { removalCeiling: { maxCount: 1, maxPercent: 100, window: "24h" } },
    },
  },
};
/** Several may leave at once. */
const FREE = {
  configuration: { spec: { scopePolicy: { removalCeiling: { maxCount: 3, maxPercent: 100, window: "1h" } } } },
  sales: { spec: { deletionPolicy: "Delete", removal: { maxCount: 10, maxPercent: 100, window: "1h" } } },
};

function hasty(deed: Deed, chance: Chance): Act {
  return { afterMs: chance.whole(1, 4 * MINUTE_MS), isSettledFirst: false, deed };
}

function processDeed(chance: Chance): Deed {
  const index = chance.whole(0, 1);
  switch (chance.whole(0, 3)) {
    case 0:
      return { kind: "operator", action: "stop", index, forMs: 0 };
    case 1:
      return { kind: "operator", action: "pause", index, forMs: chance.whole(1, 300) * 1_000 };
    case 2:
      return { kind: "restartWith", flags: [...ENTRA_FLAGS, "--workers=1"] };
    default:
      return { kind: "operator", action: "kill", index, forMs: 0 };
  }
}

function faultsOf(chance: Chance, count: number, isHarmless: boolean): readonly Fault[] {
  return Array.from({ length: count }).flatMap(() => entraFaults(chance, isHarmless));
}

/** The create life has about 85 writes, with those of the host; a strike that finds none does nothing. */
const WRITES_USUAL = 110;

function strikesOf(chance: Chance, count: number): readonly Strike[] {
  return Array.from({ length: count }, () => ({
    write: chance.whole(1, WRITES_USUAL),
    fate: chance.pick(["death", "lostAnswer"] as const),
  }));
}
