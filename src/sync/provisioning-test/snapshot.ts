/**
 * Everything one pass knows about one ProvisioningTest before it calls anything.
 * Guarantees: nothing here is a promise or a port; what is not there yet and what does not consent are told apart.
 */
import type { ADDomain } from "../../api/ad-domain.ts";
import type { EntraTenant } from "../../api/entra-tenant.ts";
import type { ProvisioningTest } from "../../api/provisioning-test.ts";
import type { SyncConfiguration } from "../../api/sync-configuration.ts";
import type { EffectiveMode } from "../../fleet/effective-mode.ts";
import type { ReadyReader } from "./readers.ts";

export type Referred<T> =
  { readonly kind: "found"; readonly object: T } | { readonly kind: "absent" } | { readonly kind: "refused" }; // it is there and does not admit this namespace

export interface TestSnapshot {
  readonly test: ProvisioningTest;
  readonly configuration: SyncConfiguration | undefined;
  readonly tenant: Referred<EntraTenant>;
  readonly domain: Referred<ADDomain>;
  /** The strictest of tenant, domain, configuration and test. */
  readonly mode: EffectiveMode;
  /** Healthy hosts of the domain, best first. */
  readonly readers: readonly ReadyReader[];
  readonly nowMs: number;
}

export type TestRun = NonNullable<ProvisioningTest["status"]["run"]>;
export type LastRun = NonNullable<ProvisioningTest["status"]["last"]>;
export type TestResult = LastRun["result"];
export type Difference = NonNullable<LastRun["drift"]>[number];

/** How a run ends, as a person reads it. */
export interface Verdict {
  readonly result: TestResult;
  readonly reason: string;
  readonly message: string;
}
