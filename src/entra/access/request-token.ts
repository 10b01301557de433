/**
 * Takes one token by client credentials through @azure/identity: a new credential object each time, so that nothing is cached behind our back.
 * Guarantees: never rejects; a failure is classed by the vendor's numbers or OAuth's word, never by text; a throttled authority's Retry-After is told.
 * Source: entra-graph reference, 13 (Entra documentation, "OAuth 2.0 client credentials flow").
 */
import type { TokenCredential } from "@azure/identity";
import type { Clock } from "../../runtime/clock.ts";
import type { EntraEndpoints } from "../../runtime/entra-clouds.ts";
import type { Failure } from "../../runtime/failure.ts";
import { bodyOf, fieldOf, retryAfterMs } from "../call/answer.ts";
import type { ErrorEntry } from "../errors.ts";
import { OAUTH_ERRORS, RETRIED, TOKEN_ERRORS } from "../errors.ts";
import type { EntraSDKs, LoadEntraSDKs } from "../sdks.ts";
import type { EntraTransport, HttpAnswer } from "../transport.ts";
import type { TokenExchange } from "./azure-http.ts";
import { refusalOf, tokenExchange } from "./azure-http.ts";
import type { EntraAccess } from "./port.ts";

/** What is presented; in memory only while the request runs. */
export type PresentedProof =
  | { readonly kind: "secret"; readonly secret: string }
  | { readonly kind: "certificate"; readonly pem: string }
  | { readonly kind: "assertion"; readonly jwt: string };

export type TokenOutcome =
  | { readonly kind: "issued"; readonly token: string; readonly expiresAtMs: number }
  /** `isProofRefused`: another proof of the same client may still be accepted. */
  | { readonly kind: "failed"; readonly failure: Failure; readonly isProofRefused: boolean };

export interface TokenRequestOptions {
  readonly clock: Clock;
  readonly transport: EntraTransport;
  readonly loadSDKs: LoadEntraSDKs;
}

export async function requestToken(
  { clock, transport, loadSDKs }: TokenRequestOptions,
  { tenantID, clientID }: Pick<EntraAccess, "tenantID" | "clientID">,
  { scope, authority }: EntraEndpoints,
  proof: PresentedProof,
  signal: AbortSignal,
): Promise<TokenOutcome> {
  const sdk = await loadSDKs();
  const { createHttpHeaders } = sdk;
  const { http, exchange } = tokenExchange({ transport, createHttpHeaders, authority, tenantID, signal });
  const options = {
    authorityHost: authority,
    disableInstanceDiscovery: true,
    httpClient: http,
    retryOptions: { maxRetries: 0 },
    redirectOptions: { maxRetries: 0 },
  };
  try {
    const credential = credentialOf(sdk, { tenantID, clientID }, proof, options);
    const { token } = (await credential.getToken(scope)) ?? { token: "" };
    const expiresInSeconds = Number(fieldOf(bodyOf(exchange.answer?.body ?? ""), "expires_in"));
    if (token !== "" && expiresInSeconds > 0)
      return { kind: "issued", token, expiresAtMs: clock.nowMs() + expiresInSeconds * 1_000 };
    return failed(UNREADABLE, "answered without a token");
  } catch (error) {
    if (exchange.answer !== undefined) return refused(exchange.answer, clock);
    return unanswered(exchange, error, signal);
  }
}

type CredentialOptions = ConstructorParameters<EntraSDKs["ClientSecretCredential"]>[3];

function credentialOf(
  sdk: EntraSDKs,
  { tenantID, clientID }: Pick<EntraAccess, "tenantID" | "clientID">,
  proof: PresentedProof,
  options: CredentialOptions,
): TokenCredential {
  switch (proof.kind) {
    case "secret":
      return new sdk.ClientSecretCredential(tenantID, clientID, proof.secret, options);
    case "certificate":
      return new sdk.ClientCertificateCredential(tenantID, clientID, { certificate: proof.pem }, options);
    case "assertion":
      return new sdk.ClientAssertionCredential(tenantID, clientID, () => Promise.resolve(proof.jwt), options);
  }
}

function refused({ status, headers, body }: HttpAnswer, clock: Clock): TokenOutcome {
  const { word, numbers } = refusalOf(bodyOf(body));
  const known = numbers.find((number) => TOKEN_ERRORS.has(number));
  const said = known === undefined ? (word === "" ? `HTTP ${status}` : word) : `AADSTS${known}`;
  const askedMs = retryAfterMs(headers, clock);
  const entry =
    status === 429
      ? THROTTLED
      : ((known === undefined ? undefined : TOKEN_ERRORS.get(known)) ?? OAUTH_ERRORS.get(word) ?? byStatus(status));
  return failed(entry, said, askedMs, word === "invalid_client" || PROOF_REASONS.has(entry.reason));
}

/** Reasons that speak of this one proof, not of the client or the tenant. */
const PROOF_REASONS: ReadonlySet<string> = new Set([
  "ClientSecretInvalid",
  "ClientSecretExpired",
  "CertificateRefused",
  "CredentialRefused",
]);

function unanswered({ thrown }: TokenExchange, error: unknown, signal: AbortSignal): TokenOutcome {
  if (thrown !== undefined || signal.aborted) {
    const code = fieldOf(thrown, "code");
    return failed(UNREACHABLE, typeof code === "string" ? code : "no answer");
  }
  return failed(NOT_REQUESTED, error instanceof Error ? error.name : "no request was made");
}

function failed(entry: ErrorEntry, said: string, retryMs?: number, isProofRefused = false): TokenOutcome {
  const failure: Failure = {
    ...entry,
    message: `No token from the login authority: ${said}`,
    ...(retryMs === undefined ? {} : { retryAfterMs: retryMs }),
    evidence: { operation: "RequestToken", code: said },
  };
  return { kind: "failed", failure, isProofRefused };
}

function byStatus(status: number): ErrorEntry {
  return status >= 500 ? { class: "Transient", reason: "AuthorityBusy", fix: RETRIED } : UNLISTED;
}

const THROTTLED: ErrorEntry = { class: "Throttled", reason: "AuthorityThrottled", fix: RETRIED };
const UNREACHABLE: ErrorEntry = {
  class: "Transient",
  reason: "AuthorityUnreachable",
  fix: "None: tried again. If it lasts, check DNS, proxy and network policy towards the login authority of the cloud.",
};
const UNREADABLE: ErrorEntry = { class: "Transient", reason: "TokenUnreadable", fix: RETRIED };
const UNLISTED: ErrorEntry = {
  class: "Denied",
  reason: "TokenRefused",
  fix: "See the sign-in log of the application in the tenant, and check the credential of the EntraTenant.",
};
/** The SDK gave up before it asked: a proof that it cannot read, or a bug. */
const NOT_REQUESTED: ErrorEntry = {
  class: "Denied",
  reason: "CredentialUnusable",
  fix: "Check the Secret that the EntraTenant names; report this if it is right.",
};
