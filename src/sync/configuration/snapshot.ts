/** Everything that one pass over a configuration stands on: read once, judged by pure functions only. */
import type { ADDomain } from "../../api/ad-domain.ts";
import type { EntraTenant } from "../../api/entra-tenant.ts";
import type { ProvisioningTest } from "../../api/provisioning-test.ts";
import type { SyncConfiguration } from "../../api/sync-configuration.ts";
import type { EntraAccess } from "../../entra/access/port.ts";
import type { AppRoleAssignment } from "../../entra/assignments/port.ts";
import type { ApplicationTemplate, ServicePrincipal } from "../../entra/applications/port.ts";
import type { Group } from "../../entra/groups/port.ts";
import type { JobTemplate, SynchronizationJob } from "../../entra/jobs/port.ts";
import type { Listing, Reading } from "../../entra/outcome.ts";
import type { ProvisioningLogEntry } from "../../entra/provisioning-log/port.ts";
import type { JsonObject } from "../../entra/schema/port.ts";
import type { SynchronizationSecret } from "../../entra/secrets/port.ts";
import type { EffectiveMode } from "../../fleet/effective-mode.ts";
import type { Refusal } from "../../fleet/shared-references.ts";
import type { Failure } from "../../runtime/failure.ts";
import type { AllScope } from "./all-scope.ts";
import type { ConnectorVariant } from "./connector.ts";
import type { Vocabulary } from "./schema-merge.ts";

export interface ConfigurationSnapshot {
  readonly configuration: SyncConfiguration;
  readonly variant: ConnectorVariant;
  readonly references: ReferenceVerdict;
  readonly mode: EffectiveMode;
  readonly entra: EntraView;
  /** The test that `spec.start.gateRef` names, where it exists. */
  readonly gate: ProvisioningTest | undefined;
  /** Every test of this configuration. */
  readonly tests: readonly ProvisioningTest[];
  readonly permissions: Permissions;
  readonly nowMs: number;
}

/** What whoever runs the operator has allowed. */
export interface Permissions {
  readonly allowedUnverified: ReadonlySet<string>;
  /** Whether an approval can only have been written by somebody with the verb `approve`. */
  readonly isApprovalTrusted: boolean;
}

export interface ResolvedReferences {
  readonly tenant: EntraTenant;
  readonly domain: ADDomain;
  readonly access: EntraAccess;
}
export type ReferenceVerdict = { readonly kind: "resolved"; readonly references: ResolvedReferences } | Refusal;

export type EntraView =
  /** Nothing was asked, because nothing could be decided from it. */
  | { readonly kind: "unasked" }
  /** A read failed or was not complete: nothing is decided (S5). */
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "searched"; readonly search: Search }
  /** The service principal that is stored was not found; `isConfirmed`: a complete list of its template does not show it either. */
  | { readonly kind: "missing"; readonly isConfirmed: boolean }
  | { readonly kind: "read"; readonly shell: Shell };

/** A service principal of the connector's template that could be this configuration, or another of the same domain. */
export interface Candidate {
  readonly servicePrincipal: ServicePrincipal;
  readonly secrets:
    | { readonly kind: "read"; readonly domain: string | undefined }
    | { readonly kind: "unreadable"; readonly failure: Failure };
  /** Whether the operator's identity is among the owners of its application; `undefined`: not read, or not readable. */
  readonly isOwn: boolean | undefined;
}

export interface Search {
  readonly candidates: readonly Candidate[]; // complete
  /** Domains with an older declared configuration that is not among them: it is made first, or has just been. */
  readonly ahead: number;
  readonly template: Reading<ApplicationTemplate>;
  /** What `spec.adopt` names. */
  readonly adopted: Reading<ServicePrincipal> | undefined;
}

export interface Shell {
  readonly servicePrincipal: ServicePrincipal;
  readonly applicationID: string | undefined;
  readonly jobs: readonly SynchronizationJob[]; // complete, those of other templates too
  /** Read only while there is no job yet. */
  readonly jobTemplates: Listing<JobTemplate> | undefined;
  readonly secrets: readonly SynchronizationSecret[];
  readonly schema: JsonObject | undefined;
  readonly vocabulary: Vocabulary;
  /** Read only while the secrets do not name the domain yet. */
  readonly rivals: readonly Candidate[] | undefined;
  /** Read only for a change that could shrink or move. */
  readonly population: Population | undefined;
  /** Read only for a change that brings objects in by scope mode All. */
  readonly allScope: AllScopeReading | undefined;
  /** Read only while the job is held for its deletions. */
  readonly stagedDeletes: Listing<ProvisioningLogEntry> | undefined;
  /** Read only for the deletion of the configuration. */
  readonly assignments: Listing<AppRoleAssignment> | undefined;
}

/** Who is in scope, from complete reads of which a second one agreed; `failed`: not known in this pass. */
export type Population =
  | {
      readonly kind: "read";
      /** Every group that the built-in filter could admit; `undefined`: not needed. */
      readonly groups: readonly Group[] | undefined;
      readonly assigned: readonly Group[];
    }
  | { readonly kind: "failed"; readonly failure: Failure };

export type AllScopeReading =
  { readonly kind: "read"; readonly scope: AllScope } | { readonly kind: "failed"; readonly failure: Failure };
