/** The good fleet from which every edit starts: the examples as a user applies them, and what a user has to choose when an object is made. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseAllDocuments } from "yaml";
import type { Manifest } from "../../integration/api/manifest.ts";
import { WALKED_KINDS, type WalkedKind } from "./field.ts";

const EXAMPLES = resolve(import.meta.dirname, "../../../examples");

export type Fleet = Readonly<Record<WalkedKind, Manifest>>;

const DOCUMENTS = ["10-tenant.yaml", "20-domain.yaml", "30-pool.yaml"]
  .flatMap((file) => parseAllDocuments(readFileSync(join(EXAMPLES, file), "utf8")))
  .map((document) => document.toJS() as Manifest);

export const BASE: Fleet = Object.fromEntries(
  WALKED_KINDS.map((kind) => [kind, DOCUMENTS.find((document) => document.kind === kind)]),
) as Fleet;
