/**
 * Reads everything that one pass over a pool stands on.
 * Guarantees: no call to AWS before every reference consents and the identity is granted; unknown is told apart from dead (S5).
 */
import type { CloudSyncAgent } from "../../api/cloud-sync-agent.ts";
import type { CloudSyncAgentPool } from "../../api/cloud-sync-agent-pool.ts";
import { parseAgent } from "../../api/parse.ts";
import { templateHash } from "../../api/template-hash.ts";
import { OWNERSHIP_TAGS } from "../../aws/instances/port.ts";
import type { InventoryReading } from "../../aws/inventory/port.ts";
import type { AwsScope } from "../../aws/scope/port.ts";
import { dnsNameOwner } from "../../fleet/domain/ownership.ts";
import { effectiveMode } from "../../fleet/effective-mode.ts";
import {
  announcedGrants,
  checkImageOwner,
  checkReferences,
  type ResolvedReferences,
} from "../../fleet/pool/preflight.ts";
import { refused } from "../../fleet/shared-references.ts";
import type { PoolInstances, PoolSnapshot, Preflight } from "../../fleet/pool/snapshot.ts";
import { sentenceOf, type Failure } from "../../runtime/failure.ts";
import { domainAt, domainsNaming, modeSource, referenceKey, tenantAt } from "../references.ts";
import { keyText } from "../../kube/port.ts";
import { entraViewOf } from "../entra-views.ts";
import { INDEX } from "../loop-ports.ts";
import { isLive, poolAgent, type Wanted } from "./pool-agent.ts";
import type { PoolPorts } from "./ports.ts";
import { agentTemplateOf } from "./template.ts";

/** The image as resolved in this pass; goes into status. */
export interface ResolvedImage {
  readonly query: string;
  readonly imageID: string;
  readonly ownerID?: string;
  readonly ownerAlias?: string;
}

export interface ObservedPool {
  readonly snapshot: PoolSnapshot;
  readonly references: ResolvedReferences | undefined;
  readonly image: ResolvedImage | undefined;
  readonly scope: AwsScope | undefined;
  readonly agentObjects: readonly CloudSyncAgent[];
}

export async function observePool(
  pool: CloudSyncAgentPool,
  ports: PoolPorts,
  signal: AbortSignal,
): Promise<ObservedPool> {
  const { caches, clock, inventory, scopes } = ports;
  const namespace = pool.metadata.namespace ?? "";
  const tenant = tenantAt(caches, referenceKey(pool.spec.tenantRef, namespace));
  const domain = domainAt(caches, referenceKey(pool.spec.domainRef, namespace));
  const { serviceAccountRef, assumeRole, region } = pool.spec.aws;
  const resolution = await scopes.resolve(
    {
      namespace,
      region,
      ...(serviceAccountRef === undefined ? {} : { serviceAccountName: serviceAccountRef.name }),
      ...(assumeRole === undefined ? {} : { assumeRoleARN: assumeRole.roleARN }),
    },
    signal,
  );
  const verdict = checkReferences({
    pool,
    namespace: {
      name: namespace,
      labels: caches.namespaces.get({ namespace: "", name: namespace })?.metadata.labels,
    },
    tenant,
    domain,
    domainOwner: domain === undefined ? undefined : dnsNameOwner(domain, domainsNaming(caches, domain.spec.dnsName)),
    installers: ports.installers,
    identity: resolution.kind === "granted" ? { kind: "granted", accountID: resolution.scope.accountID } : resolution,
  });
  const references = verdict.kind === "resolved" ? verdict.references : undefined;
  const scope = resolution.kind === "granted" && references !== undefined ? resolution.scope : undefined;
  const listing: InventoryReading = scope === undefined ? { kind: "unread" } : await inventory.read(scope, signal);
  const isDeleting = pool.metadata.deletionTimestamp !== undefined;
  const { preflight, image } =
    verdict.kind === "resolved" && scope !== undefined && !isDeleting
      ? await readLaunchInputs(pool, verdict.references, scope, ports, signal)
      : {
          preflight: verdict.kind === "resolved" ? refused("Deleting", "The pool is being deleted.") : verdict,
          image: undefined,
        };
  const agentObjects = childrenOf(pool, ports);
  const wanted: Wanted = preflight.kind === "passed" ? preflight : { templateHash: pool.status.templateHash };
  const snapshot: PoolSnapshot = {
    pool,
    agents: agentObjects.map((agent) => poolAgent(agent, listing, wanted)),
    mode: effectiveMode([tenant, domain, pool].flatMap((object) => (object === undefined ? [] : [modeSource(object)]))),
    preflight,
    instances: poolInstances(pool, agentObjects, listing),
    strangers: strangersOf(pool, ports),
    entra: entraViewOf(caches, referenceKey(pool.spec.domainRef, namespace)),
    nowMs: clock.nowMs(),
  };
  return { snapshot, references, image, scope, agentObjects };
}

/** In a fixed order: that of the cache moves with each change, and would be a change of every sentence that names agents (L1). */
function childrenOf(pool: CloudSyncAgentPool, { caches }: PoolPorts): readonly CloudSyncAgent[] {
  const children = caches.agents.byIndex(INDEX.agentsByPoolUID, pool.metadata.uid).flatMap((object) => {
    const parsed = parseAgent(object);
    return parsed.kind === "parsed" ? [parsed.object] : [];
  });
  return children.sort(({ spec: a }, { spec: b }) => a.slot - b.slot || a.incarnation - b.incarnation);
}

function strangersOf({ metadata }: CloudSyncAgentPool, { caches }: PoolPorts): readonly string[] {
  const { uid, name, namespace = "" } = metadata;
  return caches.agents
    .byIndex(INDEX.agentsByPoolName, keyText({ namespace, name }))
    .filter(({ metadata: agent }) => agent.ownerReferences?.some((owner) => owner.uid === uid) !== true)
    .map(({ metadata: agent }) => agent.name);
}

async function readLaunchInputs(
  pool: CloudSyncAgentPool,
  references: ResolvedReferences,
  scope: AwsScope,
  ports: PoolPorts,
  signal: AbortSignal,
): Promise<{ preflight: Preflight; image: ResolvedImage | undefined }> {
  const { subnetIDs, subnetSelector } = pool.spec.aws;
  const reading = await ports.network.subnets(
    scope,
    subnetIDs === undefined ? { tags: subnetSelector?.tags ?? {} } : { subnetIDs },
    signal,
  );
  if (reading.kind === "failed") return { preflight: refusalOf(reading.failure), image: undefined };
  if (reading.subnets.length === 0) {
    return {
      preflight: refused("NoSubnet", "aws.subnetSelector selects no subnet: correct its tags, or tag the subnets."),
      image: undefined,
    };
  }
  const image = await resolveImage(pool, scope, ports, signal);
  if ("class" in image) return { preflight: refusalOf(image), image: undefined };
  const foreign = checkImageOwner(references.domain, {
    imageID: image.imageID,
    ownerID: image.ownerID ?? "",
    ownerAlias: image.ownerAlias,
  });
  if (foreign !== undefined) return { preflight: foreign, image };
  const [anyPlace] = reading.subnets;
  if (anyPlace === undefined) throw new Error("a checked list of subnets was empty");
  const hash = templateHash(agentTemplateOf(pool, references, image.imageID, anyPlace));
  const notice = announcedGrants(references.domain);
  const passed = { kind: "passed", subnets: reading.subnets, imageID: image.imageID, templateHash: hash } as const;
  return { preflight: { ...passed, ...(notice === undefined ? {} : { notice }) }, image };
}

/** Resolved once, then kept: the images behind the public parameters change every month (aws reference, 4). */
async function resolveImage(
  pool: CloudSyncAgentPool,
  scope: AwsScope,
  { images }: PoolPorts,
  signal: AbortSignal,
): Promise<ResolvedImage | Failure> {
  const { ssmParameter, id } = pool.spec.aws.image;
  const query = ssmParameter ?? id ?? "";
  const stored = pool.status.resolvedImage;
  if (stored?.query === query) return stored;
  const reading = await images.resolve(
    scope,
    ssmParameter === undefined ? { imageID: query } : { ssmParameter },
    signal,
  );
  if (reading.kind === "failed") return reading.failure;
  const { imageID, ownerID, ownerAlias } = reading;
  return { query, imageID, ownerID, ...(ownerAlias === undefined ? {} : { ownerAlias }) };
}

function refusalOf(failure: Failure): Preflight {
  const { class: failureClass, reason } = failure;
  const needsPerson =
    failureClass === "Denied" ||
    failureClass === "Permanent" ||
    failureClass === "NotFound" ||
    failureClass === "Quota";
  return { kind: needsPerson ? "refused" : "waiting", reason, message: sentenceOf(failure) };
}

function poolInstances(
  pool: CloudSyncAgentPool,
  agents: readonly CloudSyncAgent[],
  listing: InventoryReading,
): PoolInstances {
  if (listing.kind === "unread")
    return { kind: "unread", ...(listing.failure === undefined ? {} : { failure: listing.failure }) };
  const { uid, name, namespace = "" } = pool.metadata;
  const named = listing.view.tagged.ofPoolNamed(namespace, name).filter(isLive);
  const released = new Set((pool.status.released ?? []).map(({ instanceID }) => instanceID));
  const ours = named.filter(
    ({ tags, instanceID }) => tags[OWNERSHIP_TAGS.poolUID] === uid && !released.has(instanceID),
  );
  const known = new Set(agents.map(({ metadata }) => metadata.uid));
  return {
    kind: "read",
    liveCount: ours.length,
    orphans: ours
      .filter(({ tags }) => !known.has(tags[OWNERSHIP_TAGS.agentUID] ?? ""))
      .map(({ instanceID }) => instanceID),
    unclaimed: named.filter(({ tags }) => tags[OWNERSHIP_TAGS.poolUID] !== uid).map(({ instanceID }) => instanceID),
  };
}
