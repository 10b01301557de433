/**
 * What a person may change of a good fleet: one legal state of one field, as a merge patch of one object.
 * Guarantees: every field that can be edited has moves; those that the world can serve are marked, and must end in Ready.
 */
import type { Manifest } from "../../integration/api/manifest.ts";
import { BASE } from "./base.ts";
import type { WalkedKind } from "./field.ts";
import { LEGAL_ROWS } from "./legal.ts";
import { isMutable } from "./meanings.ts";
import { placed } from "./place.ts";
import { repaired } from "./repair.ts";
import { ABSENT, SERVED, type Served } from "./served.ts";

export interface Move {
  /** Kind, field and value, such as `CloudSyncAgentPool spec.replicas = 2`. */
  readonly name: string;
  readonly kind: WalkedKind;
  readonly path: string;
  /** RFC 7396, from the example's spec. */
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
const legal: readonly Move[] = LEGAL_ROWS.filter(({ field }) => isMutable(field)).map(
  ({ field: { kind, path }, what, manifest }) => moveTo(manifest, { kind, path, what, isServed: false }),
);

export const MOVES: readonly Move[] = [...chosen(SERVED, true), ...chosen(ABSENT, false), ...legal].filter(
  ({ patch }) => Object.keys(patch).length > 0,
);

function moveTo(
  manifest: Manifest,
  { kind, path, what, isServed }: Pick<Move, "kind" | "path" | "isServed"> & { readonly what: string },
): Move {
  const patch = patchBetween(BASE[kind].spec, manifest.spec);
  return { name: `${kind} ${path} = ${what}`, kind, path, patch, isServed };
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
