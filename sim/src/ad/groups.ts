/**
 * The group objects of one domain that Entra provisions, or could match.
 * Guarantees: a name is taken once in its container, a sAMAccountName once in the domain; SIDs are never used twice, so a group that was deleted
 * and made again is another one to AD; references go with the object they name.
 * Never: asks for rights (group-writer.ts does).
 */
import { createHash } from "node:crypto";
import type { GroupObjectLayout } from "../layout/group-objects.ts";
import { escapedName, fold, parent } from "./distinguished-name.ts";

/** Attributes with text values, by their names in AD: `cn`, `displayName`, `msDS-ExternalDirectoryObjectId`, ... */
export type GroupAttributes = Readonly<Record<string, string>>;
export const ANCHOR_ATTRIBUTE = "msDS-ExternalDirectoryObjectId";

export interface GroupObject {
  readonly objectGUID: string;
  readonly sid: string;
  readonly distinguishedName: string;
  readonly container: string;
  readonly attributes: GroupAttributes;
  readonly hasHiddenMembers: boolean;
}

export interface NewGroup {
  readonly container: string;
  readonly attributes: GroupAttributes;
}

/** AD's own words for "entryAlreadyExists" and for a sAMAccountName that is not unique. */
export type NameProblem = "NameTaken" | "AccountNameTaken";

/** The first RID of new groups: above those of hand-made objects in layouts. */
const FIRST_RID = 10_000;

export class GroupObjects {
  readonly #dnsName: string;
  readonly #groups = new Map<string, GroupObject>();
  readonly #members = new Map<string, Set<string>>();
  readonly #byAnchor = new Map<string, Set<string>>();
  readonly #byName = new Map<string, string>();
  readonly #byAccountName = new Map<string, string>();
  #made = 0;

  constructor(dnsName: string, layout: readonly GroupObjectLayout[]) {
    this.#dnsName = dnsName;
    for (const { distinguishedName, anchor, sid, objectGUID, memberGUIDs, hasHiddenMembers } of layout) {
      const attributes = { [ANCHOR_ATTRIBUTE]: anchor };
      const container = parent(distinguishedName);
      this.#put({
        objectGUID,
        sid,
        distinguishedName,
        container,
        attributes,
        hasHiddenMembers: hasHiddenMembers ?? false,
      });
      this.#members.set(objectGUID, new Set(memberGUIDs.map(fold)));
    }
  }

  get(objectGUID: string): GroupObject | undefined {
    return this.#groups.get(objectGUID);
  }

  list(): readonly GroupObject[] {
    return [...this.#groups.values()];
  }

  /** Groups that carry a value; the anchor is indexed, as in AD. */
  having(attribute: string, value: string): readonly GroupObject[] {
    if (attribute !== ANCHOR_ATTRIBUTE) return this.list().filter(({ attributes }) => attributes[attribute] === value);
    return [...(this.#byAnchor.get(value) ?? [])].flatMap((guid) => this.#groups.get(guid) ?? []);
  }

  /** objectGUIDs of direct members, folded. */
  members(objectGUID: string): ReadonlySet<string> {
    return this.#members.get(objectGUID) ?? new Set();
  }

  nameProblem({ container, attributes }: NewGroup, except?: string): NameProblem | undefined {
    const holder = this.#byName.get(fold(nameIn(container, attributes)));
    if (holder !== undefined && holder !== except) return "NameTaken";
    const accountName = attributes["sAMAccountName"];
    const owner = accountName === undefined ? undefined : this.#byAccountName.get(fold(accountName));
    return owner !== undefined && owner !== except ? "AccountNameTaken" : undefined;
  }

  /** A group without a sAMAccountName gets one that AD invents (entra-graph reference, 4). @throws RangeError when a name is taken */
  create(group: NewGroup): GroupObject {
    const problem = this.nameProblem(group);
    if (problem !== undefined) throw new RangeError(`${problem}: ${nameIn(group.container, group.attributes)}`);
    this.#made += 1;
    const digest = createHash("sha256").update(`${this.#dnsName} ${this.#made}`).digest("hex");
    const created: GroupObject = {
      objectGUID: guidFrom(digest),
      sid: `${domainSID(this.#dnsName)}-${FIRST_RID + this.#made}`,
      container: group.container,
      distinguishedName: nameIn(group.container, group.attributes),
      attributes: { sAMAccountName: inventedName(digest), ...group.attributes },
      hasHiddenMembers: false,
    };
    this.#put(created);
    return created;
  }

  /** Replaces the attributes and, where container or cn differ, moves or renames. @throws RangeError for an unknown group or a taken name */
  change(objectGUID: string, { container, attributes }: NewGroup): GroupObject {
    const held = this.#known(objectGUID);
    const problem = this.nameProblem({ container, attributes }, objectGUID);
    if (problem !== undefined) throw new RangeError(`${problem}: ${nameIn(container, attributes)}`);
    this.#forget(held);
    const changed = { ...held, container, attributes, distinguishedName: nameIn(container, attributes) };
    this.#put(changed);
    return changed;
  }

  setMembers(objectGUID: string, memberGUIDs: Iterable<string>): void {
    this.#known(objectGUID);
    this.#members.set(objectGUID, new Set(memberGUIDs));
  }

  addMember(objectGUID: string, memberGUID: string): void {
    this.#known(objectGUID);
    const members = this.#members.get(objectGUID) ?? new Set<string>();
    members.add(memberGUID);
    this.#members.set(objectGUID, members);
  }

  remove(objectGUID: string): void {
    const held = this.#groups.get(objectGUID);
    if (held === undefined) return;
    this.#forget(held);
    this.#groups.delete(objectGUID);
    this.#members.delete(objectGUID);
    this.removeReferences(objectGUID);
  }

  /** Linked attributes: a deleted object is in no group any more. */
  removeReferences(objectGUID: string): void {
    for (const members of this.#members.values()) members.delete(objectGUID);
  }

  #known(objectGUID: string): GroupObject {
    const held = this.#groups.get(objectGUID);
    if (held === undefined) throw new RangeError(`there is no group ${objectGUID}`);
    return held;
  }

  #put(group: GroupObject): void {
    this.#groups.set(group.objectGUID, group);
    this.#byName.set(fold(group.distinguishedName), group.objectGUID);
    const anchor = group.attributes[ANCHOR_ATTRIBUTE];
    if (anchor !== undefined)
      this.#byAnchor.set(anchor, new Set([...(this.#byAnchor.get(anchor) ?? []), group.objectGUID]));
    const accountName = group.attributes["sAMAccountName"];
    if (accountName !== undefined) this.#byAccountName.set(fold(accountName), group.objectGUID);
  }

  #forget(group: GroupObject): void {
    this.#byName.delete(fold(group.distinguishedName));
    this.#byAnchor.get(group.attributes[ANCHOR_ATTRIBUTE] ?? "")?.delete(group.objectGUID);
    this.#byAccountName.delete(fold(group.attributes["sAMAccountName"] ?? ""));
  }
}

function nameIn(container: string, attributes: GroupAttributes): string {
  return `CN=${escapedName(attributes["cn"] ?? "")},${container}`;
}

function guidFrom(digest: string): string {
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `4${digest.slice(13, 16)}`,
    `8${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join("-");
}

function domainSID(dnsName: string): string {
  const digest = createHash("sha256").update(dnsName).digest();
  return `S-1-5-21-${digest.readUInt32BE(0)}-${digest.readUInt32BE(4)}-${digest.readUInt32BE(8)}`;
}

/** `$` and characters of AD's choice. */
function inventedName(digest: string): string {
  return `$${digest.slice(32, 38).toUpperCase()}-${digest.slice(38, 50).toUpperCase()}`;
}
