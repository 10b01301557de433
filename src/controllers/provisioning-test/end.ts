/** Ends a run: what it found goes into status in one write, and nothing of it is left under way. */
import { rfc3339Seconds } from "../../kube/conditions.ts";
import { recordRun, type RunFindings } from "../../sync/provisioning-test/record.ts";
import { nextRun } from "../../sync/provisioning-test/schedule.ts";
import type { TestRun, TestSnapshot, Verdict } from "../../sync/provisioning-test/snapshot.ts";
import type { TestOutcome } from "./outcome.ts";

export function end(
  run: TestRun,
  verdict: Verdict,
  { test, nowMs }: TestSnapshot,
  findings: RunFindings = {},
): TestOutcome {
  const recorded = recordRun(test, { run, verdict, findings }, rfc3339Seconds(nowMs));
  const { freshUntil: _old, ...rest } = recorded;
  const { schedule, timeZone } = test.spec;
  const next = schedule === undefined ? undefined : nextRun({ schedule, timeZone }, Date.parse(run.startedAt));
  return {
    status: { ...rest, ...(next?.kind === "at" ? { freshUntil: rfc3339Seconds(next.atMs) } : {}) },
    ended: verdict,
    revisitMs: 0,
  };
}
