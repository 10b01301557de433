/**
 * Everything one pass knows about one EntraTenant, read before anything is judged.
 * Guarantees: "not asked", "not readable" and "read and none" are different variants (S5); nothing here is a promise or a port.
 */
import type { EntraTenant } from "../../api/entra-tenant.ts";
import type { TokenFacts } from "../../entra/access/port.ts";
import type { Listing, Reading } from "../../entra/outcome.ts";
import type { OwnCredentials, SubscribedSku } from "../../entra/tenant/port.ts";
import type { Failure } from "../../runtime/failure.ts";

/** What one of the tenant's two identities turned out to be. */
export type IdentityEvidence =
  | { readonly kind: "none" } // declared as None: nobody writes assignments
  | { readonly kind: "notAsked" } // the object may not call at all
  | { readonly kind: "refused"; readonly failure: Failure } // before any call left
  | { readonly kind: "failed"; readonly failure: Failure } // no token
  | { readonly kind: "issued"; readonly facts: TokenFacts; readonly own: Reading<OwnCredentials> | undefined };

/** A SyncConfiguration that refers to the tenant, with its consent, and what else refers to that. */
export interface DeclaredConfiguration {
  readonly path: string; // namespace/name
  readonly connector: string;
  /** Neither it nor the tenant is in Observe. */
  readonly isEnforced: boolean;
  readonly isDeletedOutside: boolean; // spec.deletionPolicy: Delete
  readonly isAdopted: boolean;
  readonly servicePrincipalID: string | undefined;
  readonly hasScopes: boolean;
  readonly hasTests: boolean;
  readonly hasAdministrativeUnits: boolean;
  /** Owners of its application; `undefined`: not asked, because nothing depended on it. */
  readonly owners: Listing<string> | undefined;
}

export interface TenantSnapshot {
  readonly tenant: EntraTenant;
  /** The object that owns tenant and client among those that name them; may be `tenant` itself. */
  readonly owner: EntraTenant;
  readonly isPaused: boolean;
  readonly credential: IdentityEvidence;
  /** `undefined`: no second identity is declared, the first one writes assignments. */
  readonly scopeCredential: IdentityEvidence | undefined;
  readonly configurations: readonly DeclaredConfiguration[];
  /** Service principals of Entra-to-AD configurations in Entra, whoever made them. */
  readonly found: Listing<string> | undefined;
  readonly skus: Listing<SubscribedSku> | undefined;
  /** "Kind namespace/name" of what still has something outside to undo through this tenant. */
  readonly dependants: readonly string[];
  readonly nowMs: number;
}
