/**
 * The SSM documents that the operator sends, one a step, generated from contracts/host.
 * Guarantees: every parameter is typed, pattern-checked by SSM itself, and reaches the script as an environment variable, never pasted into it;
 * the name carries the content's hash, so a served document that differs is another name or fails SendCommand's hash check.
 * Caveat: this version carries no PowerShell. Each document ends with an error that says so, and hosts that run it fail their first step.
 * @see Systems Manager User Guide, "Data elements and parameters" (schema 2.2, interpolationType: SSM agent >= 3.3.2746.0)
 */
import type { DocumentRef } from "../aws/commands/port.ts";
import { contentSha256Hex } from "../runtime/hash.ts";
import { HOST_STEP_NAMES, parameterContracts, stepDescription, type HostStepName } from "./contracts.ts";

const HASH_CHARACTERS = 8;

export interface HostDocument {
  readonly step: HostStepName;
  readonly ref: Required<DocumentRef>;
  /** JSON text, exactly as it is to be given to CreateDocument. */
  readonly content: string;
}

/** Made once: the content depends on the build alone, and every send names its hash. */
const DOCUMENTS: ReadonlyMap<HostStepName, HostDocument> = new Map(
  HOST_STEP_NAMES.map((step) => [step, documentOf(step)]),
);

export function hostDocument(step: HostStepName): HostDocument {
  const document = DOCUMENTS.get(step);
  if (document === undefined) throw new Error(`there is no document for ${step}`);
  return document;
}

export function hostDocuments(): readonly HostDocument[] {
  return [...DOCUMENTS.values()];
}

function documentOf(step: HostStepName): HostDocument {
  const content = JSON.stringify(documentBody(step), undefined, 2);
  const sha256 = contentSha256Hex(content);
  return {
    step,
    ref: { name: `CloudSync-${step}-${sha256.slice(0, HASH_CHARACTERS)}`, version: "1", sha256 },
    content,
  };
}

function documentBody(step: HostStepName): object {
  return {
    schemaVersion: "2.2",
    description: `cloudsync-operator: ${stepDescription(step)}`,
    parameters: Object.fromEntries(
      parameterContracts(step).map((parameter) => [parameter.name, documentParameter(parameter)]),
    ),
    mainSteps: [
      {
        action: "aws:runPowerShellScript",
        name: step,
        precondition: { StringEquals: ["platformType", "Windows"] },
        inputs: {
          runCommand: [
            `throw 'CloudSync-${step}: this build of cloudsync-operator carries no host script for this step.'`,
          ],
        },
      },
    ],
  };
}

function documentParameter({
  name,
  pattern,
  allowedValues,
  description,
}: ReturnType<typeof parameterContracts>[number]): object {
  return {
    type: "String",
    interpolationType: "ENV_VAR",
    description: description ?? `See contracts/host: ${name}.`,
    ...(pattern === undefined ? {} : { allowedPattern: pattern }),
    ...(allowedValues === undefined ? {} : { allowedValues }),
  };
}
