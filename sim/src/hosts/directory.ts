/** What lies around hosts: domains, tenants, secrets and installers, as a host reaches them. Never: gives a host more than its instance profile may read. */
import type { WorldClock } from "../core/clock.ts";
import type { Delays } from "../core/delays.ts";
import type { Machine } from "../core/machine.ts";
import { Domain } from "../ad/domain.ts";
import { SetupWatch } from "../ad/setup-watch.ts";
import { Tenant } from "../entra/tenant.ts";
import type { DomainsLayout } from "../layout/domains.ts";
import type { ImagesLayout } from "../layout/images.ts";
import type { InstallerLayout, InstallersLayout } from "../layout/installers.ts";
import type { SecretsLayout, SecretValue } from "../layout/secrets.ts";
import type { TenantsLayout } from "../layout/tenants.ts";

/** The layout sections that hosts read. */
export interface HostsLayout {
  readonly images: ImagesLayout;
  readonly domains: DomainsLayout;
  readonly tenants: TenantsLayout;
  readonly secrets: SecretsLayout;
  readonly installers: InstallersLayout;
}

export type ReadResult<Value> =
  { readonly kind: "read"; readonly value: Value } | { readonly kind: "notFound" } | { readonly kind: "denied" };

export class HostDirectory {
  readonly domains: ReadonlyMap<string, Domain>;
  readonly tenants: ReadonlyMap<string, Tenant>;
  readonly watch: SetupWatch;
  readonly #layout: HostsLayout;

  constructor(layout: HostsLayout, parts: { clock: WorldClock; delays: Delays }) {
    this.#layout = layout;
    this.watch = new SetupWatch(parts.clock);
    const domains = layout.domains.domains.map((section) => new Domain(section, parts.clock));
    this.domains = new Map(domains.map((domain) => [domain.dnsName, domain]));
    const tenants = layout.tenants.tenants.map((section) => new Tenant(section, parts));
    this.tenants = new Map(tenants.map((tenant) => [tenant.tenantID, tenant]));
  }

  /** GetSecretValue with the host's role. */
  secret({ instanceProfileARN }: Machine, arn: string): ReadResult<SecretValue> {
    const secret = this.#layout.secrets.secrets.find((one) => one.arn === arn);
    if (secret === undefined) return { kind: "notFound" };
    return isReadable(secret.readableBy, instanceProfileARN)
      ? { kind: "read", value: secret.value }
      : { kind: "denied" };
  }

  /** ARNs of all secrets that credentials of these profiles open. */
  secretsOf(profileARNs: readonly (string | undefined)[]): readonly string[] {
    return this.#layout.secrets.secrets
      .filter(({ readableBy }) => profileARNs.some((profileARN) => isReadable(readableBy, profileARN)))
      .map(({ arn }) => arn);
  }

  /** GetObject with a version id and the host's role. */
  installer(
    { instanceProfileARN }: Machine,
    wanted: Pick<InstallerLayout, "bucket" | "key" | "versionID">,
  ): ReadResult<InstallerLayout> {
    const found = this.#layout.installers.installers.find(
      ({ bucket, key, versionID }) => bucket === wanted.bucket && key === wanted.key && versionID === wanted.versionID,
    );
    if (found === undefined) return { kind: "notFound" };
    return isReadable(found.readableBy, instanceProfileARN) ? { kind: "read", value: found } : { kind: "denied" };
  }

  /** @throws RangeError for an unknown domain */
  domain(dnsName: string): Domain {
    const domain = this.domains.get(dnsName.toLowerCase());
    if (domain === undefined) throw new RangeError(`there is no domain ${dnsName}`);
    return domain;
  }

  image(imageID: string): ImagesLayout["images"][number] | undefined {
    return this.#layout.images.images.find((image) => image.imageID === imageID);
  }
}

function isReadable(readableBy: readonly string[], instanceProfileARN: string | undefined): boolean {
  if (instanceProfileARN === undefined) return false;
  const name = instanceProfileARN.slice(instanceProfileARN.lastIndexOf("/") + 1);
  return readableBy.some((profile) => profile === "*" || profile === name || profile === instanceProfileARN);
}
