import type { Plan } from "../run/plan.ts";
import { deletionEnds } from "./deletion-ends.ts";
import { Stage } from "./stage.ts";

const MESSAGE = "The pool makes sure of a successor.";

/** A deleted agent, 45 quiet minutes later. */
function later(
  change: { readonly metadata?: Readonly<Record<string, unknown>>; readonly conditions?: readonly object[] },
  plan: Partial<Plan> = {},
): Stage {
  const stage = new Stage(deletionEnds(), plan);
  stage.fleet("tokyo-0-1");
  const metadata = { deletionTimestamp: stage.instant(), generation: 2, ...change.metadata };
  stage.agent("tokyo-0-1", { metadata, status: { conditions: change.conditions ?? [] } });
  stage.deed({ kind: "deleteAgent", index: 0 });
  return stage.advance({ minutes: 45 });
}

test("a deletion that neither ends nor says why is named, one that says why is silent", () => {
  expect(later({}).time()).toBe(
    "CloudSyncAgent tokyo-0-1 has been deleted for 45.0 min, held by cloudsync.dev/instance, and no condition says why",
  );
  const says = { type: "Reconciling", status: "True", reason: "AwaitingPermission", message: MESSAGE };
  expect(later({ conditions: [{ ...says, observedGeneration: 2 }] }).time()).toBeUndefined();
});

test("a Ready host says nothing of its deletion", () => {
  const ready = { type: "Ready", status: "True", reason: "Ready", message: "All is well.", observedGeneration: 2 };
  expect(later({ conditions: [ready] }).time()).toContain("no condition says why");
});

test("a word about an earlier generation, or without a message, says nothing", () => {
  const says = { type: "Reconciling", status: "True", reason: "AwaitingPermission", message: MESSAGE };
  expect(later({ conditions: [{ ...says, observedGeneration: 1 }] }).time()).toContain("no condition says why");
  expect(later({ conditions: [{ ...says, message: "", observedGeneration: 2 }] }).time()).toContain("says why");
});

test("what others' finalizers hold is not ours to say", () => {
  expect(later({ metadata: { finalizers: ["foregroundDeletion"] } }).time()).toBeUndefined();
});

test("troubles start the time anew", () => {
  const killed = later({});
  killed.life("killed");
  expect(killed.advance({ minutes: 2 }).time()).toBeUndefined();
  expect(killed.advance({ minutes: 40 }).time()).toContain("no condition says why");

  const led = later({});
  led.ledSinceMs = undefined;
  expect(led.time()).toBeUndefined();

  const fault = { on: "kube", fromMs: 0, forMs: 30 * 60_000, probability: 1, effect: { kind: "refused", status: 500 } };
  expect(later({}, { faults: [fault as Plan["faults"][number]] }).time()).toBeUndefined();
});
