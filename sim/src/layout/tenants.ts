/** Entra tenants of a layout: who may register agents, and what is in the directory that Microsoft Graph shows. Data only. */
import type { EntraDirectoryLayout } from "./entra-directory.ts";
import { DEFAULT_ENTRA_DIRECTORY } from "./entra-directory.ts";

export type TenantCloud = "Public" | "USGovernment" | "USGovernmentDoD" | "China";

export interface RegistrationAccountLayout {
  readonly userPrincipalName: string;
  readonly password: string;
  /** Directory roles, such as "Hybrid Identity Administrator". */
  readonly roles: readonly string[];
  readonly requiresMFA?: boolean;
  readonly isGuest?: boolean;
  readonly isDisabled?: boolean;
}

export interface RegistrationTokenLayout {
  readonly accessToken: string;
  readonly userPrincipalName: string;
  /** ISO 8601; a token without it never expires. */
  readonly expiresAt?: string;
}

export interface TenantLayout {
  readonly tenantID: string;
  readonly cloud: TenantCloud;
  readonly accounts: readonly RegistrationAccountLayout[];
  readonly tokens?: readonly RegistrationTokenLayout[];
  /** `false`: the cloud does not answer hosts. */
  readonly isReachable?: boolean;
  /** Zones whose hosts have no way out to Entra. */
  readonly unreachableFrom?: readonly string[];
  /** Nothing but Microsoft Graph itself when absent. */
  readonly directory?: EntraDirectoryLayout;
}

export interface TenantsLayout {
  readonly tenants: readonly TenantLayout[];
}

/** The tenant of `examples/`. Fictional. */
export const DEFAULT_TENANTS: TenantsLayout = {
  tenants: [
    {
      tenantID: "6b29fc40-ca47-4067-b31d-00dd010662da",
      cloud: "Public",
      accounts: [
        {
          userPrincipalName: "agent-registration@contoso.example",
          password: "world-registration-password",
          roles: ["Hybrid Identity Administrator"],
        },
        {
          userPrincipalName: "admin-with-mfa@contoso.example",
          password: "world-admin-password",
          roles: ["Global Administrator"],
          requiresMFA: true,
        },
      ],
      tokens: [{ accessToken: "world-registration-token", userPrincipalName: "admin-with-mfa@contoso.example" }],
      directory: DEFAULT_ENTRA_DIRECTORY,
    },
  ],
};
