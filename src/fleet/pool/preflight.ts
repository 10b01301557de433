/**
 * The checks that stand before any call to AWS leaves for a pool, as a chain in the order in which a person would look.
 * Guarantees: the first refusal is named with what to do; a missing object is waited for, a refusal needs a person.
 * Never: needs an answer from outside the cluster.
 */
import type { ADDomain } from "../../api/ad-domain.ts";
import type { CloudSyncAgentPool } from "../../api/cloud-sync-agent-pool.ts";
import type { EntraTenant } from "../../api/entra-tenant.ts";
import { sentenceOf, type Failure } from "../../runtime/failure.ts";
import type { NamespaceLabels } from "../consent.ts";
import {
  domainConsents,
  domainIsHeld,
  domainIsUnique,
  missingReference,
  pathOf,
  refused,
  tenantConsents,
  type Refusal,
} from "../shared-references.ts";

/** An entry of the installer catalogue in the operator's configuration. */
export interface InstallerEntry {
  readonly name: string;
  readonly kind: string;
  readonly bucket: string;
  readonly bucketOwner: string;
  readonly key: string;
  readonly versionID: string;
  readonly sha256: string;
  readonly version: string;
  readonly productName: string;
  readonly signer: string;
}

export interface PoolReferences {
  readonly pool: CloudSyncAgentPool;
  readonly namespace: NamespaceLabels;
  readonly tenant: EntraTenant | undefined;
  readonly domain: ADDomain | undefined;
  /** The domain object that owns the DNS name (the older of two). */
  readonly domainOwner: ADDomain | undefined;
  readonly installers: readonly InstallerEntry[];
  /** The identity, resolved without a call to AWS. */
  readonly identity:
    { readonly kind: "granted"; readonly accountID: string } | { readonly kind: "refused"; readonly failure: Failure };
}

export interface ResolvedReferences {
  readonly tenant: EntraTenant;
  readonly domain: ADDomain;
  readonly installer: InstallerEntry;
  readonly accountID: string;
}

export type ReferenceVerdict = { readonly kind: "resolved"; readonly references: ResolvedReferences } | Refusal;

export function checkReferences(evidence: PoolReferences): ReferenceVerdict {
  const { pool, tenant, domain, identity, installers } = evidence;
  if (tenant === undefined) return missingReference("EntraTenant", pool.spec.tenantRef, pool);
  if (domain === undefined) return missingReference("ADDomain", pool.spec.domainRef, pool);
  const installer = installers.find(({ name }) => name === pool.spec.agent.installer.name);
  const refusal = REFERENCE_CHECKS.map((check) => check({ ...evidence, tenant, domain, installer })).find(
    (found) => found !== undefined,
  );
  if (refusal !== undefined) return refusal;
  if (identity.kind === "refused") return refused(identity.failure.reason, sentenceOf(identity.failure));
  if (installer === undefined) return refused("InstallerNotInCatalogue", catalogueMessage(evidence));
  return { kind: "resolved", references: { tenant, domain, installer, accountID: identity.accountID } };
}

interface Resolved extends PoolReferences {
  readonly tenant: EntraTenant;
  readonly domain: ADDomain;
  readonly installer: InstallerEntry | undefined;
}

const REFERENCE_CHECKS: readonly ((evidence: Resolved) => Refusal | undefined)[] = [
  tenantConsents,
  domainConsents,
  domainIsUnique,
  domainIsHeld,
  identityIsGranted,
  accountIsAllowed,
  profilesAreAllowed,
  profilesAreTwo,
  installerIsListed,
  isServedByThisVersion,
];

function identityIsGranted({ identity }: Resolved): Refusal | undefined {
  return identity.kind === "granted" ? undefined : refused(identity.failure.reason, sentenceOf(identity.failure));
}

function accountIsAllowed({ domain, identity }: Resolved): Refusal | undefined {
  const allowed = domain.spec.hostPolicy?.awsAccountIDs;
  if (allowed === undefined || identity.kind !== "granted" || allowed.includes(identity.accountID)) return undefined;
  return refused(
    "AccountNotAllowed",
    `ADDomain ${pathOf(domain)} does not admit hosts of account ${identity.accountID}: its owner adds it to spec.hostPolicy.awsAccountIDs.`,
  );
}

function profilesAreAllowed({ domain, pool }: Resolved): Refusal | undefined {
  const allowed = domain.spec.hostPolicy?.instanceProfiles;
  if (allowed === undefined) return undefined;
  const { instanceProfile, bootstrapInstanceProfile } = pool.spec.aws;
  const foreign = [instanceProfile, bootstrapInstanceProfile].find(
    (profile) => profile !== undefined && !allowed.includes(profile),
  );
  if (foreign === undefined) return undefined;
  return refused(
    "InstanceProfileNotAllowed",
    `ADDomain ${pathOf(domain)} does not admit instance profile ${foreign}: its owner adds it to spec.hostPolicy.instanceProfiles.`,
  );
}

/** One and the same profile would never take any right away. */
function profilesAreTwo({ pool }: Resolved): Refusal | undefined {
  const { instanceProfile, bootstrapInstanceProfile } = pool.spec.aws;
  const nameOf = (profile: string | undefined): string | undefined => profile?.split("/").at(-1);
  if (nameOf(bootstrapInstanceProfile) !== nameOf(instanceProfile)) return undefined;
  return refused(
    "BootstrapProfileIsRuntime",
    `aws.bootstrapInstanceProfile and aws.instanceProfile are both ${instanceProfile}: name a runtime profile that may not read the secrets of the set-up, or remove the bootstrap profile.`,
  );
}

function installerIsListed(evidence: Resolved): Refusal | undefined {
  const { installer, pool } = evidence;
  if (installer === undefined) return refused("InstallerNotInCatalogue", catalogueMessage(evidence));
  if (installer.kind === pool.spec.agent.kind) return undefined;
  return refused(
    "InstallerOfOtherKind",
    `Installer ${installer.name} installs ${installer.kind}, the pool asks for ${pool.spec.agent.kind}.`,
  );
}

/** What the schema reserves and this version does not do is refused, never ignored: a declared wish that nothing fulfils looks like a promise. */
function isServedByThisVersion({ pool, domain }: Resolved): Refusal | undefined {
  const { aws, agent, placement, rollout, adopt = [], additionalDomainRefs = [] } = pool.spec;
  const { agentOptions } = domain.spec;
  const unserved: readonly (readonly [isSet: boolean, field: string])[] = [
    [additionalDomainRefs.length > 0, "additionalDomainRefs"],
    [adopt.length > 0, "adopt"],
    [placement.policy !== "Strict", `placement.policy ${placement.policy}`],
    [agent.kind !== "Provisioning", `agent.kind ${agent.kind}`],
    [aws.image.policy !== "Pin", `aws.image.policy ${aws.image.policy}`],
    [rollout.gateRef !== undefined, "rollout.gateRef"],
    [(rollout.maintenanceWindows ?? []).length > 0, "rollout.maintenanceWindows"],
    [agentOptions !== undefined, `agentOptions of ADDomain ${pathOf(domain)}`],
  ];
  const fields = unserved.filter(([isSet]) => isSet).map(([, field]) => field);
  if (fields.length === 0) return undefined;
  return refused("NotInThisVersion", `This version does not serve ${fields.join(", ")}: remove it for now.`);
}

/**
 * What hosts of this pool will change beyond the units that the domain provisions into; said before the first of them is made.
 * The vendor's cmdlet writes at the root of a domain, and nothing of the operator takes it back.
 */
export function announcedGrants(domain: ADDomain): string | undefined {
  const { spec } = domain;
  const { permissions, setupCredential } = spec.gmsa;
  const { mode, scope, types = [], restrictAccount } = permissions;
  if (mode !== "Grant" || (scope !== "DomainRoot" && !restrictAccount)) return undefined;
  const account = spec.gmsa.name ?? "the account that the agent makes";
  const parts = [
    ...(scope === "DomainRoot"
      ? [`give ${account} the rights ${types.join(", ")} at the root of ${spec.dnsName} by Set-AADCloudSyncPermissions`]
      : []),
    ...(restrictAccount ? [`harden the object of ${account} by Set-AADCloudSyncRestrictedPermissions`] : []),
  ];
  return `While it is set up, a host will ${parts.join(" and ")}, as the account of ${setupCredential?.secretARN ?? "its setup secret"} (gmsa.permissions of ADDomain ${pathOf(domain)}).`;
}

/** The owner of the image is known only after a read, so it is checked on its own before anything is launched. */
export function checkImageOwner(
  domain: ADDomain,
  image: { readonly imageID: string; readonly ownerID: string; readonly ownerAlias: string | undefined },
): Refusal | undefined {
  const allowed = domain.spec.hostPolicy?.imageOwners;
  if (
    allowed === undefined ||
    allowed.includes(image.ownerID) ||
    (image.ownerAlias !== undefined && allowed.includes(image.ownerAlias))
  )
    return undefined;
  return refused(
    "ImageOwnerNotAllowed",
    `Image ${image.imageID} belongs to ${image.ownerAlias ?? image.ownerID}: the owner of ADDomain ${pathOf(domain)} adds it to spec.hostPolicy.imageOwners, or the pool names another image.`,
  );
}

function catalogueMessage({ pool, installers }: PoolReferences): string {
  const known = installers
    .map(({ name }) => name)
    .slice(0, 5)
    .join(", ");
  return `Installer ${pool.spec.agent.installer.name} is not in the operator's catalogue (${known === "" ? "it is empty" : known}): an administrator adds it, or the pool names another.`;
}
