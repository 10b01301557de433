/**
 * The operator's own reader of contracts/host: parameters are checked before they are sent, results before they are believed.
 * Guarantees: what a host prints is data of a known shape, or a failure that says what is wrong with it.
 */
import * as z from "zod";
import configure from "../../contracts/host/configure.json" with { type: "json" };
import drain from "../../contracts/host/drain.json" with { type: "json" };
import install from "../../contracts/host/install.json" with { type: "json" };
import join from "../../contracts/host/join.json" with { type: "json" };
import preflight from "../../contracts/host/preflight.json" with { type: "json" };
import probe from "../../contracts/host/probe.json" with { type: "json" };
import proveSecretDenied from "../../contracts/host/prove-secret-denied.json" with { type: "json" };
import register from "../../contracts/host/register.json" with { type: "json" };

export const HOST_STEP_NAMES = [
  "Preflight",
  "Join",
  "Install",
  "Register",
  "Configure",
  "Probe",
  "Drain",
  "ProveSecretDenied",
] as const;
export type HostStepName = (typeof HOST_STEP_NAMES)[number];

/** One parameter as the contract declares it. */
export interface ParameterContract {
  readonly name: string;
  readonly pattern?: string;
  readonly allowedValues?: readonly string[];
  readonly description?: string;
}

const PARAMETER = z.object({
  type: z.literal("string"),
  pattern: z.string().optional(),
  enum: z.array(z.string()).optional(),
  description: z.string().optional(),
});
const SOURCES: Readonly<
  Record<
    HostStepName,
    {
      readonly description: string;
      readonly definitions: { readonly parameters: { readonly properties: object }; readonly result: object };
    }
  >
> = {
  Preflight: preflight,
  Join: join,
  Install: install,
  Register: register,
  Configure: configure,
  Probe: probe,
  Drain: drain,
  ProveSecretDenied: proveSecretDenied,
};

/** The parameters of a step's document, in the contract's order. */
export function parameterContracts(step: HostStepName): readonly ParameterContract[] {
  return Object.entries(SOURCES[step].definitions.parameters.properties).map(([name, declared]) => {
    const { pattern, enum: allowedValues, description } = PARAMETER.parse(declared);
    return {
      name,
      ...(pattern === undefined ? {} : { pattern }),
      ...(allowedValues === undefined ? {} : { allowedValues }),
      ...(description === undefined ? {} : { description }),
    };
  });
}

export function stepDescription(step: HostStepName): string {
  return SOURCES[step].description;
}

/** Sentences about parameters that the document's own patterns would refuse; empty when all fit. */
export function parameterProblems(step: HostStepName, parameters: Readonly<Record<string, string>>): readonly string[] {
  const contracts = parameterContracts(step);
  const missing = contracts
    .filter(({ name }) => parameters[name] === undefined)
    .map(({ name }) => `${name} is missing`);
  const unknown = Object.keys(parameters).filter((name) => !contracts.some((contract) => contract.name === name));
  const unfit = contracts.filter(({ name, pattern, allowedValues }) => {
    const value = parameters[name];
    if (value === undefined) return false;
    return (
      (pattern !== undefined && !new RegExp(pattern).test(value)) ||
      (allowedValues !== undefined && !allowedValues.includes(value))
    );
  });
  return [
    ...missing,
    ...unknown.map((name) => `${name} is not a parameter of ${step}`),
    ...unfit.map(({ name }) => `${name} does not fit the contract of ${step}`),
  ];
}

const ERROR = z.object({
  class: z.enum(["Transient", "Credential", "Permanent", "Person"]),
  reason: z.string(),
  message: z.string(),
  fix: z.string(),
  evidence: z.string().optional(),
});

export type StepResult =
  | { readonly kind: "succeeded"; readonly operationID: string; readonly facts: Readonly<Record<string, unknown>> }
  | { readonly kind: "failed"; readonly operationID: string; readonly error: Readonly<z.infer<typeof ERROR>> }
  | { readonly kind: "unreadable"; readonly problem: string };

/** Reads the last line of a step's standard output. Never throws. */
export function readStepResult(step: HostStepName, output: string): StepResult {
  const line = output.trimEnd().split(/\r?\n/).at(-1) ?? "";
  const parsed = RESULT_SCHEMAS[step]().safeParse(parseJson(line));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return {
      kind: "unreadable",
      problem:
        line === ""
          ? "the step printed nothing"
          : `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not a result line"}`,
    };
  }
  const { operationID, outcome, facts, error } = ENVELOPE.parse(parsed.data);
  if (outcome === "Succeeded") return { kind: "succeeded", operationID, facts: facts ?? {} };
  return { kind: "failed", operationID, error: error ?? UNEXPLAINED };
}

const ENVELOPE = z.object({
  operationID: z.string(),
  outcome: z.enum(["Succeeded", "Failed"]),
  facts: z.record(z.string(), z.unknown()).optional(),
  error: ERROR.optional(),
});
const UNEXPLAINED = {
  class: "Permanent",
  reason: "Unexplained",
  message: "The step failed without saying why.",
  fix: "Read the command's output in Systems Manager.",
} as const;

/** Compiled on first use: a follower that never reads a result does not pay for it. */
const RESULT_SCHEMAS = Object.fromEntries(
  HOST_STEP_NAMES.map((step) => [step, once(() => z.fromJSONSchema(resultSchemaOf(step)))]),
) as Record<HostStepName, () => z.ZodType>;

function resultSchemaOf(step: HostStepName): z.core.JSONSchema.JSONSchema {
  return SOURCES[step].definitions.result as z.core.JSONSchema.JSONSchema;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
