/**
 * What the tokens' roles are worth against the needs of what is declared.
 * Guarantees: every missing permission is named at once, with what it stops; `Application.ReadWrite.OwnedBy` counts only where the owners of the
 * application were read and hold the caller; owners that could not be read are unknown, not absent (S5).
 */
import { permissionNeeds, OWNED_BY, type PermissionNeed, type TenantIdentity } from "./needs.ts";
import type { DeclaredConfiguration, IdentityEvidence, TenantSnapshot } from "./snapshot.ts";

export interface MissingPermission {
  readonly permission: string;
  readonly identity: TenantIdentity;
  readonly stops: string;
  readonly isAdvisory: boolean;
}

export type PermissionVerdict =
  | { readonly kind: "unread"; readonly identity: TenantIdentity } // no token, so nothing is known of its roles
  | { readonly kind: "judged"; readonly missing: readonly MissingPermission[]; readonly unclear: readonly string[] };

export function judgePermissions({ credential, scopeCredential, configurations }: TenantSnapshot): PermissionVerdict {
  const needs = permissionNeeds(configurations, scopeWriter(scopeCredential));
  const evidence = { Credential: credential, ScopeCredential: scopeCredential ?? credential };
  const unread = needs.find(({ identity }) => evidence[identity].kind !== "issued");
  if (unread !== undefined) return { kind: "unread", identity: unread.identity };
  const answers = needs.map((need) => ({ need, answer: judgeNeed(need, evidence[need.identity]) }));
  return {
    kind: "judged",
    missing: merged(answers.flatMap(({ need, answer }) => (answer === "missing" ? [need] : []))),
    unclear: answers.flatMap(({ need, answer }) => (answer === "unclear" ? [need.stops] : [])),
  };
}

/** Whether the answer depends on who owns the application: only then are its owners asked for. */
export function dependsOnOwnership(configuration: DeclaredConfiguration, roles: readonly string[]): boolean {
  return permissionNeeds([configuration], undefined).some(
    (need) => need.orOwned !== undefined && roles.includes(OWNED_BY) && !isMet(need, roles),
  );
}

function scopeWriter(scopeCredential: IdentityEvidence | undefined): TenantIdentity | undefined {
  if (scopeCredential === undefined) return "Credential";
  return scopeCredential.kind === "none" ? undefined : "ScopeCredential";
}

function judgeNeed(need: PermissionNeed, evidence: IdentityEvidence): "met" | "missing" | "unclear" {
  if (evidence.kind !== "issued") return "unclear";
  const { roles, servicePrincipalID } = evidence.facts;
  if (isMet(need, roles)) return "met";
  if (need.orOwned === undefined || !roles.includes(OWNED_BY)) return "missing";
  const { owners } = need.orOwned;
  if (owners === undefined) return "unclear";
  if (owners.kind !== "failed" && owners.items.includes(servicePrincipalID)) return "met";
  return owners.kind === "complete" ? "missing" : "unclear";
}

function isMet({ permission, orElse }: PermissionNeed, roles: readonly string[]): boolean {
  return [[permission], ...orElse].some((together) => together.every((role) => roles.includes(role)));
}

/** One line a permission and identity, in the order of the needs; what stops is joined. */
function merged(needs: readonly PermissionNeed[]): readonly MissingPermission[] {
  const groups = Map.groupBy(needs, ({ permission, identity }) => `${identity}|${permission}`);
  return [...groups.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const stops = [...new Set(same.map((need) => need.stops))].join("; ");
    const isAdvisory = same.every((need) => need.isAdvisory === true);
    return [{ permission: first.permission, identity: first.identity, stops, isAdvisory }];
  });
}
