/**
 * Proves an identity to the login authority: with the operator's own workload identity, a service account's token, or one of up to two Secrets.
 * Guarantees: the Secret that worked last is tried first, the other one only when the authority refuses the first or the first cannot be used;
 * a refusal of the client or the tenant ends the search.
 */
import type { EntraCloudName, EntraEndpoints } from "../../runtime/entra-clouds.ts";
import type { Failure } from "../../runtime/failure.ts";
import type { SecretReader, ServiceAccountTokens } from "./cluster.ts";
import { readMaterial } from "./material.ts";
import type { EntraAccess, IdentityProof } from "./port.ts";
import type { PresentedProof, TokenOutcome, TokenRequestOptions } from "./request-token.ts";
import { requestToken } from "./request-token.ts";
import type { Held } from "./tokens.ts";

export interface ProofOptions extends TokenRequestOptions {
  readonly endpointsOf: (cloud: EntraCloudName) => EntraEndpoints;
  readonly serviceAccounts: ServiceAccountTokens;
  readonly secrets: SecretReader;
  /** The operator's own federated token; absent = it has none. */
  readonly operatorAssertion?: (() => Promise<string>) | undefined;
}

export type Presented =
  | { readonly kind: "issued"; readonly held: Held; readonly secretName: string | undefined }
  /** `fingerprint` of the Secrets that were refused; absent where there are none. */
  | { readonly kind: "failed"; readonly failure: Failure; readonly fingerprint: string | undefined };

export async function presentProofs(
  options: ProofOptions,
  access: EntraAccess,
  workingSecretName: string | undefined,
  signal: AbortSignal,
): Promise<Presented> {
  const { proof } = access;
  if (proof.kind === "certificate" || proof.kind === "secret")
    return presentSecrets(options, { ...access, proof }, workingSecretName, signal);
  const assertion = await assertionOf(options, access, proof, signal);
  if (assertion.kind === "failed") return { ...assertion, fingerprint: undefined };
  const outcome = await present(options, access, { kind: "assertion", jwt: assertion.jwt }, signal);
  return outcome.kind === "issued"
    ? { kind: "issued", held: heldFrom(options, outcome, undefined), secretName: undefined }
    : { kind: "failed", failure: outcome.failure, fingerprint: undefined };
}

type SecretProof = Extract<IdentityProof, { readonly kind: "certificate" | "secret" }>;

async function presentSecrets(
  options: ProofOptions,
  access: EntraAccess & { readonly proof: SecretProof },
  workingSecretName: string | undefined,
  signal: AbortSignal,
): Promise<Presented> {
  const names = [...access.proof.secretNames].sort(
    (left, right) => Number(right === workingSecretName) - Number(left === workingSecretName),
  );
  let firstFailure: Failure | undefined;
  for (const name of names) {
    const reading = await readMaterial(options, access.proof, name, signal);
    if (reading.kind === "failed") {
      firstFailure ??= reading.failure;
      continue;
    }
    const outcome = await present(options, access, reading.material, signal);
    if (outcome.kind === "issued") {
      const endsMs = reading.material.kind === "certificate" ? reading.material.expiresAtMs : undefined;
      return { kind: "issued", held: heldFrom(options, outcome, endsMs), secretName: name };
    }
    firstFailure ??= outcome.failure;
    if (!outcome.isProofRefused) {
      firstFailure = outcome.failure;
      break;
    }
  }
  return {
    kind: "failed",
    failure: firstFailure ?? NO_SECRET,
    fingerprint: await fingerprintOf(options, access, signal),
  };
}

/** Text that changes when one of the Secrets changes, appears or goes; `undefined` for proofs without Secrets. */
export async function fingerprintOf(
  options: ProofOptions,
  { proof }: EntraAccess,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (proof.kind !== "certificate" && proof.kind !== "secret") return undefined;
  const parts: string[] = [];
  for (const name of proof.secretNames) {
    const reading = await readMaterial(options, proof, name, signal);
    parts.push(reading.kind === "read" ? reading.fingerprint : reading.failure.reason);
  }
  return parts.join("|");
}

type Assertion =
  { readonly kind: "read"; readonly jwt: string } | { readonly kind: "failed"; readonly failure: Failure };

async function assertionOf(
  { serviceAccounts, operatorAssertion, endpointsOf }: ProofOptions,
  { cloud }: EntraAccess,
  proof: Exclude<IdentityProof, SecretProof>,
  signal: AbortSignal,
): Promise<Assertion> {
  if (proof.kind === "serviceAccount") {
    const { namespace, name } = proof;
    const issued = await serviceAccounts.token({ namespace, name }, endpointsOf(cloud).federationAudience, signal);
    return issued.kind === "issued" ? { kind: "read", jwt: issued.token } : issued;
  }
  if (operatorAssertion === undefined) return { kind: "failed", failure: NO_OWN_IDENTITY };
  try {
    return { kind: "read", jwt: await operatorAssertion() };
  } catch (error) {
    const cause = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    return { kind: "failed", failure: { ...NO_OWN_IDENTITY, evidence: { cause } } };
  }
}

function present(
  options: ProofOptions,
  access: EntraAccess,
  proof: PresentedProof,
  signal: AbortSignal,
): Promise<TokenOutcome> {
  return requestToken(options, access, options.endpointsOf(access.cloud), proof, signal);
}

function heldFrom(
  { clock }: ProofOptions,
  { token, expiresAtMs }: Extract<TokenOutcome, { readonly kind: "issued" }>,
  certificateExpiresAtMs: number | undefined,
): Held {
  return { token, expiresAtMs, takenMs: clock.monotonicMs(), certificateExpiresAtMs };
}

const NO_OWN_IDENTITY: Failure = {
  class: "Denied",
  reason: "NoOwnIdentity",
  message: "The operator has no workload identity of its own",
  fix: "Give the operator's pod a projected service account token and AZURE_FEDERATED_TOKEN_FILE, or set serviceAccountRef in the EntraTenant.",
};
const NO_SECRET: Failure = {
  class: "Permanent",
  reason: "SecretRefMissing",
  message: "The credential names no Secret",
  fix: "Set secretRef.",
};
