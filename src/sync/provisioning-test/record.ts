/**
 * What a run leaves in status: the newest one whole, earlier ones short, as many as the test keeps.
 * Guarantees: bounded; a result carries the generation and the schema with which the run began, so that it counts for nothing newer.
 */
import type { ProvisioningTest, ProvisioningTestStatus } from "../../api/provisioning-test.ts";
import type { LastRun, TestRun, Verdict } from "./snapshot.ts";

export type RunFindings = Pick<LastRun, "directory" | "drift">;

/** The status after a run, without its conditions. */
export function recordRun(
  { spec, status }: ProvisioningTest,
  { run, verdict, findings }: { readonly run: TestRun; readonly verdict: Verdict; readonly findings: RunFindings },
  finishedAt: string,
): ProvisioningTestStatus {
  const { run: _ended, last: before, history = [], ...kept } = status;
  const last: LastRun = {
    startedAt: run.startedAt,
    finishedAt,
    generation: run.generation,
    ...(run.schemaHash === undefined ? {} : { schemaHash: run.schemaHash }),
    result: verdict.result,
    reason: verdict.reason,
    message: verdict.message.slice(0, MESSAGE_MAX),
    cause: run.cause,
    groupID: run.groupID,
    members: run.memberIDs.length,
    ...(run.answer?.errorCode === undefined ? {} : { errorCode: run.answer.errorCode }),
    ...(run.steps === undefined ? {} : { steps: run.steps }),
    ...findings,
    retries: run.cause === "Retry" ? (before?.retries ?? 0) + 1 : 0,
  };
  const earlier = before === undefined ? history : [shortened(before), ...history];
  return {
    ...kept,
    ...(run.request === undefined ? {} : { lastHandledRequest: run.request }),
    last,
    // What is kept counts the newest one.
    ...(earlier.length === 0 || spec.historyLimit === 1 ? {} : { history: earlier.slice(0, spec.historyLimit - 1) }),
  };
}

const MESSAGE_MAX = 600; // status.last.message (src/api)

function shortened({ startedAt, finishedAt, generation, schemaHash, result, reason }: LastRun) {
  return {
    startedAt,
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(generation === undefined ? {} : { generation }),
    ...(schemaHash === undefined ? {} : { schemaHash }),
    result,
    ...(reason === undefined ? {} : { reason }),
  };
}
