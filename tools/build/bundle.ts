/**
 * Builds the shipped operator: one ESM file that needs Node 24 and nothing else, with its source map beside it.
 * Guarantees: the file names the version and commit that it was built from; two builds of one commit are equal; it stays small, because V8 keeps
 * the source text in memory.
 * Never: renames anything or writes long lines (a stack trace is read at 03:00), leaves a dependency to be found at run time.
 * Usage: node tools/build/bundle.ts [--entry src/main.ts] [--out dist/operator.mjs]
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { leanPackages } from "./lean-packages.ts";

const PROJECT = resolve(import.meta.dirname, "../..");

/** CommonJS dependencies inside an ESM file call `require` for Node's own modules. */
const REQUIRE_FOR_DEPENDENCIES =
  'import { createRequire as createRequireOfBundle } from "node:module";\n' +
  "const require = createRequireOfBundle(import.meta.url);";

const LINE_LENGTH_MAX = 160;
/** 10 % above what it had when the memory targets of docs/benchmarks.md were met. */
const SIZE_MAX_BYTES = 3_200_000;

export interface BundleOptions {
  readonly entry: string;
  readonly outFile: string;
}

export async function bundle({ entry, outFile }: BundleOptions): Promise<{ readonly sizeBytes: number }> {
  await build({
    entryPoints: [entry],
    outfile: outFile,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    // Packages' ES modules where they have some: less to load, and unused parts fall away.
    mainFields: ["module", "main"],
    sourcemap: "linked",
    plugins: [...leanPackages],
    // Comments and indentation are a third of the text. Names stay, and lines stay short enough to be read.
    minifyWhitespace: true,
    lineLimit: LINE_LENGTH_MAX,
    treeShaking: true,
    legalComments: "linked",
    logLevel: "warning",
    banner: { js: REQUIRE_FOR_DEPENDENCIES },
    define: { "globalThis.CLOUDSYNC_BUILD": JSON.stringify(buildFacts()) },
  });
  return { sizeBytes: smallSize(outFile) };
}

/** Fails when a new version of a package brings back what tools/build/lean-packages.ts keeps out. */
function smallSize(outFile: string): number {
  const text = readFileSync(outFile, "utf8");
  // One other character makes V8 keep two bytes for each.
  const foreign = /[^\0-\x7f]/u.exec(text)?.[0];
  if (foreign !== undefined) throw new Error(`${outFile} has a character that is not ASCII: ${foreign}`);
  if (text.length > SIZE_MAX_BYTES)
    throw new Error(
      `${outFile} has ${text.length} bytes, more than ${SIZE_MAX_BYTES}: see tools/build/lean-packages.ts`,
    );
  return text.length;
}

/** CLOUDSYNC_COMMIT is for builds without a repository, such as the image's. */
function buildFacts(): { version: string; commit: string } {
  const manifest: unknown = JSON.parse(readFileSync(resolve(PROJECT, "package.json"), "utf8"));
  const version =
    typeof manifest === "object" && manifest !== null && "version" in manifest ? String(manifest.version) : "";
  return { version, commit: process.env["CLOUDSYNC_COMMIT"] ?? commitOfRepository() };
}

function commitOfRepository(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync("git", ["-C", PROJECT, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    const isChanged = git("status", "--porcelain", "--", "src", "package-lock.json") !== "";
    return git("rev-parse", "--short=12", "HEAD").trim() + (isChanged ? "+changes" : "");
  } catch {
    return "unknown"; // a source archive has no repository
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { entry: { type: "string" }, out: { type: "string" } } });
  const outFile = resolve(PROJECT, values.out ?? "dist/operator.mjs");
  const { sizeBytes } = await bundle({ entry: resolve(PROJECT, values.entry ?? "src/main.ts"), outFile });
  process.stdout.write(`built ${outFile} (${(sizeBytes / 1_048_576).toFixed(1)} MiB)\n`);
}
