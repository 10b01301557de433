/**
 * Groups, members and their counts through Graph v1.0.
 * Guarantees: values inside a filter are quoted and encoded here; a batch of ids is `partial` when one part was neither found nor missing.
 */
import * as z from "zod";
import type { EntraAccess } from "../access/port.ts";
import { sendBatch } from "../call/batch.ts";
import type { Call, Operation } from "../call/caller.ts";
import type { GraphCalls } from "../call/graph-calls.ts";
import { readPages } from "../call/read-pages.ts";
import { countOf, maybeText, odataLiteral, pathOf, segment, text } from "../call/wire.ts";
import { readingAs, unreadable } from "../call/written.ts";
import { BATCH_PARTS_MAX, PAGE_SIZE } from "../limits.ts";
import type { Listing } from "../outcome.ts";
import type { Failure } from "../../runtime/failure.ts";
import { changesSince, latestDelta } from "./delta.ts";
import { group, GROUP_FIELDS, member } from "./parse-group.ts";
import type { Group, GroupPort, Member } from "./port.ts";

const read = (name: string): Operation => ({ name, bucket: "reads", isWrite: false });
const GET = read("GetGroup");
const GET_MANY = read("GetGroups");
const FIND = read("FindGroups");
const UNIT = read("ListAdministrativeUnitMembers");
const MEMBERS = read("ListGroupMembers");
const COUNT = read("CountGroupMembers");

/** Advanced queries (entra-graph reference, 10.4): answered by a store that lags behind writes. */
const EVENTUAL = { ConsistencyLevel: "eventual" } as const;

const MEMBER_FIELDS = "id,displayName,accountEnabled,securityEnabled,onPremisesSyncEnabled,onPremisesDomainName";
/** A count of 400 groups at 350 ms a call takes 2 s and not 7. */
const BATCHES_AT_ONCE = 4;

/** In no metadata that could be read (entra-graph reference, 15 and 16): asked for until a cloud refuses it. */
const UNVERIFIED_MEMBER_FIELD = "onPremisesObjectIdentifier";

const unitMember = z.object({ id: text, "@odata.type": maybeText });

export function graphGroups(calls: GraphCalls): GroupPort {
  const { caller, originOf } = calls;
  const withoutUnverified = new Set<string>();
  const find = (
    access: EntraAccess,
    query: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Listing<Group>> => {
    const path = pathOf("/groups", { ...query, $select: GROUP_FIELDS, $top: PAGE_SIZE });
    const request = { method: "GET", path, headers } as const;
    return readPages(caller, originOf, { access, operation: FIND, request, signal }, group);
  };
  const members = (access: EntraAccess, groupID: string, $select: string, signal: AbortSignal) => {
    const path = pathOf(`/groups/${segment(groupID)}/members`, { $select, $top: PAGE_SIZE });
    const request = { method: "GET", path } as const;
    return readPages(caller, originOf, { access, operation: MEMBERS, request, signal }, member);
  };
  return {
    async group(access, id, signal) {
      const path = pathOf(`/groups/${segment(id)}`, { $select: GROUP_FIELDS });
      const outcome = await caller.call({ access, operation: GET, request: { method: "GET", path }, signal });
      return readingAs(outcome, GET.name, group);
    },
    groups: (access, ids, signal) => groupsByID(calls, { access, operation: GET_MANY, signal }, ids),
    byDisplayName: (access, displayName, signal) =>
      find(access, { $filter: `displayName eq ${odataLiteral(displayName)}` }, {}, signal),
    byFilter: (access, filter, signal) => find(access, { $filter: filter, $count: "true" }, EVENTUAL, signal),
    async idsOfAdministrativeUnit(access, unitID, signal) {
      const path = pathOf(`/directory/administrativeUnits/${segment(unitID)}/members`, {
        $select: "id",
        $top: PAGE_SIZE,
      });
      const request = { method: "GET", path } as const;
      const listing = await readPages(caller, originOf, { access, operation: UNIT, request, signal }, unitMember);
      if (listing.kind === "failed") return listing;
      const items = listing.items.filter(isGroup).map(({ id }) => id);
      return { ...listing, items };
    },
    async members(access, groupID, signal): Promise<Listing<Member>> {
      if (!withoutUnverified.has(access.cloud)) {
        const full = await members(access, groupID, `${MEMBER_FIELDS},${UNVERIFIED_MEMBER_FIELD}`, signal);
        if (full.kind !== "failed" || full.failure.class !== "Permanent") return full;
        const known = await members(access, groupID, MEMBER_FIELDS, signal);
        // Refused with the property and answered without it: this cloud does not know it.
        if (known.kind !== "failed") withoutUnverified.add(access.cloud);
        return known;
      }
      return members(access, groupID, MEMBER_FIELDS, signal);
    },
    async memberCounts(access, groupIDs, signal) {
      const count = (ids: readonly string[]) =>
        sendBatch(caller, {
          access,
          operation: COUNT,
          signal,
          parts: ids.map((id) => ({
            method: "GET",
            path: `/groups/${segment(id)}/members/$count`,
            headers: EVENTUAL,
          })),
        });
      const batches = [...inBatches(groupIDs)];
      const counts: (number | undefined)[] = [];
      for (let start = 0; start < batches.length; start += BATCHES_AT_ONCE) {
        const outcomes = await Promise.all(batches.slice(start, start + BATCHES_AT_ONCE).map(count));
        for (const outcome of outcomes.flat())
          counts.push(outcome.kind === "ok" ? countOf(outcome.answer.body) : undefined);
      }
      return counts;
    },
    latest: (access, signal) => latestDelta(calls, access, signal),
    changes: (access, deltaLink, signal) => changesSince(calls, access, deltaLink, signal),
  };
}

async function groupsByID(
  { caller }: GraphCalls,
  call: Omit<Call, "request">,
  ids: readonly string[],
): Promise<Listing<Group>> {
  const items: Group[] = [];
  let failure: Failure | undefined;
  for (const some of inBatches(ids)) {
    const outcomes = await sendBatch(caller, {
      ...call,
      parts: some.map((id) => ({ method: "GET", path: pathOf(`/groups/${segment(id)}`, { $select: GROUP_FIELDS }) })),
    });
    for (const outcome of outcomes) {
      if (outcome.kind === "failed") {
        if (outcome.failure.class !== "NotFound") failure ??= outcome.failure;
        continue;
      }
      const parsed = group.safeParse(outcome.answer.body);
      if (parsed.success) items.push(parsed.data);
      else failure ??= unreadable(call.operation.name, parsed.error);
    }
  }
  return failure === undefined ? { kind: "complete", items } : { kind: "partial", items, failure };
}

function isGroup(item: z.infer<typeof unitMember>): boolean {
  return item["@odata.type"]?.toLowerCase() === "#microsoft.graph.group";
}

function* inBatches(ids: readonly string[]): Iterable<readonly string[]> {
  for (let start = 0; start < ids.length; start += BATCH_PARTS_MAX) yield ids.slice(start, start + BATCH_PARTS_MAX);
}
