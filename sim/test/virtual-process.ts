/**
 * A program that looks at time and chance from every side while a run is active, and prints what it saw as JSON.
 * Started by virtual-process.test.ts as a process of its own: replacing them inside a test runner would replace the runner's.
 */
import { activate, installVirtualGlobals } from "../src/virtual/globals.ts";
import { installGuards, takeEscapes } from "../src/virtual/guards.ts";

installVirtualGlobals();
installGuards();
const { execFile } = await import("node:child_process");
const { promisify } = await import("node:util");
const { randomBytes, randomUUID } = await import("node:crypto");
const { readFile } = await import("node:fs/promises");
const { setTimeout: wait } = await import("node:timers/promises");
const { newActor, Scheduler } = await import("../src/virtual/scheduler.ts");
const { seededDice } = await import("../src/core/clock.ts");

const START_MS = Date.UTC(2026, 10, 1);
const DAY_MS = 86_400_000;

async function look(): Promise<Record<string, unknown>> {
  const scheduler = new Scheduler({ startMs: START_MS, onSettled: () => undefined });
  const actor = newActor("a");
  actor.wallOffsetMs = 1_000;
  const seen: Record<string, unknown> = {};
  activate({ scheduler, dice: seededDice(7), bystander: newActor("bystander") });
  scheduler.schedule(actor, 0, "looks", () => {
    seen["chance"] = [Math.random(), randomUUID(), crypto.randomUUID(), randomBytes(4).toString("hex")];
    seen["date"] = [new Date().toISOString(), Date.now(), new Date(5).getTime(), new Date() instanceof Date];
    const startedAge = [performance.now(), Number(process.hrtime.bigint()), process.uptime()];
    const signal = AbortSignal.timeout(DAY_MS);
    signal.addEventListener("abort", () => (seen["aborted"] = (signal.reason as Error).name));
    let ticks = 0;
    const interval = setInterval(() => {
      ticks += 1;
      if (ticks === 3) clearInterval(interval);
    }, 1_000);
    clearTimeout(setTimeout(() => (seen["cleared"] = true), 1));
    setImmediate(() => (seen["immediate"] = performance.now()));
    void wait(2 * DAY_MS, "waited").then((value) => {
      seen["value"] = value;
      seen["ticks"] = ticks;
      seen["ages"] = [startedAge, performance.now(), process.hrtime([0, 0])[0], process.uptime()];
      seen["later"] = new Date().toISOString();
    });
    void refusedRead().then((sentence) => (seen["file"] = sentence));
  });
  await scheduler.run(START_MS + 3 * DAY_MS);
  activate(undefined);
  seen["escapes"] = takeEscapes();
  seen["events"] = scheduler.events();
  return seen;
}

async function refusedRead(): Promise<string> {
  try {
    return await readFile("/etc/hostname", "utf8");
  } catch (error) {
    return String(error);
  }
}

/** Outside a run every call is as it was, its promise form included: a test runner's workers share these modules. */
const outside = await promisify(execFile)(process.execPath, ["--version"]);
process.stdout.write(JSON.stringify([await look(), await look(), outside]));
