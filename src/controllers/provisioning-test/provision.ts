/**
 * Makes one on-demand call, for the batch that status names, and says what follows.
 * Guarantees: the batch was stored before the call; an answer that was lost is asked for once more, because a repeated run ends as RedundantExport, and
 * then AD tells; a call that was refused had no effect and fails nothing by itself.
 */
import type { EntraAccess } from "../../entra/access/port.ts";
import type { OnDemandAnswer } from "../../entra/on-demand/port.ts";
import { sentenceOf, type Failure } from "../../runtime/failure.ts";
import { judgeAnswer } from "../../sync/provisioning-test/answer.ts";
import { causeOf } from "../../sync/provisioning-test/causes.ts";
import { batchCount, batchOf } from "../../sync/provisioning-test/members.ts";
import { groupJob } from "../../sync/provisioning-test/refusal.ts";
import type { TestRun, TestSnapshot, Verdict } from "../../sync/provisioning-test/snapshot.ts";
import { end } from "./end.ts";
import { NO_READER } from "./no-reader.ts";
import type { TestOutcome } from "./outcome.ts";
import type { TestPorts } from "./ports.ts";
import { nextReader } from "./read.ts";

/** Calls of one batch whose answer was lost. */
const ATTEMPTS_MAX = 2;
const REFUSED_REVISIT_MS = 30_000;

export async function provision(
  run: TestRun,
  snapshot: TestSnapshot,
  access: EntraAccess,
  ports: TestPorts,
  signal: AbortSignal,
): Promise<TestOutcome> {
  const { test, configuration } = snapshot;
  const servicePrincipalID = configuration?.status.servicePrincipalID;
  const jobID = configuration === undefined ? undefined : groupJob(configuration)?.id;
  if (servicePrincipalID === undefined || jobID === undefined)
    throw new Error("a batch was to be provisioned without a job");
  const memberIDs = batchOf(run.memberIDs, run.batch);
  const request = { servicePrincipalID, jobID, ruleID: run.ruleID, groupID: run.groupID, memberIDs };
  const written = await ports.entra.onDemand.provision(access, request, signal);
  switch (written.kind) {
    case "done":
      return afterAnswer(run, written.value, snapshot);
    case "unknown":
      if (run.attempts < ATTEMPTS_MAX)
        return {
          status: { ...test.status, run: { ...run, attempts: run.attempts + 1 } },
          revisitMs: REFUSED_REVISIT_MS,
        };
      return afterLost(run, written.failure, snapshot);
    case "refused":
      return afterRefusal(run, written.failure, snapshot);
  }
}

function afterAnswer(run: TestRun, answer: OnDemandAnswer, snapshot: TestSnapshot): TestOutcome {
  const judged = judgeAnswer(answer);
  const answered: TestRun = {
    ...run,
    answer: {
      result: answer.result.slice(0, 64),
      ...(answer.errorCode === undefined ? {} : { errorCode: answer.errorCode.slice(0, 128) }),
      ...(answer.action === undefined || answer.action === "" ? {} : { action: answer.action.slice(0, 64) }),
    },
    steps: answer.steps.slice(0, STEPS_MAX).map(({ type, status, name, description }) => ({
      type: (type === "" ? name : type).slice(0, 64) || "Unknown",
      status: status.slice(0, 32) || "Unknown",
      description: description.slice(0, 300),
    })),
  };
  if (judged.kind === "bad") return end(answered, judged.verdict, snapshot);
  if (run.batch + 1 < batchCount(run.memberIDs)) {
    const { steps: _shown, ...next } = answered;
    return {
      status: { ...snapshot.test.status, run: { ...next, batch: run.batch + 1, attempts: 1 } },
      revisitMs: 0,
    };
  }
  if (snapshot.test.spec.expect.verify === "Directory") return prove(answered, snapshot);
  return end(answered, judged.isEmpty ? NOTHING_TOLD : ANSWERED, snapshot);
}

const STEPS_MAX = 20; // status.last.steps (src/api)
const ANSWERED: Verdict = { result: "Passed", reason: "AnsweredByGraph", message: "" };
/** The answer's value may be empty for groups (entra-graph reference, 5.1): then only AD could tell. */
const NOTHING_TOLD: Verdict = {
  result: "Unknown",
  reason: "EmptyAnswer",
  message: "Graph said no more than Success: expect.verify Directory looks at AD.",
};

/** What was asked for may have happened: AD knows. */
function afterLost(run: TestRun, failure: Failure, snapshot: TestSnapshot): TestOutcome {
  if (snapshot.test.spec.expect.verify === "Directory") return prove(run, snapshot);
  return end(run, { result: "Unknown", reason: "AnswerLost", message: sentenceOf(failure) }, snapshot);
}

/** The run had no effect. What passes by itself is waited for until the deadline of the run; the rest tells nothing about the configuration. */
function afterRefusal(run: TestRun, failure: Failure, snapshot: TestSnapshot): TestOutcome {
  const cause = causeOf(failure.evidence?.["code"]);
  if (cause !== undefined) {
    const { result, reason, message, fix } = cause;
    return end(run, { result, reason, message: `${message} ${fix}` }, snapshot);
  }
  const isPersons = failure.class === "Denied" || failure.class === "Permanent" || failure.class === "NotFound";
  if (isPersons) return end(run, { result: "Unknown", reason: failure.reason, message: sentenceOf(failure) }, snapshot);
  return { status: snapshot.test.status, revisitMs: failure.retryAfterMs ?? REFUSED_REVISIT_MS };
}

function prove(run: TestRun, snapshot: TestSnapshot): TestOutcome {
  const { steps } = run;
  const next = nextReader({ ...run, phase: "Prove", attempts: 1, ...(steps === undefined ? {} : { steps }) }, snapshot);
  if (next === undefined) return end(run, NO_READER, snapshot);
  return { status: { ...snapshot.test.status, run: next }, revisitMs: 0 };
}
