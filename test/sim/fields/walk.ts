/**
 * Draws walks from a seed: from the good fleet to a state, to another, back, and to the other one straight. Pure.
 * Guarantees: the walks of one seed touch every field that can be edited; the same seed gives the same walks.
 */
import { seededDice } from "../../../sim/src/core/clock.ts";
import { merged } from "../../support/stack-manifests.ts";
import type { Act, Deed, Plan } from "../run/plan.ts";
import { BASE } from "./base.ts";
import { WALKED_KINDS, type WalkedKind } from "./field.ts";
import { MOVES, patchBetween, stored, type Move, type Patch } from "./moves.ts";

/** A state of the fleet: the good one with these moves. */
export interface Stop {
  readonly moves: readonly Move[];
}

export interface Walk {
  readonly plan: Plan;
  /** What each look of the plan looks at, in order; `at` of the deed is its index. */
  readonly stops: readonly Stop[];
}

const GOOD: Stop = { moves: [] };
const MOVES_A_WALK = 6;
/** By then a host is replaced, or what keeps it from that is said. */
const PATIENCE_MS = 12 * 60_000;
const BETWEEN_MS = 1_000;

/** All walks of a seed: each field once, with one of its values. */
export function drawWalks(seed: number): readonly Walk[] {
  const dice = seededDice(seed);
  const fields = [...new Set(MOVES.map(fieldOf))];
  const moves = fields.flatMap((field) => {
    const values = MOVES.filter((move) => fieldOf(move) === field);
    return values[Math.floor(dice() * values.length)] ?? [];
  });
  return walksOver(moves, seed);
}

/** These moves, shuffled and dealt out. */
export function walksOver(moves: readonly Move[], seed: number): readonly Walk[] {
  const dice = seededDice(seed + 1);
  const deck = shuffled(moves, dice);
  return Array.from({ length: Math.ceil(deck.length / MOVES_A_WALK) }, (_, n) =>
    walkOf(deck.slice(n * MOVES_A_WALK, (n + 1) * MOVES_A_WALK), {
      seed: seed * 1_000 + n,
      replicas: dice() < 0.7 ? 1 : 2,
    }),
  );
}

const fieldOf = ({ kind, path }: Move): string => `${kind} ${path}`;

function shuffled<Item>(items: readonly Item[], dice: () => number): readonly Item[] {
  return items
    .map((item) => [dice(), item] as const)
    .sort(([left], [right]) => left - right)
    .map(([, item]) => item);
}

function walkOf(
  moves: readonly Move[],
  { seed, replicas }: { readonly seed: number; readonly replicas: number },
): Walk {
  const stops: Stop[] = [GOOD];
  for (let n = 0; n < moves.length; n += 2) {
    const [first, second] = moves.slice(n, n + 2).map((move): Stop => ({ moves: [move] }));
    if (first === undefined) break;
    // The one left over is walked to twice.
    const other = second ?? first;
    stops.push(first, other, GOOD, other, GOOD);
  }
  const base: Patch = { spec: { replicas } };
  const acts = stops.flatMap((stop, n) => actsTo(stop, { before: stops[n - 1], base, number: n, replicas }));
  return {
    stops,
    plan: { seed, pool: base, flags: [], delays: "demo", operators: 1, acts, faults: [], strikes: [] },
  };
}

interface Leg {
  readonly before: Stop | undefined;
  readonly base: Patch;
  readonly number: number;
  readonly replicas: number;
}

/** The edits, what the pool then asks of a person, and a look. */
function actsTo(stop: Stop, { before, base, number, replicas }: Leg): readonly Act[] {
  const settled = (deed: Deed): Act => ({ afterMs: BETWEEN_MS, isSettledFirst: true, patienceMs: PATIENCE_MS, deed });
  const look = settled({ kind: "look", at: String(number) });
  if (before === undefined) return [{ afterMs: 0, isSettledFirst: false, deed: { kind: "apply" } }, look];
  const edits = WALKED_KINDS.flatMap((kind) => {
    const change = patchBetween(specOf(kind, before, base), specOf(kind, stop, base));
    return Object.keys(change).length === 0 ? [] : [{ kind: "edit" as const, on: ON[kind], change: { spec: change } }];
  });
  const [first, ...others] = edits;
  // A state may be what the one before was: then there is nothing to do but look.
  if (first === undefined) return [look];
  const together = others.map((deed): Act => ({ afterMs: BETWEEN_MS, isSettledFirst: false, deed }));
  return [
    settled(first),
    ...together,
    settled({ kind: "replaceOutdated" }),
    ...registrations(stop, replicas).map(settled),
    look,
  ];
}

const ON = { EntraTenant: "tenant", ADDomain: "domain", CloudSyncAgentPool: "pool" } as const;

export function specOf(kind: WalkedKind, { moves }: Stop, base: Patch): Patch {
  const start = stored(kind === "CloudSyncAgentPool" ? merged(BASE[kind], base) : BASE[kind]);
  return moves.filter((move) => move.kind === kind).reduce<Patch>((spec, { patch }) => merged(spec, patch), start);
}

/** A person finishes the wizard on each host that is offered. */
function registrations({ moves }: Stop, replicas: number): readonly Deed[] {
  const isByHand = moves.some(({ patch }) => modeOf(patch) === "Manual");
  if (!isByHand) return [];
  return Array.from({ length: replicas }).flatMap(() =>
    Array.from({ length: replicas + 1 }, (_, index): Deed => ({ kind: "finishRegistration", index })),
  );
}

function modeOf(patch: Patch): unknown {
  const agent = patch["agent"] as { readonly registration?: { readonly mode?: string } | null } | undefined;
  return agent?.registration === null ? "Manual" : agent?.registration?.mode;
}
