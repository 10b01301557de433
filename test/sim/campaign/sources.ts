/** A fingerprint of everything that decides about a run, so that figures of other sources are never added to these. */
import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

const PROJECT = resolve(import.meta.dirname, "../../..");
const SOURCES = ["src/**/*.ts", "sim/src/**/*.ts", "test/sim/**/*.ts", "crds/*.yaml", "package-lock.json"];

export function sourcesFingerprint(): string {
  const hash = createHash("sha256");
  for (const file of SOURCES.flatMap((pattern) => globSync(pattern, { cwd: PROJECT })).sort()) {
    if (file.endsWith(".test.ts")) continue;
    hash.update(`${file}\0`).update(readFileSync(resolve(PROJECT, file)));
  }
  return hash.digest("hex").slice(0, 16);
}
