import { EntraStage } from "./entra-stage.ts";
import { surpriseRemovals } from "./surprise-removals.ts";

const NAMES = Array.from({ length: 30 }, (_, index) => `old-${index}`);

/** Thirty groups that no scope names any more; three may leave in a day. */
function stage(): EntraStage {
  const made = new EntraStage(surpriseRemovals);
  made.assigned(...NAMES);
  made.deed();
  return made.later({ minutes: 60 });
}

test("removals up to the share of the ceiling are silent, one more speaks", () => {
  const made = stage();
  for (const name of NAMES.slice(0, 3)) expect(made.unassign(name)).toBeUndefined();
  expect(made.unassign("old-3")).toContain("old-3 was taken out of scope: the 4th in the window, 1 more than");
});

test("the window rolls: a day later there is room again, an hour later there is none", () => {
  const made = stage();
  for (const name of NAMES.slice(0, 3)) made.unassign(name);
  expect(made.later({ minutes: 60 }).unassign("old-3")).toContain("the 4th in the window");
  const patient = stage();
  for (const name of NAMES.slice(0, 3)) patient.unassign(name);
  expect(patient.later({ minutes: 25 * 60 }).unassign("old-3")).toBeUndefined();
});

test("an approved plan lets its own groups go, once, and no others", () => {
  const made = stage();
  const [first = "", second = "", ...others] = NAMES.slice(0, 10);
  const plan = { hash: "sha256:1", toRemove: [first, second, ...others] };
  made.scope("sales", { selector: { displayNamePrefix: "new-" }, approvedPlan: "sha256:1" }, { plan });
  made.deed({ kind: "approve", on: "sales" });
  for (const name of plan.toRemove) expect(made.unassign(name)).toBeUndefined();
  expect(made.unassign("old-20")).toContain("no approved plan listed it");
});

test("a stale hash allows nothing, and an assignment that was made anew is another one", () => {
  const stale = stage();
  stale.scope("sales", { approvedPlan: "sha256:1" }, { plan: { hash: "sha256:2", toRemove: NAMES.slice(0, 5) } });
  stale.deed({ kind: "approve", on: "sales" });
  for (const name of NAMES.slice(0, 3)) stale.unassign(name);
  expect(stale.unassign("old-3")).toContain("the 4th");
  const replayed = stage();
  replayed.scope("sales", { approvedPlan: "sha256:1" }, { plan: { hash: "sha256:1", toRemove: NAMES.slice(0, 5) } });
  replayed.deed({ kind: "approve", on: "sales" });
  for (const name of NAMES.slice(0, 5)) replayed.unassign(name);
  const [again] = replayed.directory.list("group").filter(({ value }) => value.displayName === "old-0");
  replayed.assign(again?.value.id ?? "");
  expect(replayed.unassign("old-0")).toContain("the 6th");
});

test("a group that a scope names speaks, unless the name is younger than a pass", () => {
  const made = stage();
  made.scope("sales", { selector: { displayNamePrefix: "OLD-" } });
  made.deed();
  expect(made.unassign("old-0")).toBeUndefined();
  expect(made.later({ minutes: 4 }).unassign("old-1")).toBe("old-1 was taken out of scope, although a scope names it");
});

test("nothing leaves while the job is quarantined, but what was on its way", () => {
  const made = stage();
  made.quarantined();
  expect(made.later({ minutes: 1 }).unassign("old-0")).toBeUndefined();
  expect(made.later({ minutes: 5 }).unassign("old-1")).toContain("after the job was quarantined");
});

test("what a person takes out, or what was refused, is no removal of ours", () => {
  const made = stage();
  for (const { id } of made.directory.assignedTo(made.servicePrincipalID)) made.directory.unassign(id);
  expect(made.deed()).toBeUndefined();
  expect(made.call("unassign", [made.servicePrincipalID, "gone"], "Request_ResourceNotFound")).toBeUndefined();
});
