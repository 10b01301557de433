/** What the AWS side needs of Kubernetes service accounts: annotations and short-lived tokens. Implemented on the Kubernetes side. */
import type { Failure } from "../../runtime/failure.ts";

export interface ServiceAccountName {
  readonly namespace: string;
  readonly name: string;
}

export type AnnotationsReading =
  | { readonly kind: "found"; readonly annotations: Readonly<Record<string, string>> }
  | { readonly kind: "notFound" }
  | { readonly kind: "failed"; readonly failure: Failure };

export interface ServiceAccountReader {
  /** The annotations of one service account. Rejects only on the abort of `signal`. */
  annotations(serviceAccount: ServiceAccountName, signal: AbortSignal): Promise<AnnotationsReading>;
}

export type TokenReading =
  | { readonly kind: "issued"; readonly token: string; readonly expiresAtMs: number }
  | { readonly kind: "failed"; readonly failure: Failure };

export interface ServiceAccountTokenSource {
  /** A TokenRequest of the service account for one audience. */
  token(serviceAccount: ServiceAccountName, audience: string, signal: AbortSignal): Promise<TokenReading>;
}
