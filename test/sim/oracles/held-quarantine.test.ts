import { EntraStage } from "./entra-stage.ts";
import { heldQuarantine } from "./held-quarantine.ts";

function stage(): EntraStage {
  const made = new EntraStage(heldQuarantine);
  made.quarantined();
  return made.later({ minutes: 10 });
}

test.each(["start", "secrets", "schema", "onDemand", "assign"] as const)(
  "%s during a quarantine speaks; without one it is silent",
  (kind) => {
    expect(stage().call(kind)).toContain("after the job was quarantined");
    expect(new EntraStage(heldQuarantine).call(kind)).toBeUndefined();
  },
);

test("a start speaks although it ends the quarantine", () => {
  const made = stage();
  made.job.quarantine = undefined;
  expect(made.call("start")).toContain("10.0 min after the job was quarantined");
  expect(made.later({ minutes: 1 }).call("start")).toBeUndefined();
});

test("one restart of quarantine and escrows is silent, and the repetition of a lost one; a third speaks", () => {
  const made = stage();
  expect(made.call("restart")).toBeUndefined();
  expect(made.call("restart")).toBeUndefined();
  expect(made.call("restart")).toContain("3 times");
});

test("a restart that makes the job look at everything speaks, unless a person rejected the deletions", () => {
  const full = stage();
  full.job.hasWatermark = false;
  expect(full.call("restart")).toContain("more than quarantine and escrows");
  const rejected = stage();
  rejected.configuration({ approvals: { rejectDeletes: {} } });
  rejected.job.hasWatermark = false;
  expect(rejected.call("restart")).toBeUndefined();
});

test("held deletions are let through by approval only", () => {
  const made = stage();
  made.job.forcesDeletes = true;
  expect(made.call("restart")).toContain("nobody approved");
});

test("what was decided just before, and an approved deletion, are forgiven", () => {
  const young = new EntraStage(heldQuarantine);
  young.quarantined();
  expect(young.later({ minutes: 1 }).call("secrets")).toBeUndefined();
  const leaving = stage();
  leaving.configuration({ approvals: { plan: "sha256:1" } }, { deletionTimestamp: "2026-11-01T00:00:00Z" });
  expect(leaving.call("deleteJob")).toBeUndefined();
});
