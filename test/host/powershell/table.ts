/** The README's table of what was run in a real PowerShell, and what was not. Pure. */
import type { HostProof } from "./proof.ts";
import { standingOf } from "./proof.ts";
import type { ProvableScript } from "./provable.ts";

const BEGIN = "<!-- host proof: written by `make generate` -->";
const END = "<!-- end of host proof -->";

export function withProofTable(readme: string, scripts: readonly ProvableScript[], proof: HostProof): string {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin === -1 || end < begin) throw new Error("README.md has lost the marks around the table of the host proof");
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${proofTable(scripts, proof)}\n\n${readme.slice(end)}`;
}

function proofTable(scripts: readonly ProvableScript[], proof: HostProof): string {
  if (scripts.length === 0) return "There are no host scripts yet.";
  const rows = scripts.map((script) => [script.step, `\`${script.sha256.slice(0, 8)}\``, standing(script, proof)]);
  const cells = [["Step", "Script", "Run in a real PowerShell"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = cells;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}

function standing(script: ProvableScript, proof: HostProof): string {
  const found = standingOf(script, proof);
  switch (found.kind) {
    case "unproven":
      return "**unproven**";
    case "failed":
      return "**failed**";
    case "proven":
      return found.by
        .map(
          ({ powershellVersion, cases, branchesCovered: { seen, of } }) =>
            `${powershellVersion}: ${cases} cases, ${seen} of ${of} ends`,
        )
        .join("; ");
  }
}
