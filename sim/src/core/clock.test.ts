import { realClock, seededDice, virtualClock } from "./clock.ts";

test("virtual time runs callbacks in order of time, then of scheduling, also those that callbacks add", () => {
  const clock = virtualClock(0);
  const ran: string[] = [];
  const note = (name: string) => () => void ran.push(`${name}@${clock.nowMs()}`);
  clock.schedule(20, note("late"));
  clock.schedule(10, note("first"));
  clock.schedule(10, () => {
    ran.push("second");
    clock.schedule(5, note("added"));
  });
  clock.advance(14);
  expect([ran, clock.nextDueMs()]).toEqual([["first@10", "second"], 15]);
  clock.advance(100);
  expect([ran.slice(2), clock.nowMs()]).toEqual([["added@15", "late@20"], 114]);
});

test("a cancelled callback never runs and is never due", () => {
  const clock = virtualClock(0);
  const cancel = clock.schedule(10, () => {
    throw new Error("ran");
  });
  cancel();
  expect(clock.nextDueMs()).toBeUndefined();
  clock.advance(100);
});

test("thousands of callbacks run in order", () => {
  const seed = 11;
  const dice = seededDice(seed);
  const clock = virtualClock(0);
  const ran: number[] = [];
  for (let count = 0; count < 5_000; count += 1)
    clock.schedule(Math.floor(dice() * 1_000), () => ran.push(clock.nowMs()));
  clock.advance(1_000);
  expect({
    seed,
    count: ran.length,
    sorted: ran.every((dueMs, index) => index === 0 || dueMs >= (ran[index - 1] ?? 0)),
  }).toEqual({
    seed,
    count: 5_000,
    sorted: true,
  });
});

test("a scaled clock lets an hour of the world pass in a moment", async () => {
  const clock = realClock({ timeScale: 100_000 });
  const startedMs = clock.nowMs();
  await new Promise<void>((resolve) => {
    clock.schedule(3_600_000, resolve);
    setTimeout(() => undefined, 1_000).ref();
  });
  expect(clock.nowMs() - startedMs).toBeGreaterThanOrEqual(3_500_000);
});

test("the same seed gives the same numbers", () => {
  const numbers = (seed: number): readonly number[] => Array.from({ length: 5 }, seededDice(seed));
  expect(numbers(7)).toEqual(numbers(7));
  expect(numbers(7)).not.toEqual(numbers(8));
});
