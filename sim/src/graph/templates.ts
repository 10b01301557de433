/** Application templates of the gallery that this world knows (entra-graph reference, 1), and what instantiating one makes. */
import type { AppRole } from "../entra/objects.ts";
import type { TenantCloud } from "../layout/tenants.ts";
import { CLOUDS } from "./clouds.ts";

export interface ApplicationTemplate {
  readonly id: string;
  readonly displayName: string;
  /** Cloud Sync's own are not in the gallery's list, only readable by id [C] (entra-graph reference, 2.2). */
  readonly isListed: boolean;
}

export const TEMPLATE_AD_TO_ENTRA = "1a4721b3-e57f-4451-ae87-ef078703ec94";
/** [C] one community script (entra-graph reference, 1 and 16). */
export const TEMPLATE_ENTRA_TO_AD = "fb81332f-3eca-4ecf-a939-4278e501d330";

export const APPLICATION_TEMPLATES: readonly ApplicationTemplate[] = [
  { id: TEMPLATE_AD_TO_ENTRA, displayName: "Active Directory to Microsoft Entra ID Provisioning", isListed: false },
  { id: TEMPLATE_ENTRA_TO_AD, displayName: "Microsoft Entra ID to Active Directory Provisioning", isListed: false },
  { id: "3b99513e-0cee-4291-aea8-84356239fb82", displayName: "Exchange attribute writeback", isListed: false },
  { id: "01303a13-8322-4e06-bee5-80d612907131", displayName: "Google Cloud / G Suite Connector", isListed: true },
  { id: "8adf8e6e-67b2-4cf2-a259-e3dc5476c621", displayName: "Custom", isListed: true },
];

/** Roles of what a template makes. The display name of the scope role is not published [I]; its id is. */
export function templateRoles(templateID: string, cloud: TenantCloud, newID: () => string): readonly AppRole[] {
  const id = templateID === TEMPLATE_ENTRA_TO_AD ? CLOUDS[cloud].scopeRoleID : newID();
  return [{ id, displayName: "User", description: "User", value: null, isEnabled: true, allowedMemberTypes: ["User"] }];
}
