/**
 * The wire contract of the host steps, read from contracts/host when a world is made.
 * Guarantees: parameters and results are judged by those files alone; a result of the world's own that breaks its contract is a bug and throws.
 */
import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import { STEP_NAMES, type StepName } from "./steps/step.ts";

export interface StepContract {
  /** `undefined`: fine; else what is wrong. */
  parametersProblem(parameters: Readonly<Record<string, string>>): string | undefined;
  /** @throws Error when the line breaks the contract */
  checkResult(result: Readonly<Record<string, unknown>>): void;
}
export type Contracts = Readonly<Record<StepName, StepContract>>;

const FOLDER = new URL("../../../contracts/host/", import.meta.url);

export function readContracts(folder: URL = FOLDER): Contracts {
  const ajv = new Ajv({ strict: false });
  const entries = STEP_NAMES.map((step) => [step, readContract(ajv, step, folder)] as const);
  return Object.fromEntries(entries) as unknown as Contracts;
}

function readContract(ajv: Ajv, step: StepName, folder: URL): StepContract {
  const file = new URL(`${fileName(step)}.json`, folder);
  const schema = JSON.parse(readFileSync(file, "utf8")) as { $id: string };
  ajv.addSchema(schema);
  const parameters = compiled(ajv, `${schema.$id}#/definitions/parameters`);
  const result = compiled(ajv, `${schema.$id}#/definitions/result`);
  return {
    parametersProblem: (values) => (parameters(values) ? undefined : ajv.errorsText(parameters.errors)),
    checkResult(value) {
      if (!result(value)) throw new Error(`${step} broke its contract: ${ajv.errorsText(result.errors)}`);
    },
  };
}

/** ProveSecretDenied: prove-secret-denied. */
function fileName(step: StepName): string {
  return step.replace(/(?!^)[A-Z]/g, "-$&").toLowerCase();
}

function compiled(ajv: Ajv, reference: string): ValidateFunction {
  const validate = ajv.getSchema(reference);
  if (validate === undefined) throw new Error(`no schema at ${reference}`);
  return validate;
}
