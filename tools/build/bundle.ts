/**
 * Builds the shipped operator: one ESM file that needs Node 24 and nothing else, with its source map beside it.
 * Guarantees: the file names the version and commit that it was built from; two builds of one commit are equal.
 * Never: minifies (a stack trace is read at 03:00), leaves a dependency to be found at run time.
 * Usage: node tools/build/bundle.ts [--entry src/main.ts] [--out dist/operator.mjs]
 */
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const PROJECT = resolve(import.meta.dirname, "../..");

/** CommonJS dependencies inside an ESM file call `require` for Node's own modules. */
const REQUIRE_FOR_DEPENDENCIES =
  'import { createRequire as createRequireOfBundle } from "node:module";\n' +
  "const require = createRequireOfBundle(import.meta.url);";

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
    minify: false,
    treeShaking: true,
    legalComments: "linked",
    logLevel: "warning",
    banner: { js: REQUIRE_FOR_DEPENDENCIES },
    define: { "globalThis.CLOUDSYNC_BUILD": JSON.stringify(buildFacts()) },
  });
  return { sizeBytes: statSync(outFile).size };
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
