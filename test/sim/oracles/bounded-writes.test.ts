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
  expect(writes(new Stage(boundedWrites()), 70)).toBeUndefined();
  expect(writes(new Stage(boundedWrites()), 71)).toBe(
    "71 writes to cloudsyncagents/tokyo-0-1 in 0 min with 0 troubles, bound 70",
  );
});

test("each agent has its own count, and other kinds none", () => {
  const stage = new Stage(boundedWrites());
  expect(writes(stage, 70, "cloudsyncagents/tokyo-0-1")).toBeUndefined();
  expect(writes(stage, 70, "cloudsyncagents/tokyo-1-1")).toBeUndefined();
  expect(writes(stage, 1_000, "leases/cloudsync-operator")).toBeUndefined();
});

test("time and troubles allow for more, refused writes cost nothing", () => {
  const stage = new Stage(boundedWrites());
  writes(stage, 1);
  stage.life("killed");
  stage.advance({ minutes: 30 });
  for (let write = 1; write <= 70; write += 1) stage.kube("cloudsyncagents/tokyo-0-1", 409);
  expect(writes(stage.advance({ minutes: 15 }), 70)).toBeUndefined();
  expect(writes(stage.advance({ minutes: 15 }), 79)).toBeUndefined();
  expect(writes(stage, 1)).toContain("151 writes to cloudsyncagents/tokyo-0-1 in 60 min with 1 troubles, bound 150");
});

test("a write that is sent in a circle is named, refused or not; the same number over hours is not", () => {
  const stage = new Stage(boundedWrites());
  for (let write = 1; write <= 200; write += 1) expect(stage.kube("cloudsyncagents", 409)).toBeUndefined();
  expect(stage.kube("cloudsyncagents", 409)).toBe(
    '"patch cloudsyncagents cloudsyncagents" was sent 201 times in 0.0 min',
  );
  const slow = new Stage(boundedWrites());
  for (let write = 1; write <= 400; write += 1)
    expect(slow.advance({ minutes: 0.1 }).kube("cloudsyncagents", 409)).toBeUndefined();
});
