/**
 * The synchronization secrets of a configuration, behind one adapter because their API is announced to go (entra-graph reference, 2.8).
 * Guarantees: `replace` sends exactly what it is given, so the caller merges first (S7); a value of nothing but `*` is masked and is never sent.
 */
import type { EntraAccess } from "../access/port.ts";
import type { Listing, Written } from "../outcome.ts";

export interface SynchronizationSecret {
  readonly key: string; // Domain, SyncNotificationSettings, ...
  readonly value: string;
}

export interface SecretPort {
  read(access: EntraAccess, servicePrincipalID: string, signal: AbortSignal): Promise<Listing<SynchronizationSecret>>;
  /** PUT of the whole set. Refuses by itself, without a call, a set that holds a masked value (S7). */
  replace(
    access: EntraAccess,
    servicePrincipalID: string,
    secrets: readonly SynchronizationSecret[],
    signal: AbortSignal,
  ): Promise<Written>;
}
