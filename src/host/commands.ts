/**
 * The document behind each step that is sent to a host.
 * Guarantees: a step of ours goes by name, version and hash; the update of the SSM agent, which has to come before a document of ours can run, by the
 * name of AWS's own document and with the version of the agent that it is to install.
 * Never: another foreign document. The hash of AWS's is not pinned: AWS changes its content without notice and publishes no hash; `$DEFAULT` is the
 * version that AWS stands behind.
 * @see Systems Manager User Guide, "Update SSM Agent by using Run Command"; the public document's parameters `version` and `allowDowngrade`
 */
import type { DocumentRef } from "../aws/commands/port.ts";
import { parameterProblems, type HostStepName } from "./contracts.ts";
import { documentRef } from "./document-refs.ts";

export type SentStepName = HostStepName | "UpdateSSMAgent";

const UPDATE_SSM_AGENT: DocumentRef = { name: "AWS-UpdateSSMAgent", version: "$DEFAULT" };

export function documentOf(step: SentStepName): DocumentRef {
  return step === "UpdateSSMAgent" ? UPDATE_SSM_AGENT : documentRef(step);
}

/** What the document takes: AWS's own knows nothing of operation ids, and updating twice is harmless. */
export function documentParameters(
  step: SentStepName,
  operationID: string,
  parameters: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return step === "UpdateSSMAgent" ? parameters : { operationID, ...parameters };
}

/** Sentences about parameters that the document would refuse; empty when all fit. */
export function sentProblems(step: SentStepName, parameters: Readonly<Record<string, string>>): readonly string[] {
  return step === "UpdateSSMAgent" ? [] : parameterProblems(step, parameters);
}
