/**
 * The portal at the control desk: what people do by hand to groups, members and scope of a tenant, and the record of breaches of the Graph contract.
 * Guarantees: a group, a user or a configuration is named by id or by its exact name; a name that fits more than one is refused; no permission is asked.
 */
import { isRecord } from "../core/input.ts";
import { DirectoryRefusal, type EntraDirectory } from "../entra/directory.ts";
import { groupOf } from "../entra/fill.ts";
import type { DirectoryGroup, DirectoryServicePrincipal } from "../entra/objects.ts";
import type { World } from "../world.ts";
import { ControlRefusal } from "./hosts.ts";

/** Path below `/entra/<tenant>`, with the body. */
export interface EntraAsk {
  readonly method: string;
  readonly tenantID: string;
  readonly path: readonly string[];
  readonly body: () => unknown;
}

const USAGE =
  "GET /entra/<tenant>/groups[/<group>], POST /entra/<tenant>/groups, PUT or DELETE /entra/<tenant>/groups/<group>, " +
  "PUT or DELETE /entra/<tenant>/groups/<group>/members/<member>, GET /entra/<tenant>/configurations, " +
  "PUT or DELETE /entra/<tenant>/configurations/<configuration>/assignments/<group>, GET /entra/<tenant>/breaches";

export function answerEntra(world: World, ask: EntraAsk): unknown {
  const directory = world.graph.tenants.get(ask.tenantID)?.directory;
  if (directory === undefined) throw new ControlRefusal(404, `there is no tenant ${ask.tenantID}`);
  const [subject = "", name, part, item, ...rest] = ask.path;
  const handler = HANDLERS.get(`${ask.method} ${subject}${shapeOf(name, part, item)}`);
  if (handler === undefined || rest.length > 0) throw new ControlRefusal(404, USAGE);
  try {
    return handler({ world, directory, name: name ?? "", item: item ?? "", body: ask.body });
  } catch (error) {
    if (error instanceof DirectoryRefusal) throw new ControlRefusal(409, error.message);
    throw error;
  }
}

function shapeOf(name: string | undefined, part: string | undefined, item: string | undefined): string {
  if (name === undefined) return "";
  if (part === undefined) return "/*";
  return item === undefined ? `/*/${part}` : `/*/${part}/*`;
}

interface Deed {
  readonly world: World;
  readonly directory: EntraDirectory;
  readonly name: string;
  readonly item: string;
  readonly body: () => unknown;
}

const HANDLERS: ReadonlyMap<string, (deed: Deed) => unknown> = new Map<string, (deed: Deed) => unknown>([
  ["GET groups", ({ directory }) => directory.list("group").map(({ value }) => groupView(directory, value))],
  ["GET groups/*", ({ directory, name }) => groupView(directory, findGroup(directory, name))],
  ["POST groups", createGroup],
  ["PUT groups/*", renameGroup],
  ["DELETE groups/*", deleteGroup],
  ["PUT groups/*/members/*", putMember],
  ["DELETE groups/*/members/*", takeMember],
  ["GET configurations", ({ directory }) => configurations(directory).map((one) => configurationView(directory, one))],
  ["PUT configurations/*/assignments/*", assign],
  ["DELETE configurations/*/assignments/*", unassign],
  ["GET breaches", ({ world }) => ({ count: world.graph.gate.count, breaches: world.graph.gate.breaches })],
]);

/** POST {"displayName": "AD-New"}: a cloud security group without members. */
function createGroup({ world, directory, body }: Deed): unknown {
  const displayName = textOf(body(), "displayName");
  const group = groupOf({ id: directory.newID(), displayName }, world.clock.nowMs());
  directory.create(group);
  return groupView(directory, group);
}

function renameGroup({ directory, name, body }: Deed): unknown {
  const { id } = findGroup(directory, name);
  return groupView(directory, directory.update("group", id, { displayName: textOf(body(), "displayName") }));
}

function deleteGroup({ directory, name }: Deed): unknown {
  const { id } = findGroup(directory, name);
  directory.remove(id, { isSoft: true });
  return { deleted: id };
}

function putMember({ directory, name, item }: Deed): unknown {
  const group = findGroup(directory, name);
  directory.addMember(group.id, findMember(directory, item));
  return groupView(directory, group);
}

function takeMember({ directory, name, item }: Deed): unknown {
  const group = findGroup(directory, name);
  if (!directory.removeMember(group.id, findMember(directory, item)))
    throw new ControlRefusal(404, `${item} is no member of ${group.displayName}`);
  return groupView(directory, group);
}

/** As the portal's "Select groups": the configuration's own role. */
function assign({ directory, name, item }: Deed): unknown {
  const { id, appRoles, displayName } = findConfiguration(directory, name);
  const role = appRoles.find(({ isEnabled }) => isEnabled);
  if (role === undefined) throw new ControlRefusal(409, `${displayName} has no role to assign`);
  directory.assign({ principalId: findGroup(directory, item).id, resourceId: id, appRoleId: role.id });
  return configurationView(directory, findConfiguration(directory, id));
}

function unassign({ directory, name, item }: Deed): unknown {
  const configuration = findConfiguration(directory, name);
  const group = findGroup(directory, item);
  const held = directory.assignedTo(configuration.id).filter(({ principalId }) => principalId === group.id);
  if (held.length === 0)
    throw new ControlRefusal(404, `${group.displayName} is not assigned to ${configuration.displayName}`);
  for (const { id } of held) directory.unassign(id);
  return configurationView(directory, configuration);
}

/** Service principals that were made from a template: what the portal lists as configurations and enterprise applications. */
function configurations(directory: EntraDirectory): readonly DirectoryServicePrincipal[] {
  return directory
    .list("servicePrincipal")
    .map(({ value }) => value)
    .filter(({ applicationTemplateId }) => applicationTemplateId !== null);
}

function configurationView(directory: EntraDirectory, configuration: DirectoryServicePrincipal): object {
  const { id, appId, displayName, applicationTemplateId } = configuration;
  const assigned = directory.assignedTo(id).map(({ principalDisplayName }) => principalDisplayName);
  return { id, appId, displayName, applicationTemplateId, assigned };
}

function groupView(directory: EntraDirectory, group: DirectoryGroup): object {
  const { id, displayName, securityEnabled, mailEnabled, groupTypes, onPremisesSyncEnabled } = group;
  const members = directory.members(id).map(({ value }) => {
    const member = directory.object(value);
    return { id: value, kind: member?.kind ?? "unknown", displayName: member?.displayName ?? null };
  });
  return { id, displayName, securityEnabled, mailEnabled, groupTypes, onPremisesSyncEnabled, members };
}

function findGroup(directory: EntraDirectory, idOrName: string): DirectoryGroup {
  const groups = directory.list("group").map(({ value }) => value);
  return only(groups, idOrName, "group", ({ id, displayName }) => [id, displayName]);
}

function findConfiguration(directory: EntraDirectory, idOrName: string): DirectoryServicePrincipal {
  return only(configurations(directory), idOrName, "configuration", ({ id, displayName }) => [id, displayName]);
}

/** A user by id, name or user principal name; a group by id or name. */
function findMember(directory: EntraDirectory, idOrName: string): string {
  const users = directory
    .list("user")
    .map(({ value }) => ({ id: value.id, names: [value.displayName, value.userPrincipalName] }));
  const groups = directory.list("group").map(({ value }) => ({ id: value.id, names: [value.displayName] }));
  return only([...users, ...groups], idOrName, "user or group", ({ id, names }) => [id, ...names]).id;
}

function only<Thing extends { readonly id: string }>(
  things: readonly Thing[],
  wanted: string,
  what: string,
  namesOf: (thing: Thing) => readonly string[],
): Thing {
  const [first, second] = things.filter((thing) => namesOf(thing).includes(wanted));
  if (first === undefined) throw new ControlRefusal(404, `no ${what} has the id or name ${wanted}`);
  if (second !== undefined)
    throw new ControlRefusal(409, `${wanted} is the name of ${first.id} and ${second.id}: give the id`);
  return first;
}

function textOf(body: unknown, name: string): string {
  const value = isRecord(body) ? body[name] : undefined;
  if (typeof value === "string" && value.trim() !== "") return value;
  throw new ControlRefusal(400, `the body is {"${name}": "<text>"}`);
}
