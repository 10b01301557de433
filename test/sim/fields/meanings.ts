/** The meaning of every field, and where a fleet that says Ready differs from what it declares. Pure. */
import type { Field, WalkedKind } from "./field.ts";
import { POOL_MEANINGS } from "./meanings-pool.ts";
import { DOMAIN_MEANINGS, TENANT_MEANINGS } from "./meanings-references.ts";
import type { Meaning } from "./meaning.ts";
import type { SeenFleet } from "./seen.ts";

export const MEANINGS: Readonly<Record<WalkedKind, Readonly<Record<string, Meaning>>>> = {
  EntraTenant: TENANT_MEANINGS,
  ADDomain: DOMAIN_MEANINGS,
  CloudSyncAgentPool: POOL_MEANINGS,
};

/** Fields with a meaning of their own: values, and whole lists and maps; objects mean what their members mean. */
export function hasOwnMeaning({ path, schema }: Field): boolean {
  return schema.properties === undefined && !/\[\]|\{\}/.test(path);
}

/** The meaning of the field, or of the list or map around it. */
export function meaningOf({ kind, path }: Field): Meaning | undefined {
  const [own = path] = path.split(/\[\]|\{\}/);
  return MEANINGS[kind][own];
}

/** One sentence for each field that the world does not show. */
export function differences(fleet: SeenFleet): readonly string[] {
  return Object.entries(MEANINGS).flatMap(([kind, table]) =>
    Object.entries(table).flatMap(([path, meaning]) =>
      found(meaning, fleet).map((sentence) => `${kind} ${path}: ${sentence}`),
    ),
  );
}

export function isRefusalAsked(fleet: SeenFleet): boolean {
  return Object.values(MEANINGS)
    .flatMap((table) => Object.values(table))
    .some((meaning) => meaning.shows === "refusal" && meaning.isAsked(fleet));
}

function found(meaning: Meaning, fleet: SeenFleet): readonly string[] {
  switch (meaning.shows) {
    case "hosts":
    case "told":
      return fleet.hosts.flatMap((host) => meaning.differs(fleet, host) ?? []);
    case "fleet":
      return [meaning.differs(fleet)].flatMap((sentence) => sentence ?? []);
    case "refusal":
      return meaning.isAsked(fleet) ? ["is not served by this version, and the pool says Ready"] : [];
    case "conduct":
    case "nothing":
    case "choice":
      return [];
  }
}

/** Fields that are chosen when the object is made: no edit may touch them. */
export function choicesOf(kind: WalkedKind): readonly string[] {
  return Object.entries(MEANINGS[kind])
    .filter(([, { shows }]) => shows === "choice")
    .map(([path]) => path);
}
