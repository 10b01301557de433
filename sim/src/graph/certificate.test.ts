/** The world's own certificate, judged by Node's reader and by a real handshake (sim/test/graph-sdk.test.ts). */
import { X509Certificate } from "node:crypto";

import { makeCertificate } from "./certificate.ts";

test("the certificate is its own authority, for localhost and 127.0.0.1, valid now", () => {
  const nowMs = Date.UTC(2026, 10, 26, 12);
  const { certificate } = makeCertificate(nowMs);
  const read = new X509Certificate(certificate);
  expect(read.ca).toBe(true);
  expect(read.verify(read.publicKey)).toBe(true);
  expect([read.checkHost("localhost"), read.checkIP("127.0.0.1"), read.checkHost("example.com")]).toEqual([
    "localhost",
    "127.0.0.1",
    undefined,
  ]);
  expect([read.validFromDate.getTime() < nowMs, read.validToDate.getTime() > nowMs]).toEqual([true, true]);
});

test.each(["00017f", "000000", "0080ff", "7fffff", "ff0000", "0000000000000000000000000000007f"])(
  "a serial number of the bytes %s can be read",
  (serial) => {
    const { certificate } = makeCertificate(Date.now(), Buffer.from(serial, "hex"));
    const read = new X509Certificate(certificate);
    expect(BigInt(`0x${read.serialNumber}`)).toBe(BigInt(`0x${serial}`));
    expect(read.verify(read.publicKey)).toBe(true);
  },
);
