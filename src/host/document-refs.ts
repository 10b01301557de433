/**
 * Which document is sent for each step: name, version and hash, without the text, which no send needs and every process would hold in memory.
 * Guarantees: the hash is of the document of this build (`make check` compares them).
 */
import type { DocumentRef } from "../aws/commands/port.ts";
import type { HostStepName } from "./contracts.ts";
import { DOCUMENT_SHA256 } from "./document-hashes.generated.ts";

const HASH_CHARACTERS = 8;

export function documentRef(step: HostStepName): Required<DocumentRef> {
  return refOf(step, DOCUMENT_SHA256[step]);
}

/** The name carries the start of the content's hash: another content is another document. */
export function refOf(step: HostStepName, sha256: string): Required<DocumentRef> {
  return { name: `CloudSync-${step}-${sha256.slice(0, HASH_CHARACTERS)}`, version: "1", sha256 };
}
