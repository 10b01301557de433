/** Every kind, in the order in which a person meets them. The generator, the reference page and the tests walk this list. */
import { adDomainDefinition } from "./ad-domain.ts";
import { cloudSyncAgentDefinition } from "./cloud-sync-agent.ts";
import { cloudSyncAgentPoolDefinition } from "./cloud-sync-agent-pool.ts";
import type { KindDefinition } from "./definition.ts";
import { entraTenantDefinition } from "./entra-tenant.ts";
import { groupScopeDefinition } from "./group-scope.ts";
import { provisioningTestDefinition } from "./provisioning-test.ts";
import { syncConfigurationDefinition } from "./sync-configuration.ts";

export const KIND_DEFINITIONS: readonly KindDefinition[] = [
  entraTenantDefinition,
  adDomainDefinition,
  cloudSyncAgentPoolDefinition,
  cloudSyncAgentDefinition,
  syncConfigurationDefinition,
  groupScopeDefinition,
  provisioningTestDefinition,
];
