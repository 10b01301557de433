import { newActor, Scheduler, type SchedulerEvent } from "./scheduler.ts";

const START_MS = Date.UTC(2026, 10, 1);

function aScheduler(): { scheduler: Scheduler; settled: SchedulerEvent[] } {
  const settled: SchedulerEvent[] = [];
  return { scheduler: new Scheduler({ startMs: START_MS, onSettled: (event) => settled.push(event) }), settled };
}

test("events run in order of time, those of one instant in the order in which they were planned", async () => {
  const { scheduler } = aScheduler();
  const actor = newActor("a");
  const ran: string[] = [];
  for (const [delayMs, name] of [
    [20, "late"],
    [10, "first"],
    [10, "second"],
  ] as const) {
    scheduler.schedule(actor, delayMs, name, () => ran.push(`${name} at ${scheduler.elapsedMs()}`));
  }
  expect(await scheduler.run(START_MS + 1_000)).toBe("idle");
  expect(ran).toEqual(["first at 10", "second at 10", "late at 20"]);
});

test("everything that follows without waiting ends before the next event, and belongs to the same actor", async () => {
  const { scheduler, settled } = aScheduler();
  const actor = newActor("a");
  const ran: string[] = [];
  scheduler.schedule(actor, 0, "one", () => {
    void (async () => {
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
      process.nextTick(() => ran.push(`${String(scheduler.currentActor()?.name)} follows`));
    })();
  });
  scheduler.schedule(newActor("b"), 0, "two", () => ran.push("two"));
  await scheduler.run(START_MS + 1);
  expect(ran).toEqual(["a follows", "two"]);
  expect(settled.map(({ actor: name, what }) => `${name} ${what}`)).toEqual(["a one", "b two"]);
});

test("what a dead actor had planned never happens; its twin goes on", async () => {
  const { scheduler } = aScheduler();
  const [dead, living] = [newActor("dead"), newActor("living")];
  const ran: string[] = [];
  for (const actor of [dead, living]) scheduler.schedule(actor, 10, "acts", () => ran.push(actor.name));
  dead.state = "dead";
  await scheduler.run(START_MS + 100);
  expect(ran).toEqual(["living"]);
});

test("a paused actor's events happen when it wakes, in their old order, and cancelled ones never", async () => {
  const { scheduler } = aScheduler();
  const [sleeper, other] = [newActor("sleeper"), newActor("other")];
  const ran: string[] = [];
  scheduler.schedule(sleeper, 10, "one", () => ran.push(`one at ${scheduler.elapsedMs()}`));
  const cancel = scheduler.schedule(sleeper, 20, "cancelled", () => ran.push("cancelled"));
  scheduler.schedule(sleeper, 30, "two", () => ran.push(`two at ${scheduler.elapsedMs()}`));
  scheduler.schedule(other, 50, "cancels", cancel);
  scheduler.schedule(other, 100, "wakes", () => scheduler.resume(sleeper));
  sleeper.state = "paused";
  await scheduler.run(START_MS + 1_000);
  expect(ran).toEqual(["one at 100", "two at 100"]);
});

test("time stands at the limit of a run, and the next run goes on from there", async () => {
  const { scheduler } = aScheduler();
  const ran: number[] = [];
  const actor = newActor("a");
  scheduler.schedule(actor, 30, "later", () => ran.push(scheduler.elapsedMs()));
  expect(await scheduler.run(START_MS + 20)).toBe("time");
  expect(scheduler.elapsedMs()).toBe(20);
  scheduler.schedule(actor, 5, "sooner", () => ran.push(scheduler.elapsedMs()));
  expect(await scheduler.run(START_MS + 100, () => ran.length === 2)).toBe("done");
  expect(ran).toEqual([25, 30]);
});
