import fc from "fast-check";
import { HOST_STEP_NAMES, parameterContracts, parameterProblems, readStepResult } from "./contracts.ts";
import { documentRef } from "./document-refs.ts";
import { hostDocuments } from "./documents.ts";

const OPERATION_ID = "a".repeat(32);
const succeeded = (facts: object): string =>
  JSON.stringify({ step: "Drain", operationID: OPERATION_ID, outcome: "Succeeded", changed: true, facts });

test("a result is the last line, whatever stands above it", () => {
  const output = `WARNING: chatter\r\n{"step": "not this one"}\r\n${succeeded({ agentService: "Stopped" })}\r\n`;
  expect(readStepResult("Drain", output)).toEqual({
    kind: "succeeded",
    operationID: OPERATION_ID,
    facts: { agentService: "Stopped" },
  });
});

const unreadable: readonly (readonly [sentence: string, output: string])[] = [
  ["nothing", ""],
  ["a line that is no JSON", "done"],
  ["another step's result", succeeded({ agentService: "Stopped" }).replace("Drain", "Join")],
  ["a fact outside its words", succeeded({ agentService: "Gone" })],
  ["a fact that the contract lacks", succeeded({ agentService: "Stopped", password: "x" })],
  [
    "a success without facts",
    JSON.stringify({ step: "Drain", operationID: OPERATION_ID, outcome: "Succeeded", changed: true }),
  ],
  [
    "a failure without its error",
    JSON.stringify({ step: "Drain", operationID: OPERATION_ID, outcome: "Failed", changed: false }),
  ],
];
for (const [sentence, output] of unreadable) {
  test(`a result that is ${sentence} is not believed`, () =>
    expect(readStepResult("Drain", output).kind).toBe("unreadable"));
}

test("no output throws, and none is believed by chance", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...HOST_STEP_NAMES),
      fc.string(),
      (step, output) => readStepResult(step, output).kind === "unreadable",
    ),
  );
});

test("a failure carries class, reason and fix", () => {
  const error = {
    class: "Credential",
    reason: "BindRefused",
    message: "The join account was refused.",
    fix: "Correct the secret.",
  };
  const output = JSON.stringify({ step: "Join", operationID: OPERATION_ID, outcome: "Failed", changed: false, error });
  expect(readStepResult("Join", output)).toEqual({ kind: "failed", operationID: OPERATION_ID, error });
});

test("parameters that the document's own patterns would refuse are named before anything is sent", () => {
  expect(parameterProblems("Drain", { operationID: OPERATION_ID })).toEqual([]);
  expect(parameterProblems("Drain", {})).toEqual(["operationID is missing"]);
  expect(parameterProblems("Drain", { operationID: "x; rm" })).toEqual([
    "operationID does not fit the contract of Drain",
  ]);
  expect(parameterProblems("Drain", { operationID: OPERATION_ID, script: "x" })).toEqual([
    "script is not a parameter of Drain",
  ]);
  const proxy = { operationID: OPERATION_ID, agentKind: "Provisioning", proxyURL: `http://${"a".repeat(300)}` };
  expect(parameterProblems("Proxy", proxy)).toEqual(["proxyURL does not fit the contract of Proxy"]);
});

test("every parameter of every step is bounded by a pattern or a list, and none is a script or a secret", () => {
  for (const step of HOST_STEP_NAMES) {
    for (const { name, pattern, allowedValues } of parameterContracts(step)) {
      expect({ step, name, isBounded: pattern !== undefined || allowedValues !== undefined }).toMatchObject({
        isBounded: true,
      });
      expect(name).not.toMatch(/script|password|secretValue|token$/i);
    }
  }
});

test("a document passes parameters as environment variables, and its name carries the hash of its content", () => {
  for (const { step, ref, content } of hostDocuments()) {
    const body = JSON.parse(content) as {
      schemaVersion: string;
      parameters: Record<string, { interpolationType: string }>;
      mainSteps: readonly object[];
    };
    expect(body.schemaVersion).toBe("2.2");
    expect(body.mainSteps).toHaveLength(1);
    expect(content).not.toContain("{{");
    for (const parameter of Object.values(body.parameters)) expect(parameter.interpolationType).toBe("ENV_VAR");
    expect(ref.name).toBe(`CloudSync-${step}-${ref.sha256.slice(0, 8)}`);
    expect(documentRef(step)).toEqual(ref);
  }
});
