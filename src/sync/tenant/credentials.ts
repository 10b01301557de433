/**
 * When the tenant's credentials end, and what to say about it before.
 * Guarantees: an end that cannot be read is unknown; nothing said here changes with the hour, only with the facts and the two thresholds (L1).
 */
import type { IdentityEvidence, TenantSnapshot } from "./snapshot.ts";

/** Warned this long ahead (issue: 30 days). */
export const WARNED_AHEAD_MS = 30 * 24 * 3_600_000;

export type CredentialEnd =
  | { readonly kind: "endless" } // federated: nothing to renew
  | { readonly kind: "unknown"; readonly reason: string; readonly message: string }
  | { readonly kind: "ends"; readonly atMs: number };

export interface CredentialVerdict {
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
  readonly expiresAtMs: number | undefined;
}

export function judgeCredentials({ tenant, credential, scopeCredential, nowMs }: TenantSnapshot): CredentialVerdict {
  const { credential: first, scopeCredential: second } = tenant.spec;
  const ends = [
    credentialEnd(first.type, credential, nowMs),
    ...(second === undefined || scopeCredential === undefined || second.type === "None"
      ? []
      : [credentialEnd(second.type, scopeCredential, nowMs)]),
  ];
  const known = ends.flatMap((end) => (end.kind === "ends" ? [end.atMs] : []));
  const expiresAtMs = known.length === 0 ? undefined : Math.min(...known);
  const unknown = ends.find((end) => end.kind === "unknown");
  if (expiresAtMs !== undefined && expiresAtMs <= nowMs) {
    const message = `A credential ended on ${day(expiresAtMs)}: put a new one into the Secret, or name it as nextSecretRef.`;
    return { status: "False", reason: "Expired", message, expiresAtMs };
  }
  if (expiresAtMs !== undefined && expiresAtMs - WARNED_AHEAD_MS <= nowMs) {
    const message = `A credential ends on ${day(expiresAtMs)}: make a new one and name it as nextSecretRef until then.`;
    return { status: "True", reason: "ExpiresSoon", message, expiresAtMs };
  }
  if (unknown !== undefined)
    return { status: "Unknown", reason: unknown.reason, message: unknown.message, expiresAtMs };
  return expiresAtMs === undefined
    ? { status: "True", reason: "Federated", message: "", expiresAtMs }
    : { status: "True", reason: "Valid", message: "", expiresAtMs };
}

function credentialEnd(type: string, evidence: IdentityEvidence, nowMs: number): CredentialEnd {
  if (evidence.kind !== "issued") {
    return { kind: "unknown", reason: "NoToken", message: "Without a token the end of the credential is not known." };
  }
  const { facts, own } = evidence;
  if (type === "WorkloadIdentity") return { kind: "endless" };
  if (type === "ClientCertificate" && facts.certificateExpiresAtMs !== undefined)
    return { kind: "ends", atMs: facts.certificateExpiresAtMs };
  // Which secret is in use Graph does not say. One that ended is not it, for the token was issued; of the others the first to end may be it.
  const left = own?.kind === "found" ? own.value.endsMs.filter((endMs) => endMs > nowMs) : [];
  if (left.length > 0) return { kind: "ends", atMs: Math.min(...left) };
  const message = "The end of the client secret is not readable: grant Application.Read.All, or watch it by hand.";
  return { kind: "unknown", reason: "EndNotReadable", message };
}

function day(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
