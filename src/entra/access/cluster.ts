/** What the Entra side needs of the cluster: tokens of service accounts, and single Secrets. Implemented on the Kubernetes side. */
import type { Failure } from "../../runtime/failure.ts";

export interface ObjectName {
  readonly namespace: string;
  readonly name: string;
}

export interface ServiceAccountTokens {
  /** A TokenRequest of the service account for one audience. */
  token(serviceAccount: ObjectName, audience: string, signal: AbortSignal): Promise<IssuedToken>;
}

export type IssuedToken =
  | { readonly kind: "issued"; readonly token: string; readonly expiresAtMs: number }
  | { readonly kind: "failed"; readonly failure: Failure };

export interface SecretReader {
  /** A live GET of exactly this Secret; values decoded. Rejects only on the abort of `signal`. */
  read(secret: ObjectName, signal: AbortSignal): Promise<SecretReading>;
}

export type SecretReading =
  | { readonly kind: "found"; readonly values: Readonly<Record<string, string>> }
  | { readonly kind: "notFound" }
  /** `failure.class` is Denied where the API server answers 403. */
  | { readonly kind: "failed"; readonly failure: Failure };
