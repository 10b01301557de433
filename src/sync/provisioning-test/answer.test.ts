/** What each answer of the vendor is worth. */
import type { OnDemandAnswer } from "../../entra/on-demand/port.ts";
import { judgeAnswer } from "./answer.ts";

function anAnswer(overrides: Partial<OnDemandAnswer>): OnDemandAnswer {
  return {
    result: "Success",
    errorCode: undefined,
    errorMessage: undefined,
    action: "Create",
    targetID: undefined,
    reason: undefined,
    steps: [],
    modifiedProperties: [],
    ...overrides,
  };
}
const step = (type: string, status: string) => ({ type, status, name: `Entry${type}`, description: "d" });

test.each([
  ["Success", {}],
  ["success in another case", { result: "SUCCESS" }],
  ["Skipped as RedundantExport", { result: "Skipped", errorCode: "RedundantExport" }],
])("%s is fine, for a proof to confirm", (_sentence, overrides) => {
  expect(judgeAnswer(anAnswer(overrides)).kind).toBe("fine");
});

const rows: readonly (readonly [sentence: string, Partial<OnDemandAnswer>, result: string, reason: string])[] = [
  [
    "a wrong target OU",
    failure("HybridSynchronizationActiveDirectoryDirectoryObjectNotFound"),
    "Failed",
    "TargetContainerNotFound",
  ],
  [
    "a wrong target OU, other spelling",
    failure("HybridSynchronizationActiveDirectoryObjectNotFound"),
    "Failed",
    "TargetContainerNotFound",
  ],
  [
    "a removed right of the gMSA",
    failure("HybridSynchronizationActiveDirectoryInsufficientAccessRights"),
    "Failed",
    "DirectoryAccessDenied",
  ],
  ["the last agent stopped", failure("HybridIdentityServiceNoActiveAgents"), "Failed", "NoActiveAgent"],
  ["no agent assigned", failure("HybridIdentityServiceNoAgentsAssigned"), "Failed", "AgentNotAssigned"],
  ["an agent that does not answer", failure("TimeOut"), "Failed", "AgentNotResponding"],
  ["two objects with one anchor", failure("DuplicateTargetEntries"), "Failed", "DuplicateAnchor"],
  ["not assigned", { result: "Skipped", errorCode: "NotEffectivelyEntitled" }, "Failed", "NotInScope"],
  [
    "skipped by the scoping step",
    { result: "Skipped", steps: [step("Import", "Success"), step("Scoping", "Skipped")] },
    "Failed",
    "NotInScope",
  ],
  ["a deleted group", { result: "Skipped", errorCode: "SoftDeleted" }, "Unknown", "NotSupported"],
  ["a nested group", { result: "Skipped", errorCode: "NestedGroupNotSupported" }, "Unknown", "NotSupported"],
  ["skipped for a reason that is not known", { result: "Skipped", errorCode: "SomethingNew" }, "Failed", "Skipped"],
  [
    "failed for a reason that is not known",
    { result: "Failure", errorCode: "SomethingNew" },
    "Failed",
    "ProvisioningFailed",
  ],
  [
    "failed in a step that tells",
    { result: "Failure", steps: [step("Matching", "Failure")] },
    "Failed",
    "MatchingFailed",
  ],
  ["failed in the export", { result: "Failure", steps: [step("Export", "Failure")] }, "Failed", "ExportFailed"],
  ["nothing at all", { result: "" }, "Unknown", "EmptyAnswer"],
  ["nothing that could be read", { result: "Unknown" }, "Unknown", "EmptyAnswer"],
];
function failure(errorCode: string): Partial<OnDemandAnswer> {
  return { result: "Failure", errorCode };
}

test.each(rows)("%s has a reason of its own", (_sentence, overrides, result, reason) => {
  expect(judgeAnswer(anAnswer(overrides))).toMatchObject({ kind: "bad", verdict: { result, reason } });
});

test("the code and what to do stand in the message, the vendor's words behind them and cut", () => {
  const answer = anAnswer({ ...failure("HybridIdentityServiceNoActiveAgents"), errorMessage: "w".repeat(1_000) });
  const judged = judgeAnswer(answer);
  if (judged.kind !== "bad") throw new Error("it failed");
  expect(judged.verdict.message).toMatch(
    /^No agent of the domain listens\. \(HybridIdentityServiceNoActiveAgents\) Look at/,
  );
  expect(judged.verdict.message.length).toBeLessThan(600);
});
