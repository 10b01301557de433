/**
 * Writes crds/ and docs/api-reference.md from src/api, src/host/scripts.generated.ts and the documents' hashes from the host scripts, and deploy/aws from tools/generate/aws;
 * with --check only compares, and fails when one is stale.
 * Never: touches a file that it did not generate; a left-over CRD is reported, not removed.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filesFromGenerated, filesFromSources, type GeneratedFile } from "./files.ts";

const top = join(import.meta.dirname, "..", "..");

/** Paths whose content on disk is not what the source gives, left-over CRDs included. */
export function stalePaths(files: readonly GeneratedFile[]): readonly string[] {
  const expected = new Set(files.map(({ path }) => path));
  const leftOver = readdirSync(join(top, "crds"))
    .map((name) => `crds/${name}`)
    .filter((path) => path.endsWith(".yaml") && !expected.has(path));
  return [...files.filter((file) => contentOf(file.path) !== file.text).map(({ path }) => path), ...leftOver];
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(join(top, path), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function write(files: readonly GeneratedFile[]): void {
  for (const { path, text } of files) writeFileSync(join(top, path), text);
}

async function main(isCheck: boolean): Promise<void> {
  const first = filesFromSources();
  if (!isCheck) write(first);
  const second = await filesFromGenerated();
  if (!isCheck) write(second);
  const files = [...first, ...second];
  const stale = stalePaths(files);
  const lines = stale.map((path) => `stale: ${path}\n`);
  if (stale.length > 0) process.stderr.write(`${lines.join("")}Run: node tools/generate/main.ts\n`);
  else process.stdout.write(`${files.length} generated files are current\n`);
  process.exitCode = stale.length > 0 ? 1 : 0;
}

if (import.meta.main) await main(process.argv.includes("--check"));
