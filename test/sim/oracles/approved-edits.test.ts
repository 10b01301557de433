import { saveConstant } from "./sight/schema-parts.ts";
import { approvedEdits } from "./approved-edits.ts";
import { EntraStage } from "./entra-stage.ts";

const EDIT = { entraToAD: { targetContainer: { constant: "OU=New" } }, change: { maxMoving: 1 } };

function stage(links: number): EntraStage {
  const made = new EntraStage(approvedEdits);
  for (let index = 0; index < links; index += 1) made.job.linked.set(`group-${index}`, `guid-${index}`);
  made.configuration(EDIT, {}, { plan: { hash: "sha256:1" } });
  made.deed();
  return made;
}

function moved(made: EntraStage): string | undefined {
  made.job.schema = { document: saveConstant(made.job.schema.document, "parentDistinguishedName", "OU=New") };
  return made.call("schema");
}

/** By hand in the portal. */
function movedBack(made: EntraStage): void {
  made.job.schema = { document: saveConstant(made.job.schema.document, "parentDistinguishedName", "OU=Old") };
  made.deed();
}

test("a container that moves more than change allows speaks; fewer are silent", () => {
  expect(moved(stage(2))).toContain("2 groups move, spec.change allows 1, and nobody approved it");
  expect(moved(stage(1))).toBeUndefined();
});

test("the approval of that edit lets it through; of another it does not", () => {
  const approved = stage(2);
  approved.configuration({ ...EDIT, approvals: { plan: "sha256:1" } }, {}, { plan: { hash: "sha256:1" } });
  approved.deed({ kind: "approve", on: "configuration" });
  expect(moved(approved)).toBeUndefined();
  const other = stage(2);
  other.configuration({ ...EDIT, approvals: { plan: "sha256:1" } }, {}, { plan: { hash: "sha256:1" } });
  other.deed({ kind: "approve", on: "configuration" });
  other.configuration({ ...EDIT, entraToAD: {}, approvals: { plan: "sha256:1" } }, {}, { plan: { hash: "sha256:2" } });
  other.deed();
  expect(moved(other)).toContain("nobody approved it");
});

test("an approval is used once: later the same edit needs another one", () => {
  const made = stage(2);
  made.configuration({ ...EDIT, approvals: { plan: "sha256:1" } }, {}, { plan: { hash: "sha256:1" } });
  made.deed({ kind: "approve", on: "configuration" });
  expect(moved(made)).toBeUndefined();
  movedBack(made);
  expect(moved(made)).toBeUndefined();
  movedBack(made.later({ minutes: 60 }));
  expect(moved(made)).toContain("nobody approved it");
});

test("a job is deleted by approval only", () => {
  const made = stage(0);
  expect(made.call("deleteJob")).toContain("nobody approved that deletion");
  const leaving = { deletionTimestamp: "2026-11-01T00:00:00Z" };
  made.configuration({ ...EDIT, approvals: { plan: "sha256:3" } }, leaving, { plan: { hash: "sha256:3" } });
  made.deed({ kind: "approve", on: "configuration" });
  expect(made.call("deleteJob")).toBeUndefined();
});
