/**
 * Which hosts may read a group back from AD.
 * Guarantees: only Ready agents of the very domain object that the configuration names; a fixed order, so that equal facts choose the same host.
 */
import type { CloudSyncAgent } from "../../api/cloud-sync-agent.ts";

export interface ReadyReader {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly instanceID: string;
  /** When it last became Ready. */
  readonly readySince: string;
  readonly aws: CloudSyncAgent["spec"]["template"]["aws"];
}

export function readyReaders(
  agents: readonly CloudSyncAgent[],
  domain: { readonly namespace: string; readonly name: string },
): readonly ReadyReader[] {
  return agents
    .filter((agent) => servesDomain(agent, domain))
    .flatMap((agent) => {
      const { metadata, spec, status } = agent;
      const readySince = readySinceOf(agent);
      if (readySince === undefined || status.instanceID === undefined) return [];
      const { name, uid, namespace = "" } = metadata;
      return [{ namespace, name, uid, instanceID: status.instanceID, readySince, aws: spec.template.aws }];
    })
    .sort((a, b) => (readerPath(a) < readerPath(b) ? -1 : 1));
}

export function readerPath({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

function servesDomain({ metadata, spec }: CloudSyncAgent, domain: { namespace: string; name: string }): boolean {
  const { name, namespace } = spec.template.domain;
  return name === domain.name && (namespace ?? metadata.namespace ?? "") === domain.namespace;
}

function readySinceOf({ metadata, status }: CloudSyncAgent): string | undefined {
  const ready = status.conditions?.find(({ type }) => type === "Ready");
  return metadata.deletionTimestamp === undefined && ready?.status === "True" ? ready.lastTransitionTime : undefined;
}
