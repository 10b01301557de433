/**
 * Lists a configuration's assignments completely, and a second time when confirmed ones are missing.
 * Guarantees: a list of which a page failed, or that shrank without a second one agreeing, is unread and changes nothing (S5, S6).
 */
import type { EntraAccess } from "../../entra/access/port.ts";
import type { AppRoleAssignment } from "../../entra/assignments/port.ts";
import type { EntraPorts } from "../../entra/entra-port.ts";
import { sentenceOf } from "../../runtime/failure.ts";
import { scopeRole } from "../../sync/scope/app-role.ts";
import { REPLICA_LAG_MS } from "../../sync/scope/additions.ts";
import { entriesOf, type Ledger } from "../../sync/scope/ledger.ts";
import type { Hold } from "../../sync/scope/snapshot.ts";
import { pagesOf, settleRecent, type WriterMemory } from "./writer-memory.ts";

export interface ListQuestion {
  readonly entra: EntraPorts;
  readonly access: EntraAccess;
  readonly servicePrincipalID: string;
  readonly memory: WriterMemory;
  /** What is known to be ours; absent while the ledger is not read. */
  readonly ledger: Ledger | undefined;
  readonly nowMs: number;
  readonly monotonicMs: () => number;
}

const ROLE_MS = 24 * 3_600_000;

/** `undefined` when the list in memory is complete and current. */
export async function refreshList(question: ListQuestion, signal: AbortSignal): Promise<Hold | undefined> {
  const { memory, monotonicMs } = question;
  const role = await roleID(question, signal);
  if (typeof role !== "string") return role;
  const sinceMs = monotonicMs();
  const first = await read(question, role, signal);
  if (!(first instanceof Map)) return first;
  const missing = missingOf(question, first);
  if ([...missing].some((id) => !memory.missing.has(id))) {
    const second = await read(question, role, signal);
    if (!(second instanceof Map)) return second;
    if (second.size !== first.size || [...first.keys()].some((id) => !second.has(id))) return SHRANK;
  }
  memory.missing = new Map([...missing].map((id) => [id, memory.missing.get(id) ?? sinceMs]));
  memory.list = { byGroup: first, pages: pagesOf(first.size), atMs: sinceMs };
  memory.isListWanted = false;
  settleRecent(memory, monotonicMs());
  return undefined;
}

const SHRANK: Hold = {
  reason: "ListShrankWithoutAgreement",
  message:
    "Assignments are missing from a complete list that a second one shows. Nothing is written until two lists agree.",
};

export async function roleID(
  { entra, access, servicePrincipalID, memory, monotonicMs }: ListQuestion,
  signal: AbortSignal,
): Promise<string | Hold> {
  const known = memory.role;
  if (known?.servicePrincipalID === servicePrincipalID && monotonicMs() - known.atMs < ROLE_MS) return known.id;
  const reading = await entra.applications.servicePrincipal(access, servicePrincipalID, signal);
  if (reading.kind === "missing")
    return {
      reason: "ServicePrincipalNotFound",
      message: `Graph does not know the service principal ${servicePrincipalID} of the configuration. It is asked again.`,
    };
  if (reading.kind === "failed") return { reason: reading.failure.reason, message: sentenceOf(reading.failure) };
  const role = scopeRole(access.cloud, reading.value.appRoles);
  if (role.kind === "mismatch") return { reason: "AppRoleMismatch", message: role.message };
  memory.role = { servicePrincipalID, id: role.id, atMs: monotonicMs() };
  return role.id;
}

async function read(
  { entra, access, servicePrincipalID }: ListQuestion,
  role: string,
  signal: AbortSignal,
): Promise<Map<string, AppRoleAssignment> | Hold> {
  const listing = await entra.assignments.list(access, servicePrincipalID, signal);
  if (listing.kind !== "complete")
    return {
      reason: listing.kind === "partial" ? "ListIncomplete" : listing.failure.reason,
      message: `The assignments of the configuration were not read completely, so nothing is concluded from them. ${sentenceOf(listing.failure)}`,
    };
  const ofGroups = listing.items.filter(
    ({ principalType, appRoleID }) => principalType.toLowerCase() === "group" && appRoleID.toLowerCase() === role,
  );
  return new Map(ofGroups.map((assignment) => [assignment.principalID, assignment]));
}

/** Confirmed ones that the list does not show, and that nobody here removed just now. */
function missingOf(
  { ledger, memory, nowMs }: ListQuestion,
  list: ReadonlyMap<string, AppRoleAssignment>,
): ReadonlySet<string> {
  if (ledger === undefined) return new Set();
  const missing = new Set<string>();
  for (const [groupID, entry] of entriesOf(ledger)) {
    const isOld = nowMs - entry.sinceMs >= REPLICA_LAG_MS;
    if (entry.isConfirmed && isOld && !list.has(groupID) && memory.recent.get(groupID) === undefined)
      missing.add(groupID);
  }
  return missing;
}
