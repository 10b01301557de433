/** Every generated file with its content: the one list that writing and checking share. */
import { KIND_DEFINITIONS } from "../../src/api/definitions.ts";
import { crdName, crdText } from "./crd.ts";
import { graphContractFiles } from "./graph-contract.ts";
import { hostScriptsText, scriptFiles } from "./host-scripts.ts";
import { referencePage } from "./reference-page.ts";

export interface GeneratedFile {
  /** Relative to the top of the repository. */
  readonly path: string;
  readonly text: string;
}

/** What comes from written sources. */
export function filesFromSources(): readonly GeneratedFile[] {
  const crds = KIND_DEFINITIONS.map((definition) => ({
    path: `crds/${crdName(definition)}.yaml`,
    text: crdText(definition),
  }));
  return [
    ...crds,
    { path: "docs/api-reference.md", text: referencePage(KIND_DEFINITIONS) },
    { path: "src/host/scripts.generated.ts", text: hostScriptsText(scriptFiles()) },
    ...graphContractFiles(),
  ];
}

/** What comes from generated files: loaded late, so that one run of `make generate` is enough. */
export async function filesFromGenerated(): Promise<readonly GeneratedFile[]> {
  const { awsFiles } = await import("./aws/files.ts");
  const { documentHashesText } = await import("./document-hashes.ts");
  return [{ path: "src/host/document-hashes.generated.ts", text: documentHashesText() }, ...awsFiles()];
}
