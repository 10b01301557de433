import { mergeConditions } from "./conditions.ts";
import type { Condition, Finding, MergeInput } from "./conditions.ts";

const TYPES = ["Ready", "Launched"];
const NOW_MS = Date.parse("2026-01-01T00:00:10.500Z");
const ready: Finding = { type: "Ready", status: "True", reason: "AllGood", message: "Fine." };
const merge = (input: Partial<MergeInput>): readonly Condition[] =>
  mergeConditions({ previous: undefined, types: TYPES, findings: [ready], generation: 3, nowMs: NOW_MS, ...input });

test("the first visit publishes every type, Unknown until judged, sorted, with the generation", () => {
  expect(merge({})).toEqual([
    {
      type: "Launched",
      status: "Unknown",
      reason: "AwaitingReconciliation",
      message: "Not judged yet.",
      observedGeneration: 3,
      lastTransitionTime: "2026-01-01T00:00:10Z",
    },
    { ...ready, observedGeneration: 3, lastTransitionTime: "2026-01-01T00:00:10Z" },
  ]);
});

test("the transition time stays while only reason, message or generation change", () => {
  const previous = merge({});
  const later = merge({
    previous,
    findings: [{ ...ready, reason: "Other", message: "Else." }],
    generation: 4,
    nowMs: NOW_MS + 60_000,
  });
  expect(later[1]).toMatchObject({
    reason: "Other",
    observedGeneration: 4,
    lastTransitionTime: "2026-01-01T00:00:10Z",
  });
});

test("the transition time moves when status changes", () => {
  const later = merge({
    previous: merge({}),
    findings: [{ ...ready, status: "False" }],
    nowMs: NOW_MS + 60_000,
  });
  expect(later[1]?.lastTransitionTime).toBe("2026-01-01T00:01:10Z");
});

test("equal facts give an equal document, whatever their order", () => {
  const previous = merge({});
  const again = merge({ previous, types: ["Launched", "Ready"], nowMs: NOW_MS + 60_000 });
  expect(again).toEqual(previous);
});

test("a finding of a type that the loop does not own is a bug", () => {
  expect(() => merge({ findings: [{ ...ready, type: "Joined" }] })).toThrow("Joined");
});
