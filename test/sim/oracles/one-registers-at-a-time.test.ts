import { oneRegistersAtATime } from "./one-registers-at-a-time.ts";
import { Stage } from "./stage.ts";

const OVERLAP = {
  domain: "corp.example.com",
  atMs: Date.UTC(2026, 10, 1, 1),
  earlier: { instanceID: "i-1", step: "Configure" },
  later: { instanceID: "i-2", step: "Register" },
};

test("a mark of two set-ups at once is told with both hosts, and its absence is silence", () => {
  const stage = new Stage(oneRegistersAtATime());
  expect(stage.advance({ minutes: 1 }).time()).toBeUndefined();
  expect(stage.rest()).toBeUndefined();
  stage.overlaps.push(OVERLAP);
  const sentence = "Register on i-2 began at 2026-11-01T01:00:00.000Z while Configure ran on i-1 of corp.example.com";
  expect(stage.advance({ minutes: 1 }).time()).toBe(sentence);
  expect(stage.rest()).toBe(sentence);
});
