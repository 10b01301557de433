/**
 * Walks of field mutation from the command line: `node test/sim/fields/main.ts --seed=1`, all walks of a seed, `--walk=3` of them, `--seeds=10` from there on.
 * `--move=TEXT` instead walks over every move whose name contains the text, such as all of them for "="; `--story` prints what happened, `--plan` the plan.
 */
import { parseArgs } from "node:util";
import { prepareProcess } from "../run/prepare.ts";
import type { Walk } from "./walk.ts";

const simulator = await prepareProcess();
// After time and chance are replaced: prepare.ts.
const { drawWalks, walksOver } = await import("./walk.ts");
const { runWalk } = await import("./run-walk.ts");
const { MOVES } = await import("./moves.ts");

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    seeds: { type: "string", default: "1" },
    walk: { type: "string", multiple: true },
    move: { type: "string", multiple: true },
    story: { type: "boolean", default: false },
    log: { type: "boolean", default: false },
    plan: { type: "boolean", default: false },
  },
});
const { move: wanted = [], walk: numbers } = values;
const isWanted = (name: string): boolean => wanted.some((text) => name.includes(text));
const first = Number(values.seed);
const seeds = Array.from({ length: Number(values.seeds) }, (_, n) => first + n);

let walks = 0;
let alarms = 0;
for (const seed of seeds) {
  const drawn =
    wanted.length === 0
      ? drawWalks(seed)
      : walksOver(
          MOVES.filter(({ name }) => isWanted(name)),
          seed,
        );
  for (const [number, walk] of drawn.entries()) {
    if (numbers?.includes(String(number)) === false) continue;
    walks += 1;
    alarms += await walked(walk, { seed, number });
  }
}
say(`${walks} walks, ${alarms} alarms`);
process.exitCode = alarms === 0 ? 0 : 1;

/** @returns how many alarms it gave */
async function walked(
  walk: Walk,
  { seed, number }: { readonly seed: number; readonly number: number },
): Promise<number> {
  const started = process.cpuUsage();
  const { verdict, sentences } = await runWalk(simulator, walk);
  const { virtualMs, outsideCalls, trace, log } = verdict;
  const { user, system } = process.cpuUsage(started);
  const figures = `${(virtualMs / 3_600_000).toFixed(1)} h, ${outsideCalls} calls, ${((user + system) / 1_000_000).toFixed(1)} s`;
  say(`seed ${seed} walk ${number}: ${walk.stops.length} stops, ${figures}: ${sentences.length === 0 ? "fine" : ""}`);
  for (const sentence of sentences) say(`  ${sentence}`);
  if (values.story)
    for (const { atMs, actor, event, why } of trace.rows())
      say(`${(atMs / 1_000).toFixed(1).padStart(9)} ${actor.padEnd(14)} ${event} | ${why.slice(0, 200)}`);
  if (values.log) for (const line of log) say(line);
  if (values.plan) say(JSON.stringify(walk.plan));
  const moves = wanted.map((text) => ` '--move=${text}'`).join("");
  if (sentences.length > 0)
    say(`  again: node test/sim/fields/main.ts --seed=${seed} --walk=${number}${moves} --story`);
  return sentences.length;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
