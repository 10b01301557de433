/** The exact request of one command, as a pure function. Guarantees: the reviewed content or nothing (hash), values as data, never as script. */
import type { SendCommandCommandInput } from "@aws-sdk/client-ssm";
import type { CommandRequest } from "./port.ts";

export function sendCommandInput(request: CommandRequest): SendCommandCommandInput {
  const { document, parameters } = request;
  return {
    InstanceIds: [...request.instanceIDs],
    DocumentName: document.name,
    DocumentVersion: document.version,
    ...(document.sha256 === undefined ? {} : { DocumentHash: document.sha256, DocumentHashType: "Sha256" }),
    Parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value]])),
    Comment: request.comment,
    TimeoutSeconds: request.deliveryTimeoutSeconds,
  };
}
