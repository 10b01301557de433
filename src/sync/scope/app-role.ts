/**
 * The app role that puts a group in scope, by cloud.
 * Guarantees: a role that the service principal has, or the vendor's own where it lists none; two sources that contradict each other give none.
 * Source: entra-graph reference, section 1, "App role for scope assignments" [D]; that L4 and L5 of US Government share one id is [I].
 */
import type { EntraCloud } from "../../entra/access/port.ts";
import type { AppRole } from "../../entra/applications/port.ts";

export const SCOPE_APP_ROLES: Readonly<Record<EntraCloud, string>> = {
  Public: "1a0abf4d-b9fa-4512-a3a2-51ee82c6fd9f",
  USGovernment: "d8fa317e-0713-4930-91d8-1dbeb150978f",
  USGovernmentDoD: "d8fa317e-0713-4930-91d8-1dbeb150978f",
  China: "15af7fd5-1a3f-4034-8ea1-1afa3d5ecf63",
};

export type ScopeRole =
  { readonly kind: "known"; readonly id: string } | { readonly kind: "mismatch"; readonly message: string };

export function scopeRole(cloud: EntraCloud, roles: readonly AppRole[]): ScopeRole {
  const published = SCOPE_APP_ROLES[cloud];
  if (roles.length === 0) return { kind: "known", id: published };
  const role = roles.find(({ id }) => id.toLowerCase() === published);
  if (role?.isEnabled === true) return { kind: "known", id: published };
  const what = role === undefined ? "does not have" : "has disabled";
  return {
    kind: "mismatch",
    message: `The service principal ${what} the app role ${published} by which the vendor scopes groups in the cloud ${cloud}: check that it belongs to an Entra-to-AD configuration of this cloud.`,
  };
}
