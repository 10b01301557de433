/** A certificate and its key for tests, made by openssl of this machine before a run. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export function testCertificate({ days = 365 } = {}): { readonly "tls.crt": string; readonly "tls.key": string } {
  const directory = mkdtempSync(join(tmpdir(), "certificate-"));
  try {
    const [key, crt] = [join(directory, "key.pem"), join(directory, "crt.pem")];
    const form = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", crt, "-subj", "/CN=test"];
    execFileSync("openssl", [...form, "-days", String(days)], { stdio: "ignore" });
    return { "tls.crt": readFileSync(crt, "utf8"), "tls.key": readFileSync(key, "utf8") };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
