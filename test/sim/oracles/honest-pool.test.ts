import { honestPool } from "./honest-pool.ts";
import { Sight } from "./sight/sight.ts";
import { Stage } from "./stage.ts";

const NAMES = ["tokyo-0-1", "tokyo-1-1", "tokyo-2-1"];

function fleet(): Stage {
  const stage = new Stage(honestPool(new Sight()));
  stage.fleet(...NAMES);
  stage.deed({ kind: "apply" });
  return stage;
}

function saysReady(stage: Stage, readyReplicas = 3): string | undefined {
  const conditions = [{ type: "Ready", status: "True", reason: "Ready", message: "", observedGeneration: 1 }];
  stage.pool({}, { status: { conditions, readyReplicas } });
  return stage.kube("cloudsyncagentpools/tokyo");
}

function breaks(stage: Stage, name: string): void {
  stage.ready(name, "False");
  stage.kube(`cloudsyncagents/${name}`);
}

test("Ready with as many Ready agents as wanted is silent, with a smaller count it is named", () => {
  expect(saysReady(fleet())).toBeUndefined();
  expect(saysReady(fleet(), 2)).toBe("pool tokyo turned Ready with readyReplicas 2 of 3");
});

test("Ready above an agent that broke just now is silent, above one that broke before it is named", () => {
  for (const [minutes, speaks] of [
    [0.5, false],
    [5, true],
  ] as const) {
    const stage = fleet();
    breaks(stage, "tokyo-1-1");
    stage.advance({ minutes });
    expect(saysReady(stage)).toBe(speaks ? "pool tokyo turned Ready with 2 Ready agents of 3" : undefined);
  }
});

test("an agent that is being deleted, or whose Ready is of an earlier generation, is not counted", () => {
  const deleted = fleet();
  deleted.agent("tokyo-0-1", { metadata: { deletionTimestamp: deleted.instant() } });
  deleted.deed({ kind: "deleteAgent", index: 0 });
  expect(saysReady(deleted.advance({ minutes: 5 }))).toContain("2 Ready agents of 3");

  const earlier = fleet();
  earlier.agent("tokyo-0-1", { metadata: { generation: 2 } });
  earlier.deed({ kind: "apply" });
  expect(saysReady(earlier.advance({ minutes: 5 }))).toContain("2 Ready agents of 3");
});

test("a pool that stays Ready above too few is named after the time to notice", () => {
  const stage = fleet();
  saysReady(stage);
  breaks(stage, "tokyo-1-1");
  expect(stage.advance({ minutes: 6 }).time()).toBeUndefined();
  expect(stage.advance({ minutes: 2 }).time()).toBe("pool tokyo is still Ready with 2 Ready agents of 3 for 8.0 min");
});

test("a Ready of an earlier generation claims nothing of the present one", () => {
  const stage = fleet();
  saysReady(stage);
  stage.pool({ replicas: 5 }, { metadata: { generation: 2 } });
  stage.deed({ kind: "scale", replicas: 5 });
  expect(stage.advance({ minutes: 30 }).time()).toBeUndefined();
});
