/**
 * The registration slot of a domain: one Lease for each DNS name in the operator's namespace, holder = agent UID (S11).
 * Guarantees: every change is checked against the resourceVersion that was read; a slot whose holder is gone or past its deadline is free.
 */
import { registrationSlotName } from "../../fleet/naming.ts";
import type { CloudSyncAgent } from "../../api/cloud-sync-agent.ts";
import { CLOUD_SYNC_AGENT } from "../../api/kinds.ts";
import type { SlotEvidence } from "../../fleet/agent/snapshot.ts";
import type { KubeObject, ObjectKey, ResourceKind } from "../../kube/port.ts";
import { INDEX, type LoopPorts } from "../loop-ports.ts";

export const LEASE: ResourceKind = {
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  plural: "leases",
  isNamespaced: true,
};

export const SLOT_LABEL = "cloudsync.dev/registration-slot";
const HOLDER_ANNOTATION = "cloudsync.dev/holder";
const DNS_NAME_ANNOTATION = "cloudsync.dev/dns-name";

interface SlotLease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly renewTime?: string;
    readonly leaseDurationSeconds?: number;
  };
}

export interface SlotHolder {
  readonly agentUID: string;
  readonly agentKey: ObjectKey;
  readonly deadlineMs: number;
}

function slotKey(ports: LoopPorts, dnsName: string): ObjectKey {
  return { namespace: ports.operatorNamespace, name: registrationSlotName(dnsName) };
}

/** The holder on record, whether or not it still exists. */
export function slotHolder(ports: LoopPorts, dnsName: string): SlotHolder | undefined {
  const lease = ports.caches.slots.get(slotKey(ports, dnsName)) as SlotLease | undefined;
  const agentUID = lease?.spec?.holderIdentity;
  if (lease === undefined || agentUID === undefined || agentUID === "") return undefined;
  const [namespace = "", name = ""] = (lease.metadata.annotations?.[HOLDER_ANNOTATION] ?? "").split("/");
  const deadlineMs = Date.parse(lease.spec?.renewTime ?? "") + (lease.spec?.leaseDurationSeconds ?? 0) * 1_000;
  return { agentUID, agentKey: { namespace, name }, deadlineMs };
}

/** Where the slot stands for one agent. A holder that the cache lacks is looked up once more, live, before it counts as gone. */
export async function readSlot(
  ports: LoopPorts,
  agent: CloudSyncAgent,
  nowMs: number,
  signal: AbortSignal,
): Promise<SlotEvidence> {
  const holder = slotHolder(ports, agent.spec.template.domain.dnsName);
  if (holder === undefined) return { kind: "free" };
  if (holder.agentUID === agent.metadata.uid) return { kind: "mine", deadlineMs: holder.deadlineMs };
  const held: SlotEvidence = {
    kind: "held",
    holder: `${holder.agentKey.namespace}/${holder.agentKey.name}`,
    deadlineMs: holder.deadlineMs,
  };
  if (nowMs > holder.deadlineMs) return { kind: "free" };
  if (ports.caches.agents.byIndex(INDEX.agentsByUID, holder.agentUID).length > 0) return held;
  const live = await ports.kube.get(CLOUD_SYNC_AGENT, holder.agentKey, signal);
  const isGone = live.kind === "notFound" || (live.kind === "ok" && live.object.metadata.uid !== holder.agentUID);
  return isGone ? { kind: "free" } : held;
}

export type SlotWrite = { readonly kind: "done" } | { readonly kind: "contended" };

export async function takeSlot(
  ports: LoopPorts,
  agent: CloudSyncAgent,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<SlotWrite> {
  const { dnsName } = agent.spec.template.domain;
  const key = slotKey(ports, dnsName);
  const current = ports.caches.slots.get(key);
  const annotations = {
    [HOLDER_ANNOTATION]: `${agent.metadata.namespace ?? ""}/${agent.metadata.name}`,
    [DNS_NAME_ANNOTATION]: dnsName,
  };
  const now = microTime(ports.clock.nowMs());
  const spec = {
    holderIdentity: agent.metadata.uid,
    acquireTime: now,
    renewTime: now,
    leaseDurationSeconds: Math.ceil(timeoutMs / 1_000),
  };
  const manifest = {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { ...key, labels: { [SLOT_LABEL]: "true" }, annotations },
    spec,
  };
  const outcome =
    current === undefined
      ? await ports.kube.create(LEASE, manifest, signal)
      : await ports.kube.patch(LEASE, current, { metadata: { annotations }, spec }, signal);
  return outcome.kind === "ok" ? { kind: "done" } : { kind: "contended" };
}

export async function releaseSlot(ports: LoopPorts, agent: CloudSyncAgent, signal: AbortSignal): Promise<SlotWrite> {
  const current = ports.caches.slots.get(slotKey(ports, agent.spec.template.domain.dnsName)) as SlotLease | undefined;
  if (current?.spec?.holderIdentity !== agent.metadata.uid) return { kind: "done" };
  const cleared = { metadata: { annotations: { [HOLDER_ANNOTATION]: null } }, spec: { holderIdentity: null } };
  const outcome = await ports.kube.patch(LEASE, current, cleared, signal);
  return outcome.kind === "ok" || outcome.kind === "notFound" ? { kind: "done" } : { kind: "contended" };
}

/** Lease times are MicroTime: six digits. */
function microTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/(\.\d{3})Z$/, "$1000Z");
}
