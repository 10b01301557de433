/**
 * The SSM documents, one a step, as they are uploaded and simulated (what the operator sends is src/host/document-refs.ts): the shared prelude followed by the step's script, parameters from contracts/host.
 * Guarantees: every parameter is typed, pattern-checked by SSM itself, and reaches the script as an environment variable, never pasted into it;
 * the name carries the content's hash, so a served document that differs is another name or fails SendCommand's hash check;
 * the content is what src/host/powershell says, character for character, and fits into a document of SSM together with its parameters.
 * @see Systems Manager User Guide, "Data elements and parameters" (schema 2.2, interpolationType: SSM agent >= 3.3.2746.0)
 */
import type { DocumentRef } from "../aws/commands/port.ts";
import { contentSha256Hex } from "../runtime/hash.ts";
import { HOST_STEP_NAMES, parameterContracts, stepDescription, type HostStepName } from "./contracts.ts";
import { refOf } from "./document-refs.ts";
import { partsOf } from "./script-parts.ts";
import { PART_LINES, PRELUDE_LINES, STEP_LINES } from "./scripts.generated.ts";

/**
 * executionTimeout of one run, restarts not counted; the prelude ends a run before it, so that the host can still say why.
 * Below SSM's default of 3,600 s: a host that hangs is known sooner.
 */
export const EXECUTION_TIMEOUT_SECONDS = 1_800;

/** CreateDocument: "The content of the document must not exceed 64KB. This quota also includes the content specified for input parameters at runtime." */
export const DOCUMENT_BYTES_MAX = 65_536;
/** Longer than all parameters of a step together: the longest is a list of sixteen host names. */
export const PARAMETER_BYTES_MAX = 6_144;

export interface HostDocument {
  readonly step: HostStepName;
  readonly ref: Required<DocumentRef>;
  /** JSON text, exactly as it is to be given to CreateDocument. */
  readonly content: string;
}

/** Made once: the content depends on the build alone. */
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
  // No indentation: half of a script's lines are short, and the size is bounded.
  const content = JSON.stringify(documentBody(step));
  return { step, ref: refOf(step, contentSha256Hex(content)), content };
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
          timeoutSeconds: String(EXECUTION_TIMEOUT_SECONDS),
          runCommand: scriptLines(step),
        },
      },
    ],
  };
}

/** What the host runs: the prelude, the parts that the step shares with others, the step. */
export function scriptLines(step: HostStepName): readonly string[] {
  return [...PRELUDE_LINES, ...partsOf(step).flatMap((part) => PART_LINES[part]), ...STEP_LINES[step]];
}

function documentParameter({
  name,
  pattern,
  allowedValues,
  lengthMax,
  description,
}: ReturnType<typeof parameterContracts>[number]): object {
  return {
    type: "String",
    interpolationType: "ENV_VAR",
    description: description ?? `See contracts/host: ${name}.`,
    ...(pattern === undefined ? {} : { allowedPattern: pattern }),
    ...(allowedValues === undefined ? {} : { allowedValues }),
    // SSM checks a length only when the document declares it.
    ...(lengthMax === undefined ? {} : { maxChars: lengthMax }),
  };
}
