import { seededDice, virtualClock } from "./clock.ts";
import type { FaultRule, FaultSubject } from "./faults.ts";
import { FaultTable } from "./faults.ts";

const subject: FaultSubject = {
  service: "ec2",
  action: "RunInstances",
  facts: { instanceID: ["i-1", "i-2"], availabilityZone: ["az-a"] },
};
const throttle = { kind: "throttle" } as const;

function tableWith(rule: Omit<FaultRule, "effect">) {
  const clock = virtualClock(1_000);
  const faults = new FaultTable(clock, seededDice(3));
  faults.add({ ...rule, effect: throttle });
  return { clock, faults, strikes: () => faults.strike("throttle", subject) !== undefined };
}

const rows: readonly (readonly [sentence: string, rule: Omit<FaultRule, "effect">, strikes: boolean])[] = [
  ["a rule without conditions strikes everything", {}, true],
  ["the service must be the same", { service: "ssm" }, false],
  ["the action must be the same", { action: "TerminateInstances" }, false],
  ["an action may be a beginning", { action: "Run*" }, true],
  ["one of several ids is enough", { match: { instanceID: "i-2" } }, true],
  ["every match must hold", { match: { instanceID: "i-2", availabilityZone: "az-c" } }, false],
  ["a fact that the call does not have does not match", { match: { document: "*" } }, false],
  ["not before its time", { fromMs: 1_001 }, false],
  ["not after its time", { untilMs: 1_000 }, false],
  ["probability 0 never strikes", { probability: 0 }, false],
];
for (const [sentence, rule, strikes] of rows) test(sentence, () => expect(tableWith(rule).strikes()).toBe(strikes));

test("a rule strikes so many times, and the list tells how often", () => {
  const { faults, strikes } = tableWith({ times: 2 });
  expect([strikes(), strikes(), strikes()]).toEqual([true, true, false]);
  expect(faults.list()[0]?.strikes).toBe(2);
});

test("a used-up rule goes on until its minimum duration is over", () => {
  const { clock, strikes } = tableWith({ times: 1, minimumMs: 5_000 });
  expect(strikes()).toBe(true);
  clock.advance(4_999);
  expect(strikes()).toBe(true);
  clock.advance(1);
  expect(strikes()).toBe(false);
});

test("probability is decided by the seed", () => {
  const draw = (): string => {
    const { strikes } = tableWith({ probability: 0.5 });
    return Array.from({ length: 40 }, () => (strikes() ? "x" : ".")).join("");
  };
  expect(draw()).toBe(draw());
  expect([draw().includes("x"), draw().includes(".")]).toEqual([true, true]);
});

test("an effect that would change nothing is not a strike", () => {
  const faults = new FaultTable(virtualClock(), seededDice(1));
  faults.add({ effect: { kind: "capacity", available: 3 }, times: 1 });
  expect(faults.strike("capacity", subject, ({ available }) => available === 0)).toBeUndefined();
  expect(faults.strike("capacity", subject)?.effect.available).toBe(3);
});

test("removing and clearing end the trouble", () => {
  const { faults, strikes } = tableWith({});
  const id = faults.add({ effect: throttle });
  expect([faults.remove(id), faults.remove(id)]).toEqual([true, false]);
  faults.clear();
  expect(strikes()).toBe(false);
});
