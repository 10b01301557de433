/** The scripts that ship: src/host/powershell/*.ps1, the prelude among them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readScript, type Script } from "./script.ts";
import { powerShellParser } from "./syntax.ts";

const FOLDER = new URL("../../../src/host/powershell/", import.meta.url);

/** In the order of their names; none when the folder is not there. */
export async function hostScripts(folder: URL = FOLDER): Promise<readonly Script[]> {
  if (!existsSync(folder)) return [];
  const parse = await powerShellParser();
  const names = readdirSync(folder).filter((name) => name.endsWith(".ps1"));
  return names
    .toSorted()
    .map((name) => readScript(parse, `src/host/powershell/${name}`, readFileSync(new URL(name, folder), "utf8")));
}
