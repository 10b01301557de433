/** `node test/host/proof-table.ts`: writes the README's table of the host proof; `--check` fails when it is another. */
import { readFileSync, writeFileSync } from "node:fs";
import { provableScripts } from "./powershell/provable.ts";
import { readProof } from "./powershell/proof.ts";
import { withProofTable } from "./powershell/table.ts";

const FILE = new URL("../../README.md", import.meta.url);
const present = readFileSync(FILE, "utf8");
const wanted = withProofTable(present, await provableScripts(), readProof());
if (!process.argv.includes("--check")) writeFileSync(FILE, wanted);
else if (wanted !== present) {
  process.stderr.write("README.md: the table of the host proof is stale: run `make generate`.\n");
  process.exitCode = 1;
}
