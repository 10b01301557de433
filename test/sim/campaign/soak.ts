/**
 * The long campaign: pairs of strikes, then as many seeds as asked for, in stretches, with a report.
 * Guarantees: killed at any moment it goes on after its last stretch; other sources or another range start anew; failures never end it.
 */
import { mkdirSync, readFileSync, writeFileSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";
import { exhaustiveCampaign } from "./exhaustive.ts";
import { addOutcome, figuresLine, noFigures, type Figures } from "./figures.ts";
import { WorkerPool } from "./pool.ts";
import { plansOf, type SeedRange } from "./random.ts";
import { soakReport } from "./report.ts";
import { failureText, say } from "./say.ts";
import { sourcesFingerprint } from "./sources.ts";

interface Progress {
  readonly sources: string;
  readonly range: SeedRange;
  arePairsDone: boolean;
  arePairsGood: boolean;
  /** Seeds judged, from the first. */
  done: number;
  readonly figures: Figures;
  readonly failures: string[];
}

const DIRECTORY = resolve(import.meta.dirname, "../../../.run/soak");
const PROGRESS = join(DIRECTORY, "progress.json");
const REPORT = join(DIRECTORY, "report.md");
const STRETCH = 200;
const PAIRS_OF_EACH_LIFE = 200;

export async function soak(range: SeedRange): Promise<boolean> {
  mkdirSync(DIRECTORY, { recursive: true });
  const progress = readProgress({ sources: sourcesFingerprint(), range });
  if (!progress.arePairsDone) {
    progress.arePairsGood = await exhaustiveCampaign({ pairsOfEachLife: PAIRS_OF_EACH_LIFE });
    progress.arePairsDone = true;
    store(progress);
  }
  const pool = new WorkerPool();
  while (progress.done < range.count) await stretch(progress, pool);
  pool.close();
  say(soakReport(progress));
  return progress.arePairsGood && progress.failures.length === 0;
}

async function stretch(progress: Progress, pool: WorkerPool): Promise<void> {
  const { range, figures, failures } = progress;
  const count = Math.min(STRETCH, range.count - progress.done);
  const startedMs = performance.now();
  await pool.run(plansOf({ first: range.first + progress.done, count }), ({ outcome }) => {
    addOutcome(figures, outcome);
    if (outcome.failure !== undefined) {
      failures.push(failureText(outcome));
      say(failureText(outcome));
    }
    return "go on";
  });
  figures.realMs += performance.now() - startedMs;
  progress.done += count;
  store(progress);
  say(`${progress.done} of ${range.count}: ${figuresLine("soak", figures)}`);
}

function readProgress(wanted: Pick<Progress, "sources" | "range">): Progress {
  const anew: Progress = {
    ...wanted,
    arePairsDone: false,
    arePairsGood: false,
    done: 0,
    figures: noFigures(),
    failures: [],
  };
  let stored: Progress;
  try {
    stored = JSON.parse(readFileSync(PROGRESS, "utf8")) as Progress;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return anew;
    throw error;
  }
  const isSame = stored.sources === wanted.sources && JSON.stringify(stored.range) === JSON.stringify(wanted.range);
  say(
    isSame
      ? `soak: goes on after ${stored.done} seeds`
      : "soak: other sources or seeds than those in progress: starts anew",
  );
  return isSame ? stored : anew;
}

/** In one piece: a kill while it is written must not lose what was there. */
function store(progress: Progress): void {
  writeFileSync(`${PROGRESS}.new`, JSON.stringify(progress));
  renameSync(`${PROGRESS}.new`, PROGRESS);
  writeFileSync(REPORT, soakReport(progress));
}
