/**
 * Reads who is in scope, for an edit that could shrink or move, or that brings in all that its filters admit.
 * Guarantees: complete lists of which a second reading names the same groups; else `failed`, and the edit waits (S6).
 */
import type { EntraAccess } from "../../entra/access/port.ts";
import type { Group } from "../../entra/groups/port.ts";
import type { Listing } from "../../entra/outcome.ts";
import type { Failure } from "../../runtime/failure.ts";
import { reachesIntoAll } from "../../sync/configuration/all-scope.ts";
import type { Assessment } from "../../sync/configuration/assessment.ts";
import { canShrinkOrMove, hasRun, needsAllGroups } from "../../sync/configuration/impact.ts";
import type { Population } from "../../sync/configuration/snapshot.ts";
import type { ConfigurationPorts } from "./ports.ts";

/** What the built-in filter can admit (entra-graph reference, 3.2, 10.4); what is owned by AD is taken out by the reader. */
const SECURITY_GROUPS = "securityEnabled eq true and mailEnabled eq false";

export async function readPopulation(
  found: Assessment | undefined,
  access: EntraAccess,
  ports: ConfigurationPorts,
  signal: AbortSignal,
): Promise<Population | undefined> {
  if (found?.edit === undefined || found.quarantine !== undefined) return undefined;
  const isCounted = hasRun(found.job) && canShrinkOrMove(found.edit);
  if (!isCounted && !reachesIntoAll(found.edit)) return undefined;
  const servicePrincipalID = found.shell.servicePrincipal.id;
  const assigned = await readTwice(() => assignedGroups(servicePrincipalID, access, ports, signal));
  if ("class" in assigned) return { kind: "failed", failure: assigned };
  if (!needsAllGroups(found.edit)) return { kind: "read", groups: undefined, assigned };
  const groups = await readTwice(() => ports.entra.groups.byFilter(access, SECURITY_GROUPS, signal));
  if ("class" in groups) return { kind: "failed", failure: groups };
  return { kind: "read", groups, assigned };
}

async function assignedGroups(
  servicePrincipalID: string,
  access: EntraAccess,
  { entra }: ConfigurationPorts,
  signal: AbortSignal,
): Promise<Listing<Group>> {
  const assignments = await entra.assignments.list(access, servicePrincipalID, signal);
  if (assignments.kind === "failed") return assignments;
  const named = new Map(assignments.items.map((one) => [one.principalID, one.principalDisplayName]));
  // An assignment names its group; a rename that it has not followed would only show another name.
  const groups = [...named].map(([id, displayName]) => ({
    id,
    displayName,
    isSecurityEnabled: undefined,
    isMailEnabled: undefined,
    isSyncedFromAD: undefined,
    groupTypes: undefined,
  }));
  return { ...assignments, items: groups };
}

async function readTwice(read: () => Promise<Listing<Group>>): Promise<readonly Group[] | Failure> {
  const first = await read();
  if (first.kind !== "complete") return first.failure;
  const second = await read();
  if (second.kind !== "complete") return second.failure;
  return idsOf(first.items) === idsOf(second.items) ? second.items : DISAGREEING;
}

function idsOf(groups: readonly Group[]): string {
  return groups
    .map(({ id }) => id)
    .sort()
    .join(",");
}

const DISAGREEING: Failure = {
  class: "Wait",
  reason: "ReadingsDisagree",
  message: "Two readings of the groups in scope differ.",
  fix: "None: read again.",
};
