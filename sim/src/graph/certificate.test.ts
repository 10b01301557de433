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

test("fifty certificates in a row can be read: lengths and serial numbers of every form", () => {
  for (let count = 0; count < 50; count += 1) {
    const { certificate } = makeCertificate();
    const read = new X509Certificate(certificate);
    expect(read.verify(read.publicKey)).toBe(true);
  }
});
