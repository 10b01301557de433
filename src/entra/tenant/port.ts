/** What a tenant has: licences, and the end of the caller's own credentials. Each read may be denied: then the answer is unknown, not no. */
import type { EntraAccess } from "../access/port.ts";
import type { Listing, Reading } from "../outcome.ts";

export interface SubscribedSku {
  readonly skuPartNumber: string;
  readonly servicePlanNames: readonly string[]; // plans whose provisioning status is Success
  readonly isEnabled: boolean;
}

export interface OwnCredentials {
  /** Ends of the application's client secrets and certificates. */
  readonly endsMs: readonly number[];
}

export interface TenantPort {
  subscribedSkus(access: EntraAccess, signal: AbortSignal): Promise<Listing<SubscribedSku>>;
  /** Reads the caller's own application by appId; needs Application.Read.All. */
  ownCredentials(access: EntraAccess, signal: AbortSignal): Promise<Reading<OwnCredentials>>;
  /** How many there are in the whole tenant, of any kind; from the eventual store. */
  count(access: EntraAccess, of: "users" | "groups", signal: AbortSignal): Promise<Reading<number>>;
}
