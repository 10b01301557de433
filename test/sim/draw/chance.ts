/** Draws from dice. Guarantees: the same dice give the same draws; each draw takes the dice a fixed number of times. Pure. */
import { seededDice } from "../../../sim/src/core/clock.ts";

export interface Chance {
  happens(probability: number): boolean;
  /** Both ends included. */
  whole(min: number, max: number): number;
  pick<Item>(items: readonly Item[]): Item;
}

export function chanceOf(seed: number): Chance {
  const dice = seededDice(seed);
  const whole = (min: number, max: number): number => min + Math.floor(dice() * (max - min + 1));
  return {
    happens: (probability) => dice() < probability,
    whole,
    pick(items) {
      const item = items[whole(0, items.length - 1)];
      if (item === undefined) throw new Error("nothing to draw from");
      return item;
    },
  };
}
