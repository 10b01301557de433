/**
 * Reads how large the tenant is and how many members the admitted groups have, for an edit that reaches into scope mode All.
 * Guarantees: bounded calls a pass, so counting 20,000 groups takes a few passes; each group is counted once for an edit.
 */
import type { EntraAccess } from "../../entra/access/port.ts";
import type { Failure } from "../../runtime/failure.ts";
import { admittedBy, groupsToCount, reachesIntoAll } from "../../sync/configuration/all-scope.ts";
import type { Assessment } from "../../sync/configuration/assessment.ts";
import type { AllScopeReading, Population } from "../../sync/configuration/snapshot.ts";
import type { ConfigurationMemory } from "./memory.ts";
import type { ConfigurationPorts } from "./ports.ts";

/** A hundred batches of 20, of which some are on the way at once: well within a pass. */
const COUNTS_A_PASS = 2_000;

interface About {
  readonly access: EntraAccess;
  readonly uid: string;
  readonly memory: ConfigurationMemory;
}

/** `undefined`: the edit does not reach into mode All, and what was counted for another is forgotten. */
export async function readAllScope(
  found: Assessment | undefined,
  population: Population | undefined,
  { access, uid, memory }: About,
  ports: ConfigurationPorts,
  signal: AbortSignal,
): Promise<AllScopeReading | undefined> {
  if (found?.edit === undefined || !reachesIntoAll(found.edit)) {
    memory.dropMemberCounts(uid);
    return undefined;
  }
  if (population?.kind !== "read") return population;
  const { tenant, groups } = ports.entra;
  const [users, all] = await Promise.all([
    tenant.count(access, "users", signal),
    tenant.count(access, "groups", signal),
  ]);
  if (users.kind !== "found") return { kind: "failed", failure: users.kind === "failed" ? users.failure : NO_COUNT };
  if (all.kind !== "found") return { kind: "failed", failure: all.kind === "failed" ? all.failure : NO_COUNT };
  const admitted = admittedBy(found.edit.after.filters, population.groups ?? []);
  const counts = memory.memberCounts(uid);
  const due = groupsToCount(admitted)
    .filter((id) => !counts.has(id))
    .slice(0, COUNTS_A_PASS);
  const answers = due.length === 0 ? [] : await groups.memberCounts(access, due, signal);
  due.forEach((id, index) => {
    const members = answers[index];
    if (members !== undefined) counts.set(id, members);
  });
  const size = { users: users.value, groups: all.value };
  return { kind: "read", scope: { size, ...admitted, membersOf: (id) => counts.get(id) } };
}

const NO_COUNT: Failure = {
  class: "NotFound",
  reason: "NotCounted",
  message: "Entra does not say how many users or groups the tenant has.",
  fix: "None: asked again.",
};
