/** The app role by which a group is put in scope of an Entra-to-AD configuration (entra-graph reference, 1). Data only. */
import type { TenantCloud } from "../layout/tenants.ts";

export const SCOPE_ROLES: Readonly<Record<TenantCloud, string>> = {
  Public: "1a0abf4d-b9fa-4512-a3a2-51ee82c6fd9f",
  USGovernment: "d8fa317e-0713-4930-91d8-1dbeb150978f",
  USGovernmentDoD: "d8fa317e-0713-4930-91d8-1dbeb150978f",
  China: "15af7fd5-1a3f-4034-8ea1-1afa3d5ecf63",
};
