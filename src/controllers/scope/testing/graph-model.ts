/**
 * A small Entra in memory, for tests of the loops before the world's one: groups, assignments, delta, faults by hand.
 * Guarantees: one assignment a group and role, as Graph [I]; everything that was written is in the log with its time.
 */
import type { EntraAccess } from "../../../entra/access/port.ts";
import type { AppRoleAssignment, Assigned } from "../../../entra/assignments/port.ts";
import type { EntraPorts } from "../../../entra/entra-port.ts";
import type { Group, GroupChange, Member } from "../../../entra/groups/port.ts";
import type { Listing, Written } from "../../../entra/outcome.ts";
import type { Failure } from "../../../runtime/failure.ts";
import { SCOPE_APP_ROLES } from "../../../sync/scope/app-role.ts";
import { matchOf } from "../../../sync/scope/filter.ts";
import { parseFilter } from "../../../sync/scope/parse-filter.ts";

export const SERVICE_PRINCIPAL = "5e000000-0000-4000-8000-000000000001";
export const ROLE = SCOPE_APP_ROLES.Public;

export type ListFault = "none" | "pageFails" | "laterPageEmpty" | "allEmpty" | "denied";
/** `lost`: done, but the answer did not arrive; `throttled` for so long; `refused404`: the replica does not know the group yet. */
export type WriteFault = "none" | "lost" | "lostBefore" | "refused404" | { readonly throttledMs: number };

export interface GraphLog {
  readonly call: string;
  readonly atMs: number;
  readonly groupID?: string;
  readonly assignmentID?: string;
}

export interface GraphModel {
  readonly ports: EntraPorts;
  readonly groups: Map<string, Group>;
  readonly memberCounts: Map<string, number>;
  readonly members: Map<string, readonly Member[]>;
  /** Group ids by administrative unit. */
  readonly units: Map<string, readonly string[]>;
  readonly assignments: Map<string, AppRoleAssignment>; // by assignment id
  readonly log: GraphLog[];
  faults: {
    selector: ListFault;
    units: ListFault;
    members: ListFault;
    assignments: ListFault;
    post: (groupID: string) => WriteFault;
    remove: (assignmentID: string) => WriteFault;
    quarantine: string | undefined;
    jobsFail: boolean;
    down: boolean;
    /** Called after each write took effect and before it answers; may throw to end the process. */
    afterWrite: () => void;
  };
  put(displayName: string, facts?: Partial<Group>, id?: string): string;
  delete(id: string): void;
  rename(id: string, displayName: string): void;
  /** As a person in the portal. */
  assignByHand(groupID: string): string;
  unassignByHand(groupID: string): void;
  /** Delta tokens that were given until now are answered as too old. */
  expireTokens(): void;
  assigned(): readonly string[];
  calls(since?: number): readonly string[];
}

const FAILED: Failure = {
  class: "Transient",
  reason: "GraphUnavailable",
  message: "Graph does not answer.",
  fix: "None: it is asked again.",
};

const DENIED: Failure = {
  class: "Denied",
  reason: "PermissionMissing",
  message: "Graph refused the call.",
  fix: "Grant GroupMember.Read.All.",
};

export function graphModel(nowMs: () => number): GraphModel {
  const groups = new Map<string, Group>();
  const assignments = new Map<string, AppRoleAssignment>();
  const memberCounts = new Map<string, number>();
  const members = new Map<string, readonly Member[]>();
  const units = new Map<string, readonly string[]>();
  const log: GraphLog[] = [];
  const changes: GroupChange[] = [];
  let made = 0;
  let tokenAge = 0;
  const token = (): string => `${tokenAge}/${changes.length}`;
  const note = (call: string, more: Omit<GraphLog, "call" | "atMs"> = {}): void =>
    void log.push({ call, atMs: nowMs(), ...more });
  const id = (prefix: string): string => `${prefix}-0000-4000-8000-${String((made += 1)).padStart(12, "0")}`;
  const touch = (groupID: string, kind: GroupChange["kind"] = "changed"): void =>
    void changes.push({ id: groupID, kind });
  const listing = <Item>(items: readonly Item[], fault: ListFault): Listing<Item> => {
    if (model.faults.down) return { kind: "failed", failure: FAILED };
    switch (fault) {
      case "none":
        return { kind: "complete", items };
      case "denied":
        return { kind: "failed", failure: DENIED };
      case "pageFails":
        return { kind: "partial", items: items.slice(0, Math.ceil(items.length / 2)), failure: FAILED };
      case "laterPageEmpty":
        return { kind: "complete", items: items.slice(0, Math.ceil(items.length / 2)) };
      case "allEmpty":
        return { kind: "complete", items: [] };
    }
  };
  /** Assignment ids by group; what is not in `assignments` any more is not there. */
  const idOf = new Map<string, string>();
  const byGroup = (groupID: string): AppRoleAssignment | undefined => assignments.get(idOf.get(groupID) ?? "");
  const grant = (groupID: string): AppRoleAssignment => {
    const assignment: AppRoleAssignment = {
      id: id("a5510000"),
      appRoleID: ROLE,
      principalID: groupID,
      principalType: "Group",
      principalDisplayName: groups.get(groupID)?.displayName ?? "",
      createdAtMs: nowMs(),
    };
    assignments.set(assignment.id, assignment);
    idOf.set(groupID, assignment.id);
    return assignment;
  };

  const ports = {
    access: {
      resolve: (_tenant: object, credential: { type: string }) =>
        credential.type === "None" ? { kind: "none" } : { kind: "granted", access: ACCESS },
    },
    applications: {
      servicePrincipal: () => {
        note("servicePrincipal");
        if (model.faults.down) return Promise.resolve({ kind: "failed", failure: FAILED });
        const appRoles = [{ id: ROLE, displayName: "User", value: undefined, isEnabled: true }];
        return Promise.resolve({
          kind: "found",
          value: { id: SERVICE_PRINCIPAL, appID: "", displayName: "", applicationTemplateID: undefined, appRoles },
        });
      },
    },
    jobs: {
      list: () => {
        note("jobs");
        if (model.faults.jobsFail || model.faults.down) return Promise.resolve({ kind: "failed", failure: FAILED });
        const { quarantine } = model.faults;
        const status = {
          code: quarantine === undefined ? "Active" : "Quarantine",
          quarantine: quarantine === undefined ? undefined : { reason: quarantine },
        };
        return Promise.resolve({ kind: "complete", items: [{ id: "job", status }] });
      },
    },
    assignments: {
      list: () => {
        note("listAssignments");
        return Promise.resolve(listing([...assignments.values()], model.faults.assignments));
      },
      assign: (_access: EntraAccess, { groupIDs }: { readonly groupIDs: readonly string[] }) => {
        note("assign");
        if (groupIDs.length > 20) throw new Error("more than 20 in a batch");
        return Promise.resolve(
          groupIDs.map((groupID): Assigned => {
            const fault = model.faults.down ? "lostBefore" : model.faults.post(groupID);
            if (typeof fault === "object")
              return {
                kind: "refused",
                failure: { ...FAILED, class: "Throttled", reason: "Throttled", retryAfterMs: fault.throttledMs },
              };
            if (fault === "lostBefore") return { kind: "unknown", failure: FAILED };
            if (fault === "refused404" || !groups.has(groupID))
              return { kind: "refused", failure: { ...FAILED, class: "NotFound", reason: "NotFound" } };
            if (byGroup(groupID) !== undefined) return { kind: "exists" };
            const assignment = grant(groupID);
            note("POST", { groupID, assignmentID: assignment.id });
            model.faults.afterWrite();
            return fault === "lost" ? { kind: "unknown", failure: FAILED } : { kind: "done", assignment };
          }),
        );
      },
      remove: (_access: EntraAccess, { assignmentIDs }: { readonly assignmentIDs: readonly string[] }) => {
        note("remove");
        return Promise.resolve(
          assignmentIDs.map((assignmentID): Written => {
            const fault = model.faults.down ? "lostBefore" : model.faults.remove(assignmentID);
            if (typeof fault === "object")
              return {
                kind: "refused",
                failure: { ...FAILED, class: "Throttled", reason: "Throttled", retryAfterMs: fault.throttledMs },
              };
            if (fault === "lostBefore") return { kind: "unknown", failure: FAILED };
            const gone = assignments.get(assignmentID);
            if (gone !== undefined) {
              assignments.delete(assignmentID);
              note("DELETE", { groupID: gone.principalID, assignmentID });
              model.faults.afterWrite();
            }
            return fault === "lost" ? { kind: "unknown", failure: FAILED } : { kind: "done", value: undefined };
          }),
        );
      },
    },
    groups: {
      groups: (_access: EntraAccess, ids: readonly string[]) => {
        for (let start = 0; start < ids.length; start += 20) note("groups");
        return Promise.resolve(
          listing(
            ids.flatMap((one) => groups.get(one) ?? []),
            "none",
          ),
        );
      },
      byDisplayName: (_access: EntraAccess, displayName: string) => {
        note("byDisplayName");
        return Promise.resolve(
          listing(
            [...groups.values()].filter((group) => group.displayName.toLowerCase() === displayName.toLowerCase()),
            "none",
          ),
        );
      },
      byFilter: (_access: EntraAccess, filter: string) => {
        note("byFilter");
        const parsed = parseFilter(filter);
        if (parsed.kind === "refused") throw new Error(parsed.message);
        return Promise.resolve(
          listing(
            [...groups.values()].filter((group) => matchOf(parsed.filter, group) === "yes"),
            model.faults.selector,
          ),
        );
      },
      idsOfAdministrativeUnit: (_access: EntraAccess, unitID: string) => {
        note("unit");
        return Promise.resolve(listing(units.get(unitID) ?? [], model.faults.units));
      },
      members: (_access: EntraAccess, groupID: string) => {
        note("members");
        return Promise.resolve(listing(members.get(groupID) ?? [], model.faults.members));
      },
      memberCounts: (_access: EntraAccess, ids: readonly string[]) => {
        for (let start = 0; start < ids.length; start += 20) note("memberCounts");
        return Promise.resolve(ids.map((one) => (model.faults.down ? undefined : (memberCounts.get(one) ?? 3))));
      },
      latest: () => {
        note("latest");
        return Promise.resolve(
          model.faults.down ? { kind: "failed", failure: FAILED } : { kind: "found", value: token() },
        );
      },
      changes: (_access: EntraAccess, deltaLink: string) => {
        note("changes");
        if (model.faults.down) return Promise.resolve({ kind: "failed", failure: FAILED });
        const [age, seen] = deltaLink.split("/").map(Number);
        if (age !== tokenAge) return Promise.resolve({ kind: "restarted" });
        return Promise.resolve({ kind: "read", changes: changes.slice(seen), deltaLink: token() });
      },
    },
  };

  const model: GraphModel = {
    // A model answers what these loops ask; any other call is a member that is not there, and ends the test.
    ports: ports as unknown as EntraPorts,
    groups,
    memberCounts,
    members,
    units,
    assignments,
    log,
    faults: {
      selector: "none",
      units: "none",
      members: "none",
      assignments: "none",
      post: () => "none",
      remove: () => "none",
      quarantine: undefined,
      jobsFail: false,
      down: false,
      afterWrite: () => undefined,
    },
    put(displayName, facts = {}, given) {
      const groupID = given ?? id("90000000");
      groups.set(groupID, {
        id: groupID,
        displayName,
        isSecurityEnabled: true,
        isMailEnabled: false,
        isSyncedFromAD: undefined,
        groupTypes: [],
        ...facts,
      });
      touch(groupID);
      return groupID;
    },
    delete(groupID) {
      groups.delete(groupID);
      const assignment = byGroup(groupID);
      if (assignment !== undefined) assignments.delete(assignment.id);
      touch(groupID, "removed");
    },
    rename(groupID, displayName) {
      const group = groups.get(groupID);
      if (group !== undefined) groups.set(groupID, { ...group, displayName });
      touch(groupID);
    },
    assignByHand: (groupID) => grant(groupID).id,
    unassignByHand(groupID) {
      const assignment = byGroup(groupID);
      if (assignment !== undefined) assignments.delete(assignment.id);
    },
    expireTokens: () => void (tokenAge += 1),
    assigned: () => [...assignments.values()].map(({ principalID }) => principalID).sort(),
    calls: (since = 0) =>
      log
        .slice(since)
        .filter(({ call }) => call !== "POST" && call !== "DELETE")
        .map(({ call }) => call),
  };
  return model;
}

const ACCESS: EntraAccess = {
  cloud: "Public",
  tenantID: "6b29fc40-ca47-4067-b31d-00dd010662da",
  clientID: "9c8f0a52-9c3c-4b59-8f3f-6f4a5f6a7b10",
  proof: { kind: "operator" },
};
