/**
 * A person's hands on the cluster and the cloud console, without the operator's rights or caution.
 * Guarantees: every deed is carried out at once and in full, or throws because the run's plan makes no sense; a deed about something that is not there is nothing.
 */
import { HOST_ACTIONS } from "../../../sim/src/control/hosts.ts";
import type { Instance } from "../../../sim/src/ec2/instance.ts";
import type { ApiRequest } from "../../../sim/src/kube/server-state.ts";
import type { ApiServer } from "../../../sim/src/kube/server.ts";
import type { World } from "../../../sim/src/world.ts";
import type { HostDocument } from "../../../src/host/documents.ts";
import type { KubeObject } from "../../../src/kube/port.ts";
import { EXAMPLE_ACCOUNT_ID } from "../../support/operator.ts";
import { merged, type Manifest } from "../../support/stack-manifests.ts";
import { NAMESPACE, OPERATOR_NAMESPACE } from "./fixtures.ts";
import {
  actInPortal,
  actOnGroup,
  assignByHand,
  createGroup,
  ENTRA_OBJECTS,
  servicePrincipalID,
  setConsent,
  type EntraObject,
} from "./entra-deeds.ts";
import type { Deed } from "./plan.ts";

export const API = `/apis/cloudsync.dev/v1alpha1/namespaces/${NAMESPACE}`;
export const POOL_PATH = `${API}/cloudsyncagentpools/tokyo`;
const APPLY = "application/apply-patch+yaml";
const MERGE = "application/merge-patch+json";

export type ClusterObject = KubeObject & {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
};

export interface Hands {
  readonly server: ApiServer;
  readonly world: World;
  readonly examples: readonly Manifest[];
  /** The configuration, its canary and the scopes. */
  readonly entraExamples: readonly Manifest[];
  /** The product's own. */
  readonly documents: readonly HostDocument[];
  /** Merged into the example pool. */
  readonly pool: Readonly<Record<string, unknown>>;
}

/** Before anything else: namespaces, the operator's among them, and the account that tokens are asked for. */
export function prepareCluster({ server }: Hands): void {
  for (const name of [NAMESPACE, OPERATOR_NAMESPACE]) {
    const body = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
    must(server, { method: "POST", path: "/api/v1/namespaces", body });
  }
}

export function objects(server: ApiServer, plural: string): readonly ClusterObject[] {
  return server.objects(plural) as unknown as readonly ClusterObject[]; // the server keeps only well-formed objects
}

/** Agents that are there, by name: what an index of a deed counts. */
export function agentsByName(server: ApiServer): readonly ClusterObject[] {
  return [...objects(server, "cloudsyncagents")].sort((left, right) =>
    left.metadata.name < right.metadata.name ? -1 : 1,
  );
}

/** Those that the pool's condition AtDesiredVersion names and that have a host. */
function outdatedAgents(server: ApiServer): readonly ClusterObject[] {
  const [pool] = objects(server, "cloudsyncagentpools");
  const conditions = (pool?.status?.["conditions"] ?? []) as readonly {
    type: string;
    reason: string;
    message: string;
  }[];
  const said = conditions.find(({ type, reason }) => type === "AtDesiredVersion" && reason === "OutdatedAgents");
  const named = said?.message.split(", ") ?? [];
  return agentsByName(server).filter(
    ({ metadata, status }) => named.includes(metadata.name) && status?.["instanceID"] !== undefined,
  );
}

type ClusterDeed = Exclude<Deed, { kind: "operator" | "restartWith" | "compactWatchHistory" | "jumpClock" }>;

export function carryOut(hands: Hands, deed: ClusterDeed): void {
  const { server } = hands;
  switch (deed.kind) {
    case "apply":
      for (const manifest of fleetOf(hands)) apply(server, manifest);
      return;
    case "edit":
      change(server, pathOf(hands, { on: deed.on ?? "pool", index: 0 }), deed.change);
      return;
    case "look":
      return;
    case "replaceOutdated":
      for (const { metadata } of outdatedAgents(server))
        remove(server, `${API}/cloudsyncagents/${metadata.name}`, "Background");
      return;
    case "scale":
      change(server, POOL_PATH, { spec: { replicas: deed.replicas } });
      return;
    case "annotate":
      change(server, pathOf(hands, deed), { metadata: { annotations: { [deed.annotation]: deed.value } } });
      return;
    case "deleteAgent":
      remove(server, pathOf(hands, { on: "agent", index: deed.index }), "Background");
      return;
    case "deletePool":
      remove(server, POOL_PATH, deed.propagation);
      return;
    case "deleteDomain":
      remove(server, `${API}/addomains/corp`, "Background");
      return;
    case "removeFinalizers":
      change(server, pathOf(hands, deed), { metadata: { finalizers: null } });
      return;
    case "restoreBackup":
      restore(hands);
      return;
    case "host":
    case "finishRegistration":
      actOnHost(hands, deed.index, deed.kind === "host" ? deed.action : "register");
      return;
    case "removeTags": {
      const host = hostAt(hands, deed.index);
      if (host !== undefined) hands.world.ec2.fleet.retag(host, {}, 0);
      return;
    }
    case "document":
      setDocument(hands, deed);
      return;
    case "rights":
      addRights(hands, deed);
      return;
    case "applyEntra":
      for (const manifest of hands.entraExamples)
        apply(server, merged(manifest, changeOf(manifest, deed.changes ?? {})));
      return;
    case "editEntra":
      change(server, entraPath(deed.on), deed.change);
      return;
    case "deleteEntra":
      remove(server, entraPath(deed.on), "Background");
      return;
    case "approve":
      approve(server, deed.on);
      return;
    case "group":
      actOnGroup(hands.world, deed.name, deed.action);
      return;
    case "manyGroups":
      for (let number = 1; number <= deed.count; number += 1)
        createGroup(hands.world, `${deed.prefix}${String(number).padStart(4, "0")}`, ["Aiko Mori"]);
      return;
    case "assign":
    case "unassign":
      assignByHand(hands.world, deed, servicePrincipalID(entraObject(server, "configuration")));
      return;
    case "portal":
      actInPortal(hands.world, servicePrincipalID(entraObject(server, "configuration")), deed.action, deed.body);
      return;
    case "consent":
      setConsent(hands.world, deed);
      return;
    case "updateAgents":
      for (const { instanceID } of liveHosts(hands)) hands.world.guests.updateAgent(instanceID, deed.version);
      return;
  }
}

function fleetOf({ examples, pool }: Hands): readonly Manifest[] {
  return examples.map((manifest) => (manifest.kind === "CloudSyncAgentPool" ? merged(manifest, pool) : manifest));
}

const PLURALS: Readonly<Record<string, string>> = {
  EntraTenant: "entratenants",
  ADDomain: "addomains",
  CloudSyncAgentPool: "cloudsyncagentpools",
  CloudSyncAgent: "cloudsyncagents",
  SyncConfiguration: "syncconfigurations",
  GroupScope: "groupscopes",
  ProvisioningTest: "provisioningtests",
};

function entraPath(on: EntraObject): string {
  const { plural, namespace, name } = ENTRA_OBJECTS[on];
  return `/apis/cloudsync.dev/v1alpha1/namespaces/${namespace}/${plural}/${name}`;
}

export function entraObject(server: ApiServer, on: EntraObject): ClusterObject | undefined {
  const { plural, namespace, name } = ENTRA_OBJECTS[on];
  return objects(server, plural).find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
}

function changeOf(
  { kind, metadata }: Manifest,
  changes: Partial<Readonly<Record<EntraObject, object>>>,
): Readonly<Record<string, unknown>> {
  const own = Object.entries(ENTRA_OBJECTS).find(
    ([, { plural, name, namespace }]) =>
      plural === PLURALS[kind] && name === metadata.name && namespace === metadata.namespace,
  );
  return own === undefined ? {} : { ...changes[own[0] as EntraObject] };
}

/** Whoever approves reads the plan first: the hash that the object shows now. */
function approve(server: ApiServer, on: EntraObject): void {
  const plan = entraObject(server, on)?.status?.["plan"] as { readonly hash?: string } | undefined;
  if (plan?.hash === undefined) return;
  const approval = on === "configuration" ? { approvals: { plan: plan.hash } } : { approvedPlan: plan.hash };
  change(server, entraPath(on), { spec: approval });
}

/** As `kubectl apply --server-side`. */
function apply(server: ApiServer, manifest: Manifest): void {
  const { name, namespace = NAMESPACE } = manifest.metadata;
  const paths: Readonly<Record<string, string>> = {
    Namespace: `/api/v1/namespaces/${name}`,
    ServiceAccount: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`,
  };
  const path =
    paths[manifest.kind] ??
    `/apis/cloudsync.dev/v1alpha1/namespaces/${namespace}/${PLURALS[manifest.kind] ?? ""}/${name}`;
  must(server, {
    method: "PATCH",
    path: `${path}?fieldManager=kubectl&force=true`,
    contentType: APPLY,
    body: manifest,
  });
}

function change(server: ApiServer, path: string | undefined, body: object): void {
  if (path === undefined || server.handle({ method: "GET", path }).status === 404) return;
  must(server, { method: "PATCH", path, contentType: MERGE, body });
}

function remove(server: ApiServer, path: string | undefined, propagationPolicy: string): void {
  if (path === undefined || server.handle({ method: "GET", path }).status === 404) return;
  const body = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy };
  must(server, { method: "DELETE", path, body });
}

function pathOf(
  { server }: Hands,
  { on, index }: { readonly on: "pool" | "agent" | "domain" | "tenant"; readonly index: number },
): string | undefined {
  switch (on) {
    case "pool":
      return POOL_PATH;
    case "domain":
      return `${API}/addomains/corp`;
    case "tenant":
      return `${API}/entratenants/contoso`;
    case "agent": {
      const agents = agentsByName(server);
      const agent = agents[index % Math.max(1, agents.length)];
      return agent === undefined ? undefined : `${API}/cloudsyncagents/${agent.metadata.name}`;
    }
  }
}

/** Pool and agents as a backup tool restores them: names and specs of before, new UIDs, no status. */
function restore({ server }: Hands): void {
  const kept = ["cloudsyncagentpools", "cloudsyncagents"].flatMap((plural) =>
    objects(server, plural).map((object) => ({ plural, object })),
  );
  for (const { plural, object } of kept) {
    const path = `${API}/${plural}/${object.metadata.name}`;
    change(server, path, { metadata: { finalizers: null } });
    remove(server, path, "Orphan");
    change(server, path, { metadata: { finalizers: null } });
  }
  for (const { plural, object } of kept) {
    const { apiVersion, kind, spec, metadata } = object;
    const { name, namespace, labels, annotations } = metadata;
    const body = { apiVersion, kind, spec, metadata: { name, namespace, labels, annotations } };
    must(server, { method: "POST", path: `${API}/${plural}`, body: JSON.parse(JSON.stringify(body)) as object });
  }
}

/** Hosts that are not terminated, by the name of their agent, then in order of their launch: which of two is launched first is a matter of luck. */
export function liveHosts({ world }: Pick<Hands, "world">): readonly Instance[] {
  const nameOf = ({ tags }: Instance): string => tags["cloudsync.dev/agent"] ?? "";
  return world.ec2.fleet
    .instances()
    .filter(({ state }) => state !== "terminated")
    .sort((left, right) => (nameOf(left) < nameOf(right) ? -1 : nameOf(left) > nameOf(right) ? 1 : 0));
}

function hostAt(hands: Hands, index: number): Instance | undefined {
  const hosts = liveHosts(hands);
  return hosts[index % Math.max(1, hosts.length)];
}

function actOnHost(hands: Hands, index: number, action: string): void {
  const host = hostAt(hands, index);
  const act = HOST_ACTIONS.get(action);
  if (act === undefined) throw new Error(`no host action is named ${action}`);
  if (host === undefined) return;
  try {
    act(hands.world, host);
  } catch (error) {
    // A host that cannot take it (already stopped, not waiting): the person sees a sentence, nothing happens.
    if (!(error instanceof Error) || error.name !== "ControlRefusal") throw error;
  }
}

function addRights({ world }: Hands, { action, distinguishedName }: Extract<Deed, { kind: "rights" }>): void {
  for (const right of ["CreateGroups", "DeleteGroups", "WriteGroups"] as const)
    world.guests.addAccess("corp.example.com", { distinguishedName, trustee: "gmsaCloudSync$", kind: action, right });
}

function setDocument({ world, documents }: Hands, { step, action }: Extract<Deed, { kind: "document" }>): void {
  const document = documents.find((one) => one.step === step);
  if (document === undefined) throw new Error(`there is no document for ${step}`);
  const place = { accountID: EXAMPLE_ACCOUNT_ID, region: world.layout.network.region };
  const { content, ref } = document;
  const changed = JSON.stringify({ ...(JSON.parse(content) as object), description: "changed by hand" });
  const contents = { change: changed, delete: undefined, restore: content };
  world.guests.setDocument(place, ref.name, contents[action]);
}

function must(server: ApiServer, request: ApiRequest): void {
  const { status, body } = server.handle(request);
  if (status >= 300)
    throw new Error(`${request.method} ${request.path} of a person: ${status} ${JSON.stringify(body)}`);
}
