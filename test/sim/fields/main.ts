/**
 * Walks of field mutation from the command line: `node test/sim/fields/main.ts --seed=1`, all walks of a seed, or `--walk=3` of them.
 * `--move=TEXT` instead walks over every move whose name contains the text, such as all of them for "="; `--story` prints what happened, `--plan` the plan.
 */
import { parseArgs } from "node:util";
import { prepareProcess } from "../run/prepare.ts";

const simulator = await prepareProcess();
// After time and chance are replaced: prepare.ts.
const { drawWalks, walksOver } = await import("./walk.ts");
const { runWalk } = await import("./fields-walks.ts");
const { MOVES } = await import("./moves.ts");

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    walk: { type: "string", multiple: true },
    move: { type: "string", multiple: true },
    story: { type: "boolean", default: false },
    log: { type: "boolean", default: false },
    plan: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed);
const { move: wanted, walk: numbers } = values;
const drawn =
  wanted === undefined
    ? drawWalks(seed)
    : walksOver(
        MOVES.filter(({ name }) => wanted.some((text) => name.includes(text))),
        seed,
      );
const chosen = drawn
  .map((walk, number) => ({ walk, number }))
  .filter(({ number }) => numbers === undefined || numbers.includes(String(number)));

let alarms = 0;
for (const { walk, number } of chosen) {
  const startedMs = process.cpuUsage();
  const { verdict, sentences } = await runWalk(simulator, walk);
  const { virtualMs, outsideCalls, trace, log } = verdict;
  const { user, system } = process.cpuUsage(startedMs);
  const figures = `${(virtualMs / 3_600_000).toFixed(1)} h, ${outsideCalls} calls, ${((user + system) / 1_000_000).toFixed(1)} s`;
  say(`seed ${seed} walk ${number}: ${walk.stops.length} stops, ${figures}: ${sentences.length === 0 ? "fine" : ""}`);
  for (const sentence of sentences) say(`  ${sentence}`);
  if (values.story)
    for (const { atMs, actor, event, why } of trace.rows())
      say(`${(atMs / 1_000).toFixed(1).padStart(9)} ${actor.padEnd(14)} ${event} | ${why.slice(0, 200)}`);
  if (values.log) for (const line of log) say(line);
  if (values.plan) say(JSON.stringify(walk.plan));
  if (sentences.length === 0) continue;
  alarms += sentences.length;
  say(`  again: node test/sim/fields/main.ts --seed=${seed} --walk=${number} --story`);
}
say(`${chosen.length} walks, ${alarms} alarms`);
process.exitCode = alarms === 0 ? 0 : 1;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
