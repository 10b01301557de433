/** Applications and service principals: the shell of a configuration. Instantiating is not idempotent: look first (S8). */
import type { EntraAccess } from "../access/port.ts";
import type { Listing, Reading, Written } from "../outcome.ts";

export interface AppRole {
  readonly id: string;
  readonly displayName: string;
  readonly value: string | undefined;
  readonly isEnabled: boolean;
}

export interface ServicePrincipal {
  readonly id: string;
  readonly appID: string;
  readonly displayName: string;
  readonly applicationTemplateID: string | undefined;
  readonly appRoles: readonly AppRole[];
}

export interface Application {
  readonly id: string;
  readonly appID: string;
  readonly displayName: string;
}

/** An entry of the application gallery; the Cloud Sync templates may not be listed there, but are read by id (entra-graph reference, 2.2). */
export interface ApplicationTemplate {
  readonly id: string;
  readonly displayName: string;
}

export interface Instantiated {
  readonly applicationID: string;
  readonly servicePrincipalID: string;
  readonly appID: string;
}

export interface ApplicationPort {
  /** `GET /applicationTemplates/{id}`: read before it is instantiated. */
  template(access: EntraAccess, id: string, signal: AbortSignal): Promise<Reading<ApplicationTemplate>>;
  /** Every service principal made from a template (entra-graph reference, 2.2). Filterability is unverified: the answer is filtered again here. */
  findByTemplate(access: EntraAccess, templateID: string, signal: AbortSignal): Promise<Listing<ServicePrincipal>>;
  servicePrincipal(access: EntraAccess, id: string, signal: AbortSignal): Promise<Reading<ServicePrincipal>>;
  /** The application object of a service principal, by appId. */
  applicationOf(access: EntraAccess, appID: string, signal: AbortSignal): Promise<Reading<Application>>;
  /** Object ids of the owners; `OwnedBy` permissions hold only where the caller is among them. */
  applicationOwners(access: EntraAccess, applicationID: string, signal: AbortSignal): Promise<Listing<string>>;
  /** One call, one new pair (2.1). `unknown`: search by template before anything else. */
  instantiate(
    access: EntraAccess,
    request: { readonly templateID: string; readonly displayName: string },
    signal: AbortSignal,
  ): Promise<Written<Instantiated>>;
  /** A 404 is `refused` with class NotFound: one replica's word, so whether it is gone is looked up. */
  deleteServicePrincipal(access: EntraAccess, id: string, signal: AbortSignal): Promise<Written>;
  deleteApplication(access: EntraAccess, id: string, signal: AbortSignal): Promise<Written>;
}
