/**
 * The directory of one tenant: a state machine without sockets, permissions or wire formats.
 * Guarantees: every change is in the journal and told to listeners, in order, after it took place; reads take `asOfMs`, what a lagging replica knows.
 * Never: judges who may do what (the Graph front does); changes a record in place.
 */
import type { WorldClock, WorldDice } from "../core/clock.ts";
import { Journal } from "./changes.ts";
import type { DirectoryEvent } from "./changes.ts";
import { assignmentIDFrom, uuidFrom } from "./ids.ts";
import { Lifetimes } from "./lifetimes.ts";
import type { Numbered } from "./lifetimes.ts";
import type {
  AppRoleAssignment,
  DirectoryApplication,
  DirectoryKind,
  DirectoryObject,
  DirectoryServicePrincipal,
  ObjectOf,
  SubscribedSku,
} from "./objects.ts";

/** Soft-deleted objects are gone for good after 30 days (G1:directory-deleteditems-list). */
export const RESTORABLE_MS = 30 * 24 * 3_600_000;
/** The app role that stands for "no role": the default access of an application without roles (Graph, appRoleAssignment). */
export const DEFAULT_ACCESS_ROLE = "00000000-0000-0000-0000-000000000000";

/** A refusal of the directory itself, which the front translates. */
export class DirectoryRefusal extends Error {
  override readonly name = "DirectoryRefusal";
  readonly reason: "Missing" | "Exists" | "Invalid";
  constructor(reason: DirectoryRefusal["reason"], message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface DirectoryParts {
  readonly clock: WorldClock;
  readonly dice: WorldDice;
}

export class EntraDirectory {
  readonly tenantID: string;
  readonly journal = new Journal();
  /** Licences, as bought. A layout or a test may replace them. */
  subscribedSkus: readonly SubscribedSku[] = [];
  readonly #clock: WorldClock;
  readonly #dice: WorldDice;
  readonly #objects = new Lifetimes<DirectoryObject>();
  readonly #byKind = new Map<DirectoryKind, Lifetimes<DirectoryObject>>();
  readonly #deleted = new Lifetimes<DirectoryObject>();
  readonly #members = new Map<string, Lifetimes<string>>();
  readonly #assignedTo = new Map<string, Lifetimes<AppRoleAssignment>>();
  /** Assignment ids by principal. */
  readonly #assignedBy = new Map<string, Map<string, string>>();

  constructor(tenantID: string, { clock, dice }: DirectoryParts) {
    this.tenantID = tenantID;
    this.#clock = clock;
    this.#dice = dice;
  }

  /** In the form of Entra's ids, never handed out before. */
  newID(): string {
    return uuidFrom(this.#dice);
  }

  object(id: string, asOfMs?: number): DirectoryObject | undefined {
    return this.#objects.get(id, asOfMs);
  }

  /** The object when it is of that kind. */
  get<Kind extends DirectoryKind>(kind: Kind, id: string, asOfMs?: number): ObjectOf<Kind> | undefined {
    const object = this.#objects.get(id, asOfMs);
    return object !== undefined && isOfKind(object, kind) ? object : undefined;
  }

  list<Kind extends DirectoryKind>(kind: Kind, asOfMs?: number): readonly Numbered<ObjectOf<Kind>>[] {
    const held = this.#byKind.get(kind)?.numbered(asOfMs) ?? [];
    return held.flatMap(({ sequence, value }) => (isOfKind(value, kind) ? [{ sequence, value }] : []));
  }

  count(kind: DirectoryKind): number {
    return this.#byKind.get(kind)?.size ?? 0;
  }

  servicePrincipalOfApp(appId: string, asOfMs?: number): DirectoryServicePrincipal | undefined {
    return this.list("servicePrincipal", asOfMs).find(({ value }) => value.appId === appId)?.value;
  }

  applicationOfApp(appId: string, asOfMs?: number): DirectoryApplication | undefined {
    return this.list("application", asOfMs).find(({ value }) => value.appId === appId)?.value;
  }

  deleted(id: string): DirectoryObject | undefined {
    return this.#deleted.get(id);
  }

  deletedOf<Kind extends DirectoryKind>(kind: Kind): readonly Numbered<ObjectOf<Kind>>[] {
    return this.#deleted
      .numbered()
      .flatMap(({ sequence, value }) => (isOfKind(value, kind) ? [{ sequence, value }] : []));
  }

  /** @throws DirectoryRefusal when the id is taken */
  create(object: DirectoryObject): void {
    if (this.#objects.has(object.id)) throw new DirectoryRefusal("Exists", `${object.id} exists`);
    this.#put(object);
    this.#tell({ kind: "created", objectKind: object.kind, id: object.id });
  }

  /** Members of the record are replaced by those of `change`. @throws DirectoryRefusal for an unknown object */
  update<Kind extends DirectoryKind>(
    kind: Kind,
    id: string,
    change: Partial<Omit<ObjectOf<Kind>, "kind" | "id">>,
  ): ObjectOf<Kind> {
    const changed: ObjectOf<Kind> = { ...this.#known(kind, id), ...change };
    this.#put(changed);
    this.#tell({ kind: "updated", objectKind: kind, id });
    return changed;
  }

  /**
   * Deletes an object with its assignments on both sides; memberships of others in it and of it in others end as well.
   * `soft`: it can be restored for 30 days, its own members kept. Assignments do not come back [I].
   */
  remove(id: string, { isSoft }: { readonly isSoft: boolean }): void {
    const object = this.#objects.get(id);
    if (object === undefined) throw new DirectoryRefusal("Missing", `${id} does not exist`);
    const nowMs = this.#clock.nowMs();
    for (const assignment of [...this.assignedTo(id), ...this.assignmentsOf(id)]) this.unassign(assignment.id);
    for (const groupId of this.groupsOf(id)) this.removeMember(groupId, id);
    this.#objects.end(id, nowMs);
    this.#byKind.get(object.kind)?.end(id, nowMs);
    if (isSoft) {
      this.#deleted.put(id, { ...object, deletedMs: nowMs }, nowMs);
      this.#clock.schedule(RESTORABLE_MS, () => this.#expire(id, nowMs));
    } else {
      this.#members.delete(id);
    }
    this.#tell({ kind: isSoft ? "softDeleted" : "deleted", objectKind: object.kind, id });
  }

  restore(id: string): DirectoryObject {
    const nowMs = this.#clock.nowMs();
    const object = this.#deleted.end(id, nowMs);
    if (object === undefined) throw new DirectoryRefusal("Missing", `${id} is not among the deleted items`);
    const { deletedMs: _gone, ...restored } = { deletedMs: undefined, ...object };
    this.#put(restored);
    this.#tell({ kind: "restored", objectKind: restored.kind, id });
    return restored;
  }

  /** Takes a soft-deleted object away for good, as a person or the 30 days do. */
  purge(id: string): void {
    const object = this.#deleted.end(id, this.#clock.nowMs());
    if (object === undefined) throw new DirectoryRefusal("Missing", `${id} is not among the deleted items`);
    this.#members.delete(id);
    this.#tell({ kind: "deleted", objectKind: object.kind, id });
  }

  /** Object ids of a group's direct members. */
  members(groupId: string, asOfMs?: number): readonly Numbered<string>[] {
    return this.#members.get(groupId)?.numbered(asOfMs) ?? [];
  }

  memberCount(groupId: string): number {
    return this.#members.get(groupId)?.size ?? 0;
  }

  isMember(groupId: string, memberId: string): boolean {
    return this.#members.get(groupId)?.has(memberId) ?? false;
  }

  /** Groups of which the object is a direct member. */
  groupsOf(memberId: string): readonly string[] {
    return [...this.#members].filter(([, members]) => members.has(memberId)).map(([groupId]) => groupId);
  }

  /** @returns false when it was a member already */
  addMember(groupId: string, memberId: string): boolean {
    this.#known("group", groupId);
    if (this.#objects.get(memberId) === undefined) throw new DirectoryRefusal("Missing", `${memberId} does not exist`);
    const members = this.#members.get(groupId) ?? new Lifetimes<string>();
    this.#members.set(groupId, members);
    if (members.has(memberId)) return false;
    members.put(memberId, memberId, this.#clock.nowMs());
    this.#tell({ kind: "memberAdded", groupId, memberId });
    return true;
  }

  /** @returns false when it was no member */
  removeMember(groupId: string, memberId: string): boolean {
    if (this.#members.get(groupId)?.end(memberId, this.#clock.nowMs()) === undefined) return false;
    this.#tell({ kind: "memberRemoved", groupId, memberId });
    return true;
  }

  /** Assignments on a service principal: who has its roles. */
  assignedTo(servicePrincipalId: string, asOfMs?: number): readonly AppRoleAssignment[] {
    return this.#assignedTo.get(servicePrincipalId)?.list(asOfMs) ?? [];
  }

  numberedAssignedTo(servicePrincipalId: string, asOfMs?: number): readonly Numbered<AppRoleAssignment>[] {
    return this.#assignedTo.get(servicePrincipalId)?.numbered(asOfMs) ?? [];
  }

  /** Assignments of a principal: what roles it has, anywhere. */
  assignmentsOf(principalId: string): readonly AppRoleAssignment[] {
    const ids = [...(this.#assignedBy.get(principalId) ?? [])];
    return ids.flatMap(([id, resourceId]) => this.#assignedTo.get(resourceId)?.get(id) ?? []);
  }

  assignment(servicePrincipalId: string, id: string, asOfMs?: number): AppRoleAssignment | undefined {
    return this.#assignedTo.get(servicePrincipalId)?.get(id, asOfMs);
  }

  /** @throws DirectoryRefusal when principal, resource or role is unknown, or the same assignment is there */
  assign({ principalId, resourceId, appRoleId }: AssignmentRequest): AppRoleAssignment {
    const resource = this.#known("servicePrincipal", resourceId);
    const principal = this.#objects.get(principalId);
    const principalType = principal === undefined ? undefined : PRINCIPAL_TYPES[principal.kind];
    if (principal === undefined || principalType === undefined)
      throw new DirectoryRefusal("Missing", `Principal ${principalId} does not exist`);
    const isRole = resource.appRoles.some(({ id, isEnabled }) => id === appRoleId && isEnabled);
    if (!isRole && !(appRoleId === DEFAULT_ACCESS_ROLE && resource.appRoles.length === 0))
      throw new DirectoryRefusal("Invalid", `Permission ${appRoleId} was not found on application ${resourceId}`);
    const held = this.assignmentsOf(principalId);
    if (held.some((one) => one.resourceId === resourceId && one.appRoleId === appRoleId))
      throw new DirectoryRefusal("Exists", "Permission being assigned already exists on the object");
    const nowMs = this.#clock.nowMs();
    const assignment: AppRoleAssignment = {
      id: assignmentIDFrom(this.#dice),
      appRoleId,
      principalId,
      principalType,
      principalDisplayName: principal.displayName,
      resourceId,
      resourceDisplayName: resource.displayName,
      createdMs: nowMs,
    };
    const onResource = this.#assignedTo.get(resourceId) ?? new Lifetimes<AppRoleAssignment>();
    onResource.put(assignment.id, assignment, nowMs);
    this.#assignedTo.set(resourceId, onResource);
    const ofPrincipal = this.#assignedBy.get(principalId) ?? new Map<string, string>();
    ofPrincipal.set(assignment.id, resourceId);
    this.#assignedBy.set(principalId, ofPrincipal);
    this.#tell({ kind: "assigned", assignment });
    return assignment;
  }

  /** @returns false when there is no such assignment */
  unassign(id: string): boolean {
    for (const onResource of this.#assignedTo.values()) {
      const assignment = onResource.end(id, this.#clock.nowMs());
      if (assignment === undefined) continue;
      this.#assignedBy.get(assignment.principalId)?.delete(id);
      this.#tell({ kind: "unassigned", assignment });
      return true;
    }
    return false;
  }

  #known<Kind extends DirectoryKind>(kind: Kind, id: string): ObjectOf<Kind> {
    const object = this.get(kind, id);
    if (object === undefined) throw new DirectoryRefusal("Missing", `${kind} ${id} does not exist`);
    return object;
  }

  #put(object: DirectoryObject): void {
    const nowMs = this.#clock.nowMs();
    const ofKind = this.#byKind.get(object.kind) ?? new Lifetimes<DirectoryObject>();
    this.#byKind.set(object.kind, ofKind);
    ofKind.put(object.id, object, nowMs);
    this.#objects.put(object.id, object, nowMs);
  }

  #expire(id: string, deletedMs: number): void {
    const object = this.#deleted.get(id);
    if (object?.deletedMs === deletedMs) this.purge(id);
  }

  #tell(event: DirectoryEvent): void {
    this.journal.append(event, this.#clock.nowMs());
  }
}

export interface AssignmentRequest {
  readonly principalId: string;
  readonly resourceId: string;
  readonly appRoleId: string;
}

const PRINCIPAL_TYPES: Partial<Readonly<Record<DirectoryKind, AppRoleAssignment["principalType"]>>> = {
  user: "User",
  group: "Group",
  servicePrincipal: "ServicePrincipal",
};

function isOfKind<Kind extends DirectoryKind>(object: DirectoryObject, kind: Kind): object is ObjectOf<Kind> {
  return object.kind === kind;
}
