import { ownWrites } from "./own-writes.ts";
import { Stage } from "./stage.ts";

const POOL = "cloudsyncagentpools/tokyo";

test("a conflict with the process's own last write is told", () => {
  const stage = new Stage(ownWrites());
  stage.pool();
  expect(stage.kube(POOL)).toBeUndefined();
  expect(stage.kube(POOL, 409)).toBe(`operator-a/1 sent "patch ${POOL}" on a copy older than its own "patch ${POOL}"`);
});

test("a conflict with what somebody else wrote meanwhile is none of ours", () => {
  const stage = new Stage(ownWrites());
  stage.pool();
  expect(stage.kube(POOL)).toBeUndefined();
  stage.pool({ replicas: 2 });
  expect(stage.kube(POOL, 409)).toBeUndefined();
});

test("the status of an agent, which two loops write, is not judged", () => {
  const stage = new Stage(ownWrites());
  stage.agent("tokyo-0-1");
  expect(stage.kube("cloudsyncagents/tokyo-0-1")).toBeUndefined();
  expect(stage.kube("cloudsyncagents/tokyo-0-1", 409)).toBeUndefined();
});

test("a server that loses watch events is not held against the process", () => {
  const dropped = { on: "watch", fromMs: 0, forMs: 60_000, probability: 1, effect: { kind: "dropped" } } as const;
  const stage = new Stage(ownWrites(), { faults: [dropped] });
  stage.pool();
  expect(stage.kube(POOL)).toBeUndefined();
  expect(stage.kube(POOL, 409)).toBeUndefined();
});
