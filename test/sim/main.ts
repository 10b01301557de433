/**
 * The simulation's commands: `node test/sim/main.ts <command>`; the Makefile has a target for those that people use.
 * Guarantees: exit code 0 only if every promise was kept in every run.
 */
import { casesCampaign } from "./campaign/cases.ts";
import { dayCampaign } from "./campaign/day.ts";
import { digestCampaign } from "./campaign/digests.ts";
import { exhaustiveCampaign } from "./campaign/exhaustive.ts";
import { BASE_SEED, randomCampaign, SEEDS } from "./campaign/random.ts";
import { regressionCampaign } from "./campaign/regression.ts";
import { soak } from "./campaign/soak.ts";
import { removalCampaign } from "./policy/removal-campaign.ts";
import { wrongCampaign } from "./campaign/wrong.ts";
import { drawPlan } from "./draw/draw.ts";
import type { Plan } from "./run/plan.ts";
import { golden } from "./story/golden.ts";
import { replay } from "./story/replay.ts";

const first = wholeNumber("BASE_SEED", BASE_SEED);

const COMMANDS: Readonly<Record<string, () => Promise<boolean>>> = {
  exhaustive: () => exhaustiveCampaign(),
  random: () => randomCampaign({ first, count: wholeNumber("SEEDS", SEEDS) }),
  soak: () => soak({ first, count: wholeNumber("SEEDS", SOAK_SEEDS) }),
  regressions: regressionCampaign,
  digests: () => digestCampaign(first),
  wrong: () => wrongCampaign({ first, name: process.env["WRONG"] || undefined }),
  permissions: removalCampaign,
  day: dayCampaign,
  cases: casesCampaign,
  replay: () => replay(planToReplay()),
  golden: () => golden({ write: false }),
  "golden-write": () => golden({ write: true }),
};

const SOAK_SEEDS = 100_000;

function wholeNumber(name: string, fallback: number): number {
  const text = process.env[name];
  if (text === undefined || text === "") return fallback;
  if (!/^\d+$/.test(text)) throw new Error(`${name} is "${text}": give a whole number`);
  return Number(text);
}

function planToReplay(): Plan {
  const { PLAN: text, SEED: seed } = process.env;
  if (text !== undefined && text !== "") return JSON.parse(text) as Plan;
  if (seed === undefined || seed === "")
    throw new Error("say what to replay: SEED=7, or PLAN='{...}' as a failure prints it");
  return drawPlan(wholeNumber("SEED", 0));
}

const command = COMMANDS[process.argv[2] ?? ""];
if (command === undefined) throw new Error(`give one of: ${Object.keys(COMMANDS).join(", ")}`);
process.exitCode = (await command()) ? 0 : 1;
