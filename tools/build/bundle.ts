/**
 * Builds the shipped operator: one ESM file that needs Node 24 and nothing else but the file beside it that holds Microsoft's packages, each with
 * its source map.
 * Guarantees: the file names the version and commit that it was built from; two builds of one commit are equal; it stays small, because V8 keeps
 * the source text in memory; the second file is read when an object of Entra first needs it.
 * Never: renames anything or writes long lines (a stack trace is read at 03:00), leaves a dependency to be found at run time.
 * Usage: node tools/build/bundle.ts [--entry src/main.ts] [--out dist/operator.mjs]
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import type { Plugin } from "esbuild";
import { leanPackages } from "./lean-packages.ts";

const PROJECT = resolve(import.meta.dirname, "../..");

/** CommonJS dependencies inside an ESM file call `require` for Node's own modules. */
const REQUIRE_FOR_DEPENDENCIES =
  'import { createRequire as createRequireOfBundle } from "node:module";\n' +
  "const require = createRequireOfBundle(import.meta.url);";

const LINE_LENGTH_MAX = 160;
/** 4 % above what it had with the loops of the Entra side and one YAML parser; the memory targets of docs/benchmarks.md are measured with it. */
const SIZE_MAX_BYTES = 3_100_000;
/** 10 % above what @azure/identity, MSAL and the Graph client had when they came in. */
const ENTRA_SIZE_MAX_BYTES = 740_000;

/** Imported lazily by src/entra/sdks.ts; a file of its own, so that its text is not in memory before. */
const ENTRA_ENTRY = resolve(PROJECT, "src/entra/vendor-sdks.ts");
const ENTRA_FILE = "operator-entra.mjs";

export interface BundleOptions {
  readonly entry: string;
  readonly outFile: string;
}

export async function bundle({ entry, outFile }: BundleOptions): Promise<{ readonly sizeBytes: number }> {
  await oneFile({ entry, outFile }, [lazyEntra]);
  const entraFile = join(dirname(outFile), ENTRA_FILE);
  await oneFile({ entry: ENTRA_ENTRY, outFile: entraFile }, []);
  smallSize(entraFile, ENTRA_SIZE_MAX_BYTES);
  return { sizeBytes: smallSize(outFile, SIZE_MAX_BYTES) };
}

const lazyEntra: Plugin = {
  name: "lazy-entra",
  setup(build) {
    build.onResolve({ filter: /vendor-sdks\.ts$/ }, ({ kind }) =>
      kind === "dynamic-import" ? { path: `./${ENTRA_FILE}`, external: true } : undefined,
    );
  },
};

async function oneFile({ entry, outFile }: BundleOptions, plugins: readonly Plugin[]): Promise<void> {
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
    plugins: [...plugins, ...leanPackages],
    // Comments and indentation are a third of the text. Names stay, and lines stay short enough to be read.
    minifyWhitespace: true,
    lineLimit: LINE_LENGTH_MAX,
    treeShaking: true,
    legalComments: "linked",
    logLevel: "warning",
    banner: { js: REQUIRE_FOR_DEPENDENCIES },
    define: {
      "globalThis.CLOUDSYNC_BUILD": JSON.stringify(buildFacts()),
      // As in Node's own undici: without the second parser, which is an experiment that nobody switches on (160 kB).
      esbuildDetection: "true",
    },
  });
}

/** Fails when a new version of a package brings back what tools/build/lean-packages.ts keeps out. */
function smallSize(outFile: string, sizeMaxBytes: number): number {
  const text = readFileSync(outFile, "utf8");
  // One other character makes V8 keep two bytes for each.
  const foreign = /[^\0-\x7f]/u.exec(text)?.[0];
  if (foreign !== undefined) throw new Error(`${outFile} has a character that is not ASCII: ${foreign}`);
  if (text.length > sizeMaxBytes)
    throw new Error(`${outFile} has ${text.length} bytes, more than ${sizeMaxBytes}: see tools/build/lean-packages.ts`);
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
