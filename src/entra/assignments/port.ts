/** App role assignments on a configuration's service principal: the scope of Entra to AD (entra-graph reference, 3.1). */
import type { EntraAccess } from "../access/port.ts";
import type { Listing, Written } from "../outcome.ts";

export interface AppRoleAssignment {
  readonly id: string;
  readonly appRoleID: string;
  readonly principalID: string;
  readonly principalType: string; // Group | User | ServicePrincipal
  readonly principalDisplayName: string;
  readonly createdAtMs: number | undefined;
}

/** The answer to one part of a batch; `exists`: Graph says that it is there already, to be verified by a list. */
export type Assigned =
  | { readonly kind: "done"; readonly assignment: AppRoleAssignment }
  | { readonly kind: "exists" }
  | Exclude<Written, { readonly kind: "done" }>;

export interface AssignmentPort {
  list(access: EntraAccess, servicePrincipalID: string, signal: AbortSignal): Promise<Listing<AppRoleAssignment>>;
  /** At most 20 groups ($batch); one answer a group, in the order given. The write bucket is asked for every part. */
  assign(
    access: EntraAccess,
    request: { readonly servicePrincipalID: string; readonly appRoleID: string; readonly groupIDs: readonly string[] },
    signal: AbortSignal,
  ): Promise<readonly Assigned[]>;
  /** At most 20 assignments; a 404 is `done`: what is gone is gone. */
  remove(
    access: EntraAccess,
    request: { readonly servicePrincipalID: string; readonly assignmentIDs: readonly string[] },
    signal: AbortSignal,
  ): Promise<readonly Written[]>;
}
