/**
 * A certificate for the world's own HTTPS, made at its start: self-signed, for `localhost` and 127.0.0.1.
 * Node has no API to make certificates, images have no openssl, and a library for one fixed certificate would be another dependency: the few DER
 * structures that it needs are written here (RFC 5280, 4.1; X.690, 8). Clients trust it by NODE_EXTRA_CA_CERTS or a CA option.
 */
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

export interface ServerCertificate {
  /** PEM: the certificate, which is its own authority. */
  readonly certificate: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;

/**
 * Valid from a day ago to a year ahead, in real time: TLS does not know the world's clock.
 * @param serial the serial number's bytes, most significant first
 */
export function makeCertificate(nowMs: number = Date.now(), serial: Buffer = randomBytes(16)): ServerCertificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = sequence(set(sequence(oid(COMMON_NAME), utf8("cloudsync simulated world"))));
  const body = sequence(
    context(0, integer(Buffer.from([2]))), // version 3
    integer(serial),
    sequence(oid(ECDSA_WITH_SHA256)),
    name,
    sequence(time(nowMs - DAY_MS), time(nowMs + 365 * DAY_MS)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    context(3, sequence(basicConstraints(), alternativeNames())),
  );
  const signature = sign("sha256", body, privateKey);
  const der = sequence(body, sequence(oid(ECDSA_WITH_SHA256)), element(0x03, Buffer.from([0]), signature));
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** Object identifiers in DER: id-at-commonName, ecdsa-with-SHA256, id-ce-basicConstraints, id-ce-subjectAltName. */
const COMMON_NAME = "550403";
const ECDSA_WITH_SHA256 = "2a8648ce3d040302";
const BASIC_CONSTRAINTS = "551d13";
const SUBJECT_ALTERNATIVE_NAME = "551d11";

/** Critical, cA TRUE: the certificate is its own authority. */
function basicConstraints(): Buffer {
  const isTrue = element(0x01, Buffer.from([0xff]));
  return sequence(oid(BASIC_CONSTRAINTS), isTrue, element(0x04, sequence(isTrue)));
}

function alternativeNames(): Buffer {
  const dnsName = element(0x82, Buffer.from("localhost"));
  const address = element(0x87, Buffer.from([127, 0, 0, 1]));
  return sequence(oid(SUBJECT_ALTERNATIVE_NAME), element(0x04, sequence(dnsName, address)));
}

function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const length = content.length < 0x80 ? Buffer.from([content.length]) : longLength(content.length);
  return Buffer.concat([Buffer.from([tag]), length, content]);
}

function longLength(length: number): Buffer {
  const bytes = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, "0"), "hex");
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

function sequence(...contents: readonly Uint8Array[]): Buffer {
  return element(0x30, ...contents);
}
function set(...contents: readonly Uint8Array[]): Buffer {
  return element(0x31, ...contents);
}
function context(number: number, content: Uint8Array): Buffer {
  return element(0xa0 | number, content);
}
function oid(hex: string): Buffer {
  return element(0x06, Buffer.from(hex, "hex"));
}
function utf8(text: string): Buffer {
  return element(0x0c, Buffer.from(text));
}
/** Positive and as short as can be (X.690, 8.3.2): zero bytes in front go, and a first bit that is set gets one. */
function integer(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const shortest = first < 0 ? Buffer.from([0]) : bytes.subarray(first);
  const isNegative = ((shortest[0] ?? 0) & 0x80) !== 0;
  return element(0x02, isNegative ? Buffer.concat([Buffer.from([0]), shortest]) : shortest);
}
/** UTCTime, good until 2049. */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/[-:T]/g, "").slice(2, 14);
  return element(0x17, Buffer.from(`${digits}Z`));
}
