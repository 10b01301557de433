/**
 * What a person may change of a good fleet: one legal state of one field, as a merge patch of one object.
 * Guarantees: every field that can be edited has moves; those that the world can serve are marked, and must end in Ready.
 */
import { KIND_DEFINITIONS } from "../../../src/api/definitions.ts";
import type { Manifest } from "../../integration/api/manifest.ts";
import { BASE } from "./base.ts";
import type { WalkedKind } from "./field.ts";
import { LEGAL_ROWS } from "./legal.ts";
import { choicesOf } from "./meanings.ts";
import { placed } from "./place.ts";
import { repaired } from "./repair.ts";
import { at } from "./seen.ts";
import { ABSENT, SERVED, type Served } from "./served.ts";

export interface Move {
  /** Kind, field and value, such as `CloudSyncAgentPool spec.replicas = 2`. */
  readonly name: string;
  readonly kind: WalkedKind;
  readonly path: string;
  /** RFC 7396, from the spec of the example as it is stored. */
  readonly patch: Patch;
  /** The world has what it names: a fleet with it becomes Ready. */
  readonly isServed: boolean;
}

export type Patch = { readonly [member: string]: unknown };

const chosen = (rows: readonly Served[], isServed: boolean): readonly Move[] =>
  rows.map(({ kind, path, value, also = {} }) => {
    const base = Object.entries(also).reduce((before, [place, beside]) => placed(before, place, beside), BASE[kind]);
    const what = value === undefined ? "absent" : JSON.stringify(value);
    return moveTo(repaired(placed(base, path, value), path), { kind, path, what, isServed });
  });

/** Whatever the schema allows: most of it names nothing that is there. */
const legal: readonly Move[] = LEGAL_ROWS.map(({ field: { kind, path }, what, manifest }) =>
  moveTo(manifest, { kind, path, what, isServed: false }),
);

export const MOVES: readonly Move[] = [...chosen(SERVED, true), ...chosen(ABSENT, false), ...legal].filter(
  (move) => Object.keys(move.patch).length > 0 && !touchesChoice(move),
);

function moveTo(
  manifest: Manifest,
  { kind, path, what, isServed }: Pick<Move, "kind" | "path" | "isServed"> & { readonly what: string },
): Move {
  const patch = patchBetween(stored(BASE[kind]), stored(manifest));
  return { name: `${kind} ${path} = ${what}`, kind, path, patch, isServed };
}

/** The spec as the API server keeps it, defaults filled in: what an edit meets. */
export function stored({ kind, spec }: Pick<Manifest, "kind" | "spec">): Patch {
  const definition = KIND_DEFINITIONS.find(({ resource }) => resource.kind === kind);
  if (definition === undefined) throw new Error(`no definition of ${kind}`);
  return definition.spec.parse(spec) as Patch;
}

function touchesChoice({ kind, patch }: Move): boolean {
  return choicesOf(kind).some((path) => at({ spec: patch }, path) !== undefined);
}

/** RFC 7396: what makes `to` of `from`. Lists are replaced as a whole. */
export function patchBetween(from: Patch, to: Patch): Patch {
  const patch: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const [before, after] = [from[name], to[name]];
    if (JSON.stringify(before) === JSON.stringify(after)) continue;
    if (after === undefined) patch[name] = null;
    else patch[name] = isPlain(before) && isPlain(after) ? patchBetween(before, after) : after;
  }
  return patch;
}

function isPlain(value: unknown): value is Patch {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
