/**
 * The union of all scopes of a configuration: who wants which group, who declares it, who holds it.
 * Guarantees: a group that any scope declares, or that a frozen scope brought, is nobody's to remove.
 */
import type { LedgerEntry } from "./ledger.ts";
import type { AssignmentSnapshot, ScopeView } from "./snapshot.ts";

export interface Union {
  /** Scopes that want the group in, in the order of their paths. */
  readonly wanters: ReadonlyMap<string, readonly ScopeView[]>;
  readonly declared: ReadonlySet<string>;
  readonly byUID: ReadonlyMap<string, ScopeView>;
  readonly authoritative: ScopeView | undefined;
}

export function unionOf({ scopes }: Pick<AssignmentSnapshot, "scopes">): Union {
  const ordered = [...scopes].sort((a, b) => (a.path < b.path ? -1 : 1));
  const wanters = new Map<string, ScopeView[]>();
  const declared = new Set<string>();
  for (const scope of ordered) {
    if (scope.isEnding) continue;
    if (scope.reading.kind === "frozen") {
      for (const id of scope.reading.declared) declared.add(id);
      continue;
    }
    const { resolution } = scope.reading;
    for (const id of resolution.declared) declared.add(id);
    for (const id of resolution.admitted.keys()) {
      const others = wanters.get(id);
      if (others === undefined) wanters.set(id, [scope]);
      else others.push(scope);
    }
  }
  return {
    wanters,
    declared,
    byUID: new Map(ordered.map((scope) => [scope.uid, scope])),
    authoritative: ordered.find(
      ({ isAuthoritative, isEnding, reading }) => isAuthoritative && !isEnding && reading.kind === "resolved",
    ),
  };
}

/** Whose removal it would be; `kept`: nobody's. Foreign and retained groups belong to the authoritative scope alone. */
export function removerOf(
  groupID: string,
  entry: LedgerEntry | undefined,
  { declared, byUID, authoritative }: Union,
): ScopeView | "kept" {
  if (declared.has(groupID)) return "kept";
  if (entry === undefined || entry.isForeign === true) return authoritative ?? "kept";
  const holders = entry.scopeUIDs.flatMap((uid) => byUID.get(uid) ?? []);
  if (holders.some(({ reading, isEnding }) => reading.kind === "frozen" && !isEnding)) return "kept";
  const [first] = [...holders].sort((a, b) => (a.path < b.path ? -1 : 1));
  return first ?? authoritative ?? "kept";
}
