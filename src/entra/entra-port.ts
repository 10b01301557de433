/** The Entra side of the operator, as its loops are given it. */
import type { AccessPort } from "./access/port.ts";
import type { ApplicationPort } from "./applications/port.ts";
import type { AssignmentPort } from "./assignments/port.ts";
import type { GroupPort } from "./groups/port.ts";
import type { JobPort } from "./jobs/port.ts";
import type { OnDemandPort } from "./on-demand/port.ts";
import type { ProvisioningLogPort } from "./provisioning-log/port.ts";
import type { SchemaPort } from "./schema/port.ts";
import type { SecretPort } from "./secrets/port.ts";
import type { TenantPort } from "./tenant/port.ts";

export interface EntraPorts {
  readonly access: AccessPort;
  readonly applications: ApplicationPort;
  readonly jobs: JobPort;
  readonly secrets: SecretPort;
  readonly schema: SchemaPort;
  readonly assignments: AssignmentPort;
  readonly groups: GroupPort;
  readonly onDemand: OnDemandPort;
  readonly provisioningLog: ProvisioningLogPort;
  readonly tenant: TenantPort;
}
