/**
 * How Entra's side of a domain looks to its agents and pools: the state of the jobs of its configurations, as app-only rights can tell it.
 * Guarantees: failing beats unknown beats fine; a fixed order, so that equal facts give equal words (L1).
 * Never: a reason to touch a host (S5): it is a view beside the chain of an agent's health, no link of it, and no pool counts it. Entra's own list of
 * agents answers to delegated rights alone (entra-graph reference, 6), and this operator holds none.
 */
import type { SyncConfiguration } from "../api/sync-configuration.ts";

export interface EntraView {
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
}

/** @param configurations those of the domain, with its consent; in any order */
export function judgeEntraView(configurations: readonly SyncConfiguration[]): EntraView {
  if (configurations.length === 0) return NO_CONFIGURATION;
  const views = [...configurations]
    .sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1))
    .map((configuration) => viewOf(configuration));
  const first = (status: EntraView["status"]) => views.find((view) => view.status === status);
  return first("False") ?? first("Unknown") ?? { status: "True", reason: "JobsHealthy", message: "" };
}

const NO_CONFIGURATION: EntraView = {
  status: "Unknown",
  reason: "NoConfiguration",
  message: "No SyncConfiguration names the domain.",
};

/** What of a configuration's status makes the view: equal facts wake nobody. */
export function jobFacts(configuration: SyncConfiguration): unknown {
  const { status, reason, message } = viewOf(configuration);
  return [status, reason, message];
}

function viewOf(configuration: SyncConfiguration): EntraView {
  const { jobs = [], conditions = [] } = configuration.status;
  const path = pathOf(configuration);
  const quarantined = jobs.find(({ quarantine }) => quarantine !== undefined);
  if (quarantined?.quarantine !== undefined) {
    const message = `${path}: its job is quarantined (${quarantined.quarantine.reason}).`;
    return { status: "False", reason: "Quarantined", message };
  }
  const healthy = conditions.find(({ type }) => type === "JobsHealthy");
  if (healthy === undefined)
    return { status: "Unknown", reason: "JobsNotJudged", message: `${path}: no job was judged yet.` };
  const { status, reason } = healthy;
  return { status, reason, message: status === "True" ? "" : `${path}: ${reason}.` };
}

function pathOf({ metadata }: SyncConfiguration): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}
