/**
 * Whether a fleet has come to rest, from the cluster alone. Pure.
 * Guarantees: "ready" and "gone" only when nothing is on its way; a fleet that waits for a person says for what.
 */
import type { ClusterObject } from "./person.ts";

export type Rest =
  | { readonly kind: "ready" }
  | { readonly kind: "gone" }
  /** Nothing more happens before a person acts: paused, Observe, Stalled, AwaitingPerson. */
  | { readonly kind: "waits"; readonly why: string }
  | { readonly kind: "moving"; readonly why: string };

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly observedGeneration?: number;
}

export function conditionOf(object: ClusterObject, type: string): Condition | undefined {
  const conditions = (object.status?.["conditions"] ?? []) as readonly Condition[];
  return conditions.find((condition) => condition.type === type);
}

export function isReady(object: ClusterObject): boolean {
  return conditionOf(object, "Ready")?.status === "True";
}

export function restOf(pools: readonly ClusterObject[], all: readonly ClusterObject[]): Rest {
  const [pool] = pools;
  if (pool === undefined) {
    return all.length === 0 ? { kind: "gone" } : orphans(all);
  }
  // What a restore from a backup left under another UID is a person's.
  const agents = all.filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === pool.metadata.uid));
  if (pool.metadata.deletionTimestamp !== undefined) return { kind: "moving", why: "the pool is being deleted" };
  const ready = conditionOf(pool, "Ready");
  if (ready === undefined || ready.observedGeneration !== pool.metadata.generation) {
    return { kind: "moving", why: `the pool's status is of generation ${String(ready?.observedGeneration)}` };
  }
  const leaving = agents.find((agent) => agent.metadata.deletionTimestamp !== undefined);
  const waits = waitsForPerson(pool) ?? agents.map(waitsForPerson).find((why) => why !== undefined);
  if (leaving !== undefined && waits === undefined)
    return { kind: "moving", why: `${leaving.metadata.name} is leaving` };
  if (ready.status === "True" && agents.length === pool.spec?.["replicas"] && agents.every(isReady)) {
    const open = agents.find(isClosingSecrets);
    if (waits === undefined && open !== undefined)
      return { kind: "moving", why: `${open.metadata.name} can still read the secrets of its set-up` };
    return waits === undefined ? { kind: "ready" } : { kind: "waits", why: waits };
  }
  if (waits !== undefined) return { kind: "waits", why: waits };
  // Whatever a pool in Observe says is wrong, nothing is done about it.
  if (pool.spec?.["mode"] === "Observe") return { kind: "waits", why: `Observe: ${ready.reason}` };
  return { kind: "moving", why: `Ready=${ready.status}/${ready.reason}` };
}

/** Ready, and the way to the secrets of the set-up is not closed yet: nothing that a person has to do. */
function isClosingSecrets(agent: ClusterObject): boolean {
  const secrets = conditionOf(agent, "SecretsReleased");
  return secrets !== undefined && secrets.status !== "True" && secrets.reason !== "NoBootstrapProfile";
}

/** Agents without a pool stay as they are until a person deletes them. */
function orphans(agents: readonly ClusterObject[]): Rest {
  const leaving = agents.find((agent) => agent.metadata.deletionTimestamp !== undefined);
  if (leaving !== undefined) return { kind: "moving", why: `${leaving.metadata.name} is leaving` };
  return { kind: "waits", why: `${agents.length} agents have no pool` };
}

/**
 * What the pool says when it goes on only after a person has acted: the domain is gone for good; planned rollouts and repairs of silent hosts are
 * not part of the product yet.
 */
const LEFT_TO_PERSON: ReadonlySet<string> = new Set(["DomainDeleting", "DomainNotFound", "OutdatedAgents", "PingLost"]);

/** The pool, its domain or its tenant is in Observe, or paused. */
const HELD = /(Observe|Paused)$/;

export function waitsForPerson(object: ClusterObject): string | undefined {
  const { name } = object.metadata;
  if (conditionOf(object, "Paused")?.status === "True") return `${name} is paused`;
  const stalled = conditionOf(object, "Stalled");
  if (stalled?.status === "True") return `${name} is Stalled: ${stalled.reason}`;
  const ready = conditionOf(object, "Ready");
  if (ready !== undefined && (LEFT_TO_PERSON.has(ready.reason) || HELD.test(ready.reason)))
    return `${name} waits: ${ready.reason}`;
  const reconciling = conditionOf(object, "Reconciling");
  return reconciling?.reason === "AwaitingPerson" ? `${name} awaits a person` : undefined;
}
