/**
 * The exhaustive campaign: the lives of a fleet, with the operator dead right after each single write of a clean run, and with each answer lost.
 * Guarantees: the writes come from the clean run, so that a new write is in the campaign from the day it is written; each end is the clean run's.
 */
import { chanceOf } from "../draw/chance.ts";
import { entraLife, entraPlan } from "../draw/entra-lives.ts";
import { actsOf, LIVES_TO_STRIKE } from "../draw/lives.ts";
import { quietPlan } from "../draw/setting.ts";
import type { Plan, Strike } from "../run/plan.ts";
import { addOutcome, figuresLine, noFigures, type Figures } from "./figures.ts";
import { judgeAll } from "./judge-all.ts";
import type { Outcome } from "./outcome.ts";
import { WorkerPool } from "./pool.ts";
import { failureText, say } from "./say.ts";

export interface ExhaustiveOptions {
  /** Pairs of strikes instead of single ones, so many of each life, drawn. */
  readonly pairsOfEachLife?: number;
}

/** Every life is the same for each of several hosts; one write more of a second host is no other write. */
const SHAPE = { replicas: 1, registration: "Credential" } as const;
/** The same pool with what makes a host's life longest: an SSM agent to update first, and a profile to replace at the end. */
const LONG_SHAPE = { ...SHAPE, isBootstrapped: true, isImageOld: true } as const;
const SEED = 7;
const FAILURES_MAX = 5;
/** The configuration, its canary and its scopes from nothing to a running job, and a group that leaves within the budget. */
const ENTRA_LIVES = ["create", "removal"] as const;

/** @returns whether every promise was kept in every run, the clean ones included */
export async function exhaustiveCampaign({ pairsOfEachLife }: ExhaustiveOptions = {}): Promise<boolean> {
  const pool = new WorkerPool();
  const figures = noFigures();
  const startedMs = performance.now();
  const name = pairsOfEachLife === undefined ? "exhaustive" : "pairs";
  const lives = [
    ...LIVES_TO_STRIKE.map((life) => ({ life, plan: quietPlan(SEED, SHAPE, actsOf(life, SHAPE)) })),
    { life: "long create", plan: quietPlan(SEED, LONG_SHAPE, actsOf("create", LONG_SHAPE)) },
    ...ENTRA_LIVES.map((life) => ({ life: `Entra ${life}`, plan: entraPlan(SEED, entraLife(life)) })),
  ];
  const clean = await judgeAll(
    pool,
    lives.map(({ plan }) => plan),
  );
  for (const outcome of clean) count(figures, outcome);
  if (figures.failures === 0) {
    const entraCreateAt = lives.findIndex(({ life }) => life === "Entra create");
    const struck = lives.flatMap(({ life, plan }, index) => {
      const writes = clean[index]?.writes.length ?? 0;
      // Every other life begins as the first one does, on the same dice: those writes have been struck there.
      const from = firstStruck(life, clean[0]?.writes.length ?? 0, clean[entraCreateAt]?.writes.length ?? 0);
      const strikes = pairsOfEachLife === undefined ? singles(from, writes) : pairs(from, writes, pairsOfEachLife);
      say(`${name}: ${life}: writes ${from} to ${writes}, ${strikes.length} runs`);
      return strikes.map((both): Plan => ({ ...plan, strikes: both }));
    });
    await pool.run(struck, ({ outcome }) => count(figures, outcome));
  }
  pool.close();
  figures.realMs = performance.now() - startedMs;
  say(figuresLine(name, figures));
  return figures.failures === 0;
}

const STRUCK_WHOLE: ReadonlySet<string> = new Set(["create", "long create", "Entra create"]);

function firstStruck(life: string, fleetWrites: number, entraWrites: number): number {
  if (STRUCK_WHOLE.has(life)) return 1;
  return life.startsWith("Entra ") ? entraWrites + 1 : fleetWrites + 1;
}

function count(figures: Figures, outcome: Outcome): "go on" | "stop" {
  addOutcome(figures, outcome);
  if (outcome.failure !== undefined) say(failureText(outcome));
  return figures.failures < FAILURES_MAX ? "go on" : "stop";
}

const FATES = ["death", "lostAnswer"] as const;

function singles(from: number, to: number): readonly (readonly Strike[])[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index).flatMap((write) =>
    FATES.map((fate) => [{ write, fate }]),
  );
}

/** The first of a pair anywhere, the second in the life's own part. */
function pairs(from: number, to: number, count: number): readonly (readonly Strike[])[] {
  const chance = chanceOf(to);
  const drawn = Array.from({ length: count }, () => {
    const second = chance.whole(Math.max(2, from), to);
    return [chance.whole(1, second - 1), second].map((write): Strike => ({ write, fate: chance.pick(FATES) }));
  });
  return [...new Map(drawn.map((pair) => [JSON.stringify(pair), pair])).values()];
}
