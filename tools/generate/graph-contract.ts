/** The OpenAPI extracts of Microsoft Graph as JSON: the simulated world reads them at its first Graph call, and YAML of this size takes most of a second. */
import { readFileSync } from "node:fs";

import { parse } from "yaml";

const FOLDER = new URL("../../contracts/graph/", import.meta.url);

export function graphContractFiles(): readonly { readonly path: string; readonly text: string }[] {
  return ["v1.0", "beta"].map((version) => ({
    path: `contracts/graph/graph-${version}-subset.generated.json`,
    text: `${JSON.stringify(parse(readFileSync(new URL(`graph-${version}-subset.yaml`, FOLDER), "utf8")))}\n`,
  }));
}
