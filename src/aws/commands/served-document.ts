/**
 * Why Systems Manager refused a document: SendCommand has one word for several troubles, so the served document is looked at once.
 * Guarantees: "differs" only when the served hash is another; a document that is as it should be, or cannot be looked at, keeps the first answer.
 * Never: uploads or changes a document.
 * @see SSM API Reference, SendCommand ("InvalidDocument") and DescribeDocument (Hash, HashType, Status)
 */
import type { SSMClient } from "@aws-sdk/client-ssm";
import { DescribeDocumentCommand } from "@aws-sdk/client-ssm";
import type { Failure } from "../../runtime/failure.ts";
import type { Caller, Operation } from "../call/caller.ts";
import type { AwsScope } from "../scope/port.ts";
import type { DocumentRef } from "./port.ts";

const DESCRIBE: Operation = { service: "ssm", name: "DescribeDocument", bucket: "ssm:reads", isWrite: false };
/** SendCommand's words for a document that it does not take as named. */
const REFUSALS: ReadonlySet<string> = new Set(["InvalidDocument", "InvalidDocumentVersion"]);
const DEPLOY =
  "Deploy the template of deploy/aws of this release in the account and Region; the operator sends it then by itself.";

export interface ServedDocumentOptions {
  readonly caller: Caller;
  readonly ssm: (scope: AwsScope) => Promise<SSMClient>;
}

/** @returns the failure in the words of what is really wrong with the document */
export async function documentFailure(
  { caller, ssm }: ServedDocumentOptions,
  refused: {
    readonly scope: AwsScope;
    readonly document: DocumentRef;
    readonly code: string;
    readonly failure: Failure;
  },
  signal: AbortSignal,
): Promise<Failure> {
  const { scope, document, code, failure } = refused;
  if (!REFUSALS.has(code)) return failure;
  const { name, version, sha256 } = document;
  const outcome = await caller.call({
    place: scope,
    operation: DESCRIBE,
    signal,
    connect: () => ssm(scope),
    send: (client, options) =>
      client.send(new DescribeDocumentCommand({ Name: name, DocumentVersion: version }), options),
  });
  if (outcome.kind === "failed") return REFUSALS.has(outcome.code) ? missing(document, failure) : failure;
  const { Hash = "", Status } = outcome.output.Document ?? {};
  if (sha256 !== undefined && Hash.toLowerCase() !== sha256) return differs(document, failure);
  return Status === "Active" ? failure : notActive(document, failure);
}

function missing({ name, version }: DocumentRef, { evidence }: Failure): Failure {
  return {
    class: "Permanent",
    reason: "HostDocumentMissing",
    message: `Systems Manager has no document ${name} of version ${version}.`,
    fix: DEPLOY,
    ...(evidence === undefined ? {} : { evidence }),
  };
}

function differs({ name, version }: DocumentRef, { evidence }: Failure): Failure {
  return {
    class: "Permanent",
    reason: "HostDocumentDiffers",
    message: `Document ${name} of version ${version} is served with other content than this operator was built with: find out who changed it; nothing is sent.`,
    fix: DEPLOY,
    ...(evidence === undefined ? {} : { evidence }),
  };
}

function notActive({ name }: DocumentRef, { evidence }: Failure): Failure {
  return {
    class: "Wait",
    reason: "HostDocumentNotActive",
    message: `Document ${name} is not active yet.`,
    fix: "None: sent again once it is.",
    ...(evidence === undefined ? {} : { evidence }),
  };
}
