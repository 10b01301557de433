/**
 * What an identity proves itself with, read from the cluster when a token is taken, never kept.
 * Guarantees: exactly the named Secret is read, live; a Secret that cannot serve is told with what it lacks; its values are in no failure (S9).
 */
import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import type { Clock } from "../../runtime/clock.ts";
import type { Failure } from "../../runtime/failure.ts";
import type { ObjectName, SecretReader, SecretReading } from "./cluster.ts";
import type { IdentityProof } from "./port.ts";

export type Material =
  | { readonly kind: "secret"; readonly secret: string }
  | { readonly kind: "certificate"; readonly pem: string; readonly expiresAtMs: number };

/** `fingerprint` tells a replaced Secret from the same one; it is a hash, so that nothing of the value is kept. */
export type MaterialReading =
  | { readonly kind: "read"; readonly material: Material; readonly fingerprint: string }
  | { readonly kind: "failed"; readonly failure: Failure };

type SecretProof = Extract<IdentityProof, { readonly kind: "certificate" | "secret" }>;

export async function readMaterial(
  { secrets, clock }: { readonly secrets: SecretReader; readonly clock: Clock },
  { kind, namespace }: SecretProof,
  name: string,
  signal: AbortSignal,
): Promise<MaterialReading> {
  const secret = { namespace, name };
  const reading = await secrets.read(secret, signal);
  if (reading.kind !== "found") return { kind: "failed", failure: unreadable(secret, reading) };
  return kind === "secret" ? clientSecret(secret, reading.values) : certificate(secret, reading.values, clock);
}

function clientSecret(secret: ObjectName, values: Readonly<Record<string, string>>): MaterialReading {
  // An editor's last newline is never part of a client secret.
  const value = values["client-secret"]?.trim() ?? "";
  if (value === "") return lacks(secret, "client-secret");
  return { kind: "read", material: { kind: "secret", secret: value }, fingerprint: hashOf(value) };
}

function certificate(secret: ObjectName, values: Readonly<Record<string, string>>, clock: Clock): MaterialReading {
  const [chain, key] = [values["tls.crt"] ?? "", values["tls.key"] ?? ""];
  if (chain.trim() === "") return lacks(secret, "tls.crt");
  if (key.trim() === "") return lacks(secret, "tls.key");
  try {
    const leaf = new X509Certificate(chain);
    if (!leaf.checkPrivateKey(createPrivateKey(key))) return unusable(secret, "tls.key does not belong to tls.crt");
    const expiresAtMs = Date.parse(leaf.validTo);
    if (expiresAtMs <= clock.nowMs()) return unusable(secret, "the certificate in tls.crt has expired");
    const pem = `${chain.trim()}\n${key.trim()}\n`;
    return { kind: "read", material: { kind: "certificate", pem, expiresAtMs }, fingerprint: hashOf(pem) };
  } catch {
    // What OpenSSL says may quote the key.
    return unusable(secret, "tls.crt or tls.key is not PEM that can be read");
  }
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function lacks(secret: ObjectName, key: string): MaterialReading {
  return unusable(secret, `it has no ${key}`);
}

function unusable({ namespace, name }: ObjectName, what: string): MaterialReading {
  return {
    kind: "failed",
    failure: {
      class: "Denied",
      reason: "SecretUnusable",
      message: `Secret ${namespace}/${name} cannot be used: ${what}`,
      fix: "Put client-secret (ClientSecret) or tls.crt and tls.key of one pair (ClientCertificate) into it.",
    },
  };
}

function unreadable({ namespace, name }: ObjectName, reading: Exclude<SecretReading, { kind: "found" }>): Failure {
  if (reading.kind === "notFound") {
    return {
      class: "Denied",
      reason: "SecretNotFound",
      message: `There is no Secret ${namespace}/${name}`,
      fix: "Create it, or correct secretRef and nextSecretRef.",
    };
  }
  if (reading.failure.class !== "Denied") return reading.failure;
  return {
    class: "Denied",
    reason: "SecretNotReadable",
    message: `The operator may not read Secret ${namespace}/${name}`,
    fix: `Allow it get on that Secret: value secretReaders of the chart, with {namespace: ${namespace}, names: [${name}]}.`,
    ...(reading.failure.evidence === undefined ? {} : { evidence: reading.failure.evidence }),
  };
}
