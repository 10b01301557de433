import { cleanOf, isComparable } from "./comparable.ts";
import { drawPlan } from "./draw.ts";
import { FAULT_SORTS, sortOf } from "./faults.ts";

const PLANS = Array.from({ length: 3_000 }, (_, seed) => drawPlan(seed));

test("the same seed gives the same plan, and a plan survives its line of JSON", () => {
  for (const seed of [0, 1, 77, 1_999]) {
    expect(drawPlan(seed)).toEqual(drawPlan(seed));
    expect(JSON.parse(JSON.stringify(drawPlan(seed)))).toEqual(drawPlan(seed));
  }
});

test("every sort of fault and every kind of act is drawn", () => {
  const sorts = new Set(PLANS.flatMap(({ faults }) => faults.map(sortOf)));
  expect([...sorts].sort()).toEqual([...FAULT_SORTS.map(({ name }) => name), "emptyPage", "failingPage"].sort());
  const kinds = new Set(PLANS.flatMap(({ acts }) => acts.map(({ deed }) => deed.kind)));
  expect([...kinds].sort()).toEqual(
    [
      "annotate",
      "apply",
      "applyEntra",
      "approve",
      "assign",
      "compactWatchHistory",
      "consent",
      "deleteAgent",
      "deleteDomain",
      "deleteEntra",
      "deletePool",
      "document",
      "edit",
      "editEntra",
      "finishRegistration",
      "group",
      "host",
      "jumpClock",
      "manyGroups",
      "operator",
      "portal",
      "removeFinalizers",
      "removeTags",
      "restartWith",
      "restoreBackup",
      "scale",
      "unassign",
      "updateAgents",
    ].sort(),
  );
});

test("about half of the plans can be compared with a clean run, and the others cannot all", () => {
  const share = PLANS.filter(isComparable).length / PLANS.length;
  expect(share).toBeGreaterThan(0.45);
  expect(share).toBeLessThan(0.7);
});

test("a clean run has no trouble, keeps each act of a person, and is comparable itself", () => {
  for (const plan of PLANS.filter(isComparable).slice(0, 200)) {
    const clean = cleanOf(plan);
    expect([clean.faults, clean.strikes]).toEqual([[], []]);
    expect(isComparable(clean)).toBe(true);
    expect(clean.acts.length).toBeGreaterThan(0);
  }
});

test("a storm, or a hand that does not wait, makes a plan incomparable", () => {
  const plan = PLANS.find(isComparable);
  const storm = FAULT_SORTS.find(({ name }) => name === "throttle");
  const chance = { happens: () => true, whole: (min: number) => min, pick: <Item>([item]: readonly Item[]) => item! };
  expect(isComparable({ ...plan!, faults: [storm!.draw(chance)] })).toBe(false);
  const hasty = { afterMs: 5, isSettledFirst: false, deed: { kind: "scale", replicas: 2 } } as const;
  expect(isComparable({ ...plan!, acts: [...plan!.acts, hasty] })).toBe(false);
});
