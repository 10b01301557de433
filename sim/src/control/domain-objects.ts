/** Objects of a domain at the control desk: groups as AD has them, organizational units and rights by a person's hand. */
import { isRecord } from "../core/input.ts";
import type { Domain } from "../ad/domain.ts";
import { ACCESS_RIGHTS } from "../layout/access.ts";
import type { World } from "../world.ts";
import { ControlRefusal } from "./hosts.ts";

export interface GroupObjectView {
  readonly distinguishedName: string;
  readonly container: string;
  readonly objectGUID: string;
  readonly sid: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Names of users and groups of the forest; an objectGUID where there is no such object any more. */
  readonly members: readonly string[];
}

/** GET /domains/<DNS name>/groups, by name. */
export function groupViews(world: Pick<World, "activeDirectory">, dnsName: string): readonly GroupObjectView[] {
  const domain = domainNamed(world, dnsName);
  const forest = [...world.activeDirectory.values()].filter((one) => one.forest === domain.forest);
  const nameOf = (guid: string): string =>
    forest.map((one) => one.nameOf(guid)).find((name) => name !== undefined) ?? guid;
  return domain.groups
    .list()
    .map(({ distinguishedName, container, objectGUID, sid, attributes }) => ({
      distinguishedName,
      container,
      objectGUID,
      sid,
      attributes,
      members: [...domain.groups.members(objectGUID)].map(nameOf).toSorted(),
    }))
    .toSorted((one, other) => (one.distinguishedName < other.distinguishedName ? -1 : 1));
}

/** PUT /domains/<DNS name>/units {"distinguishedName", "isThere": false}: somebody deletes or makes an organizational unit. */
export function setUnit(world: World, dnsName: string, body: unknown): unknown {
  const domain = domainNamed(world, dnsName);
  const { distinguishedName, isThere } = isRecord(body) ? body : {};
  if (typeof distinguishedName !== "string" || typeof isThere !== "boolean")
    throw new ControlRefusal(400, "the body is {distinguishedName, isThere}");
  if (isThere) domain.addUnit(distinguishedName);
  else domain.removeUnit(distinguishedName);
  return { distinguishedName, isThere: domain.hasContainer(distinguishedName) };
}

/** PUT /domains/<DNS name>/rights {"distinguishedName", "trustee", "isGranted": false}: somebody takes a service account's rights away, or gives them. */
export function setRights(world: World, dnsName: string, body: unknown): unknown {
  const domain = domainNamed(world, dnsName);
  const { distinguishedName, trustee, isGranted } = isRecord(body) ? body : {};
  if (typeof distinguishedName !== "string" || typeof trustee !== "string" || typeof isGranted !== "boolean")
    throw new ControlRefusal(400, "the body is {distinguishedName, trustee, isGranted}");
  if (!isGranted) return { revoked: domain.access.revoke(distinguishedName, trustee) };
  const rights = ACCESS_RIGHTS.filter((right) => ["CreateGroups", "DeleteGroups", "WriteGroups"].includes(right));
  for (const right of rights) domain.access.grant(distinguishedName, trustee, right);
  return { granted: rights.length };
}

function domainNamed({ activeDirectory }: Pick<World, "activeDirectory">, dnsName: string): Domain {
  const domain = activeDirectory.get(dnsName.toLowerCase());
  if (domain === undefined) throw new ControlRefusal(404, `there is no domain ${dnsName}`);
  return domain;
}
