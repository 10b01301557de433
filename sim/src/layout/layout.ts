/**
 * What a world is made of before anything happens in it: data, one section a file, written or copied by whoever rehearses.
 * A layout file (JSON or YAML is up to the CLI) replaces whole sections of the default one.
 */
import type { BucketsLayout } from "./buckets.ts";
import type { DirectoriesLayout } from "./directories.ts";
import type { DomainsLayout } from "./domains.ts";
import type { IAMLayout } from "./iam.ts";
import type { ImagesLayout } from "./images.ts";
import type { InstallersLayout } from "./installers.ts";
import type { NetworkLayout } from "./network.ts";
import type { SecretsLayout } from "./secrets.ts";
import type { SynchronizationLayout } from "./synchronization.ts";
import type { TenantsLayout } from "./tenants.ts";

export interface WorldLayout {
  readonly network: NetworkLayout;
  readonly images: ImagesLayout;
  readonly iam: IAMLayout;
  readonly domains: DomainsLayout;
  readonly directories: DirectoriesLayout;
  readonly tenants: TenantsLayout;
  readonly synchronization: SynchronizationLayout;
  readonly secrets: SecretsLayout;
  readonly installers: InstallersLayout;
  readonly buckets: BucketsLayout;
}
