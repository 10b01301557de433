/**
 * What a namespace may put in scope: the consent of the configuration.
 * Guarantees: an entry that names the namespace decides alone, also for the configuration's own one; a unit that was not read grants nothing (S5).
 * Never: takes anything out of scope; consent that is withdrawn keeps what is there.
 */
import type { SyncConfigurationSpec } from "../../api/sync-configuration.ts";
import { consents, type NamespaceLabels } from "../../fleet/consent.ts";

export type Grant =
  | { readonly kind: "denied" }
  | { readonly kind: "all" }
  | {
      readonly kind: "limited";
      readonly ids: ReadonlySet<string>;
      readonly displayNamePrefixes: readonly string[];
      readonly administrativeUnits: readonly string[];
    };

export function grantOf(
  allowed: SyncConfigurationSpec["allowedNamespaces"],
  configurationNamespace: string,
  from: NamespaceLabels,
): Grant {
  const entry = allowed.entries?.find(({ namespace }) => namespace === from.name);
  if (entry === undefined)
    return consents(allowed, configurationNamespace, from) ? { kind: "all" } : { kind: "denied" };
  if (entry.groups === undefined) return { kind: "all" };
  return {
    kind: "limited",
    ids: new Set(entry.groups.ids ?? []),
    displayNamePrefixes: entry.groups.displayNamePrefixes ?? [],
    administrativeUnits: entry.groups.administrativeUnits ?? [],
  };
}

/** Ids of the groups of the units that were read completely, by unit. */
export type UnitMembers = ReadonlyMap<string, ReadonlySet<string>>;

/** Prefixes are compared with case: of two ways to read a consent the narrower one holds. */
export function isGranted(
  grant: Grant,
  group: { readonly id: string; readonly displayName: string | undefined },
  units: UnitMembers,
): boolean {
  if (grant.kind !== "limited") return grant.kind === "all";
  const { id, displayName } = group;
  return (
    grant.ids.has(id) ||
    (displayName !== undefined && isNameGranted(grant, displayName)) ||
    grant.administrativeUnits.some((unit) => units.get(unit)?.has(id) === true)
  );
}

/** Whether a name alone is within the consent, so that the namespace may learn whether a group of that name exists. */
export function isNameGranted(grant: Grant, displayName: string): boolean {
  if (grant.kind !== "limited") return grant.kind === "all";
  return grant.displayNamePrefixes.some((prefix) => displayName.startsWith(prefix));
}
