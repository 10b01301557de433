/**
 * How a client proves who it is (entra-graph reference, 13): a secret, an assertion signed by a registered certificate, a token of a trusted issuer.
 * Guarantees: ends are kept; several secrets and certificates of one application count side by side; a federated token is compared by issuer, subject and
 * audience, exactly. Its signature is verified only where the layout gives the issuer's keys: a simulated cluster signs nothing (as with AssumeRoleWithWebIdentity).
 */
import { constants, createHash, createPublicKey, createVerify, X509Certificate } from "node:crypto";

import type { DirectoryApplication } from "../../entra/objects.ts";
import {
  badAssertion,
  expiredAssertion,
  expiredSecret,
  noFederation,
  wrongCertificate,
  wrongSecret,
} from "./refusal.ts";

/** @throws LoginRefusal */
export function proveSecret({ appId, secrets }: DirectoryApplication, secret: string, nowMs: number): void {
  const matching = secrets.filter(({ secretText }) => secretText === secret);
  if (matching.length === 0) throw wrongSecret(appId);
  if (!matching.some(({ startMs, endMs }) => startMs <= nowMs && nowMs < endMs)) throw expiredSecret(appId);
}

export interface AssertionQuestion {
  readonly application: DirectoryApplication;
  readonly assertion: string;
  readonly nowMs: number;
  /** URLs that an assertion signed by a certificate may be meant for: the token endpoint, the issuer. */
  readonly audiences: readonly string[];
  /** Public keys of issuers, PEM. */
  readonly issuerKeys: Readonly<Record<string, readonly string[]>>;
}

/** Entra allows for clocks that differ by five minutes. */
const CLOCK_SKEW_MS = 300_000;

/** An assertion of the application itself carries its appId as issuer; any other comes from outside. @throws LoginRefusal */
export function proveAssertion(question: AssertionQuestion): void {
  const { application, nowMs } = question;
  const jwt = readJWT(question.assertion);
  const { iss, exp, nbf } = jwt.claims;
  if (typeof exp !== "number" || nowMs >= exp * 1_000) throw expiredAssertion();
  if (typeof nbf === "number" && nowMs + CLOCK_SKEW_MS < nbf * 1_000) throw expiredAssertion();
  if (iss === application.appId) proveCertificate(jwt, question);
  else proveFederation(jwt, question);
}

interface JWT {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signed: string;
  readonly signature: Buffer;
}

function readJWT(token: string): JWT {
  const [header = "", payload = "", signature = ""] = token.split(".");
  return {
    header: jsonOf(header),
    claims: jsonOf(payload),
    signed: `${header}.${payload}`,
    signature: Buffer.from(signature, "base64url"),
  };
}

function jsonOf(part: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    if (typeof value === "object" && value !== null) return { ...value };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw badAssertion("it is not a JSON web token");
}

/** RS256 or PS256; the certificate is named by its thumbprint in the header: `x5t` (SHA-1) or `x5t#S256`. */
function proveCertificate({ header, claims, signed, signature }: JWT, question: AssertionQuestion): void {
  const { application, nowMs, audiences } = question;
  const held = application.certificates.find(({ certificate }) => isNamedBy(header, certificate));
  if (held === undefined || nowMs >= held.endMs) throw wrongCertificate();
  if (claims.sub !== application.appId || !audiences.includes(String(claims.aud)))
    throw badAssertion("its audience or subject is another");
  const padding = header.alg === "PS256" ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  const key = createPublicKey(held.certificate);
  if (!createVerify("sha256").update(signed).verify({ key, padding }, signature))
    throw badAssertion("its signature is wrong");
}

function isNamedBy(header: Readonly<Record<string, unknown>>, certificate: string): boolean {
  const { raw } = new X509Certificate(certificate);
  const thumbprint = (algorithm: string): string => createHash(algorithm).update(raw).digest("base64url");
  return header.x5t === thumbprint("sha1") || header["x5t#S256"] === thumbprint("sha256");
}

function proveFederation(jwt: JWT, { application, issuerKeys }: AssertionQuestion): void {
  const issuer = String(jwt.claims.iss);
  const subject = String(jwt.claims.sub);
  const audiences = [jwt.claims.aud].flat().map(String);
  const ofIssuer = application.federatedCredentials.filter((one) => one.issuer === issuer);
  if (ofIssuer.length === 0) throw noFederation("issuer", issuer);
  const ofSubject = ofIssuer.filter((one) => one.subject === subject);
  if (ofSubject.length === 0) throw noFederation("subject", subject);
  if (!ofSubject.some((one) => one.audiences.some((audience) => audiences.includes(audience))))
    throw noFederation("audience", audiences.join(" "));
  const keys = issuerKeys[issuer];
  if (keys !== undefined && !keys.some((key) => createVerify("sha256").update(jwt.signed).verify(key, jwt.signature)))
    throw badAssertion("its signature is none of the issuer's");
}
