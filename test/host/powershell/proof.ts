/** docs/host-proof.json: which script, by its hash, was run in which PowerShell, and what came of it. Node alone can read and write it. */
import { readFileSync, writeFileSync } from "node:fs";

export interface ProvenDocument {
  readonly sha256: string;
  readonly powershellVersion: string;
  readonly cases: number;
  /** Ends of the script that were reached, of those that it has: a `-Reason` is one end. */
  readonly branchesCovered: { readonly seen: number; readonly of: number };
  /** Sentences of the cases that differed; empty: all were as the table says. */
  readonly results: { readonly passed: number; readonly failed: readonly string[] };
}

/** By step and PowerShell: `Join on 5.1.20348.1`. */
export interface HostProof {
  readonly documents: Readonly<Record<string, ProvenDocument>>;
}

const FILE = new URL("../../../docs/host-proof.json", import.meta.url);

export function readProof(): HostProof {
  return JSON.parse(readFileSync(FILE, "utf8")) as HostProof;
}

export function writeProof(proof: HostProof): void {
  const sorted = Object.fromEntries(Object.entries(proof.documents).toSorted(([a], [b]) => a.localeCompare(b)));
  writeFileSync(FILE, `${JSON.stringify({ documents: sorted }, undefined, 2)}\n`);
}

export type Standing =
  | { readonly kind: "proven"; readonly by: readonly ProvenDocument[] }
  | { readonly kind: "failed" }
  | { readonly kind: "unproven" };

/** How a script of this hash stands; a proof of an older text counts for nothing. */
export function standingOf(
  script: { readonly step: string; readonly sha256: string },
  { documents }: HostProof,
): Standing {
  const own = Object.entries(documents)
    .filter(([name, { sha256 }]) => name.startsWith(`${script.step} on `) && sha256 === script.sha256)
    .map(([, proven]) => proven);
  if (own.length === 0) return { kind: "unproven" };
  return own.some(({ results }) => results.failed.length > 0) ? { kind: "failed" } : { kind: "proven", by: own };
}
