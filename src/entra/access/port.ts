/**
 * Who calls which tenant: the key of every token, bucket and cache of the Entra side.
 * Guarantees: two objects that mean the same tenant, client and proof have the same `accessKey`; buckets are shared by tenant and client.
 */
import type { EntraCloudName } from "../../runtime/entra-clouds.ts";
import type { Failure } from "../../runtime/failure.ts";

/** The national clouds of entra-graph reference, 10.6. */
export type EntraCloud = EntraCloudName;

/** How the identity proves itself; secrets are named, never held here (S9). */
export type IdentityProof =
  /** The operator's own workload identity: only where the process configuration lends it to that namespace for that tenant and client. */
  | { readonly kind: "operator" }
  | { readonly kind: "serviceAccount"; readonly namespace: string; readonly name: string }
  /** Secrets with `tls.crt` and `tls.key`, tried in this order; two while one is rotated. */
  | { readonly kind: "certificate"; readonly namespace: string; readonly secretNames: readonly string[] }
  /** Secrets with `client-secret`, tried in this order. */
  | { readonly kind: "secret"; readonly namespace: string; readonly secretNames: readonly string[] };

export interface EntraAccess {
  readonly cloud: EntraCloud;
  readonly tenantID: string; // lower case
  readonly clientID: string; // lower case
  readonly proof: IdentityProof;
}

/** The unit of Graph's write quota and of uniqueness: tenant and client, whatever proves the client. */
export function clientKey({ cloud, tenantID, clientID }: EntraAccess): string {
  return `${cloud}|${tenantID}|${clientID}`;
}

export function accessKey(access: EntraAccess): string {
  const { proof } = access;
  const proofText =
    proof.kind === "operator"
      ? "operator"
      : proof.kind === "serviceAccount"
        ? `${proof.namespace}/${proof.name}`
        : `${proof.kind}:${proof.namespace}/${proof.secretNames.join(",")}`;
  return `${clientKey(access)}|${proofText}`;
}

/** What the object of a tenant says about one of its two identities; `EntraTenant.spec.credential` and `.scopeCredential` have this form. */
export interface CredentialSpec {
  readonly type: string; // WorkloadIdentity | ClientCertificate | ClientSecret | None; another word is refused
  readonly clientID?: string | undefined;
  readonly serviceAccountRef?: { readonly name: string } | undefined;
  readonly secretRef?: { readonly name: string } | undefined;
  readonly nextSecretRef?: { readonly name: string } | undefined;
}

/** `refused` is decided before any call leaves: IdentityNotGranted, an unknown type. `none`: the tenant has no such identity by declaration. */
export type AccessResolution =
  | { readonly kind: "granted"; readonly access: EntraAccess }
  | { readonly kind: "none" }
  | { readonly kind: "refused"; readonly failure: Failure };

/** What a token says of its holder; from the token itself, so only as fresh as it. */
export interface TokenFacts {
  /** Application permissions: the `roles` claim. */
  readonly roles: readonly string[];
  /** Object id of the caller's own service principal: the `oid` claim. */
  readonly servicePrincipalID: string;
  readonly tokenExpiresAtMs: number;
  /** End of the certificate in use, where the proof is one. */
  readonly certificateExpiresAtMs?: number;
}

export type TokenReading =
  { readonly kind: "issued"; readonly facts: TokenFacts } | { readonly kind: "failed"; readonly failure: Failure };

export interface AccessPort {
  /** Decides with which identity an object reaches its tenant; calls nothing. */
  resolve(
    tenant: { readonly namespace: string; readonly cloud: string; readonly tenantID: string },
    credential: CredentialSpec,
  ): AccessResolution;
  /** A valid token's facts; takes a token when there is none, and a new one when `isFresh` asks for it (roles were just granted) and the held one is older than 30 s. */
  token(access: EntraAccess, options: { readonly isFresh: boolean }, signal: AbortSignal): Promise<TokenReading>;
}
