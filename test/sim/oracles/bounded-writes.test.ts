import { boundedWrites } from "./bounded-writes.ts";
import { Stage } from "./stage.ts";

/** The first sentence of so many writes. */
function writes(stage: Stage, count: number, about = "cloudsyncagents/tokyo-0-1"): string | undefined {
  for (let write = 1; write <= count; write += 1) {
    const sentence = stage.kube(about);
    if (sentence !== undefined) return sentence;
  }
  return undefined;
}

test("the writes of a life are silent, a loop is named with its count", () => {
  expect(writes(new Stage(boundedWrites()), 150)).toBeUndefined();
  expect(writes(new Stage(boundedWrites()), 151)).toBe(
    "151 writes to cloudsyncagents/tokyo-0-1 in 0 min with 0 troubles, bound 150",
  );
});

test("each agent has its own count, and other kinds none", () => {
  const stage = new Stage(boundedWrites());
  expect(writes(stage, 150, "cloudsyncagents/tokyo-0-1")).toBeUndefined();
  expect(writes(stage, 150, "cloudsyncagents/tokyo-1-1")).toBeUndefined();
  expect(writes(stage, 1_000, "leases/cloudsync-operator")).toBeUndefined();
});

test("time and troubles allow for more, refused writes cost nothing", () => {
  const stage = new Stage(boundedWrites());
  writes(stage, 1);
  stage.life("killed");
  stage.advance({ minutes: 60 });
  for (let write = 1; write <= 500; write += 1) stage.kube("cloudsyncagents/tokyo-0-1", 409);
  expect(writes(stage, 229)).toBeUndefined();
  expect(writes(stage, 1)).toContain("231 writes");
});
