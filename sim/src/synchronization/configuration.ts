/** What hangs below one service principal that was made from a template of the synchronization service. Guarantees: reads may lag as its replicas do. */
import type { TenantCloud } from "../layout/tenants.ts";
import { Lifetimes } from "../entra/lifetimes.ts";
import type { Job } from "./job.ts";
import type { Secrets } from "./secrets.ts";

const SECRETS = "secrets";

export class Configuration {
  readonly servicePrincipalID: string;
  readonly cloud: TenantCloud;
  readonly jobs = new Lifetimes<Job>();
  /** "Provision membership to on-premises users": not visible in anything that Graph shows (entra-graph reference, 3.3). */
  writesOnPremisesMembers: boolean;
  readonly #secrets = new Lifetimes<Secrets>();

  constructor(servicePrincipalID: string, cloud: TenantCloud, writesOnPremisesMembers: boolean) {
    this.servicePrincipalID = servicePrincipalID;
    this.cloud = cloud;
    this.writesOnPremisesMembers = writesOnPremisesMembers;
  }

  secrets(asOfMs?: number): Secrets {
    return this.#secrets.get(SECRETS, asOfMs) ?? new Map<string, string>();
  }

  setSecrets(secrets: Secrets, nowMs: number): void {
    this.#secrets.put(SECRETS, secrets, nowMs);
  }
}
