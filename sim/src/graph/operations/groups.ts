/** Groups and their members (entra-graph reference, 10.4, 13). */
import type { DirectoryObject } from "../../entra/objects.ts";
import type { Numbered } from "../../entra/lifetimes.ts";
import { badRequest } from "../errors.ts";
import type { Entity } from "../odata/filter.ts";
import { countReply, listReply } from "../odata/list.ts";
import type { GraphCall, GraphOperation, GraphReply } from "../operation.ts";
import { groupView, memberView } from "../views.ts";
import { groupDelta } from "./group-delta.ts";
import { named } from "./lookup.ts";
import { views } from "./views-of.ts";

const BOTH = ["v1.0", "beta"] as const;

export const GROUP_OPERATIONS: readonly GraphOperation[] = [
  { method: "GET", path: "/groups", versions: BOTH, handle: (call) => listReply(call, groups(call)) },
  { method: "GET", path: "/groups/$count", versions: BOTH, handle: (call) => countReply(call, groups(call)) },
  { method: "GET", path: "/groups/delta", versions: BOTH, handle: groupDelta },
  { method: "GET", path: "/groups/{group-id}", versions: BOTH, handle: readGroup },
  { method: "PATCH", path: "/groups/{group-id}", versions: BOTH, handle: patchGroup },
  {
    method: "GET",
    path: "/groups/{group-id}/members",
    versions: BOTH,
    handle: (call) => listReply(call, memberViews(call, members(call))),
  },
  {
    method: "GET",
    path: "/groups/{group-id}/members/$count",
    versions: BOTH,
    handle: (call) => countReply(call, memberViews(call, members(call))),
  },
  {
    method: "GET",
    path: "/groups/{group-id}/members/graph.user",
    versions: BOTH,
    handle: (call) => listReply(call, memberViews(call, ofKind(members(call), "user"))),
  },
  {
    method: "GET",
    path: "/groups/{group-id}/members/graph.group",
    versions: BOTH,
    handle: (call) => listReply(call, memberViews(call, ofKind(members(call), "group"))),
  },
  {
    method: "GET",
    path: "/groups/{group-id}/transitiveMembers",
    versions: BOTH,
    handle: (call) => listReply(call, memberViews(call, transitiveMembers(call))),
  },
  {
    method: "GET",
    path: "/groups/{group-id}/transitiveMembers/$count",
    versions: BOTH,
    handle: (call) => countReply(call, memberViews(call, transitiveMembers(call))),
  },
  {
    method: "GET",
    path: "/groups/{group-id}/onPremisesSyncBehavior",
    versions: BOTH,
    handle: (call) => {
      const { id, isCloudManaged } = named(call, "group");
      return { status: 200, body: { id, isCloudManaged } };
    },
  },
  { method: "PATCH", path: "/groups/{group-id}/onPremisesSyncBehavior", versions: BOTH, handle: convert },
];

function groups({ directory, asOfMs }: GraphCall): readonly Numbered<Entity>[] {
  return views(directory.list("group", asOfMs), groupView);
}

/** `$expand=members` brings at most 20 of them (G1:group-get). */
const EXPANDED_MAX = 20;

function readGroup(call: GraphCall): GraphReply {
  const view = groupView(named(call, "group"));
  const { $expand } = call.query;
  if ($expand === undefined) return { status: 200, body: view };
  if ($expand !== "members") throw badRequest(`$expand=${$expand} is not modelled by this world.`);
  const expanded = memberViews(call, members(call)).slice(0, EXPANDED_MAX);
  return { status: 200, body: { ...view, members: expanded.map(({ value }) => value) } };
}

/** Changes of the portal travel this way too; only what the world keeps may change. */
function patchGroup(call: GraphCall): GraphReply {
  const { id } = named(call, "group");
  const { displayName, description, ...rest } = call.body as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw badRequest(`PATCH of ${unknown} is not modelled by this world.`);
  call.directory.update("group", id, {
    ...(typeof displayName === "string" && { displayName }),
    ...((typeof description === "string" || description === null) && { description }),
  });
  return { status: 204 };
}

/** Source of authority (entra-graph reference, 9.1): converted is `isCloudManaged` true and `onPremisesSyncEnabled` null. */
function convert(call: GraphCall): GraphReply {
  const { id } = named(call, "group");
  const { isCloudManaged } = call.body as { readonly isCloudManaged?: unknown };
  if (typeof isCloudManaged !== "boolean") throw badRequest("isCloudManaged is required.");
  call.directory.update("group", id, {
    isCloudManaged,
    ...(isCloudManaged && { onPremisesSyncEnabled: null }),
  });
  return { status: 200, body: { id, isCloudManaged } };
}

/** Members of a group with hidden membership are no members to an application without Member.Read.Hidden [I]: an empty list, with success. */
function members(call: GraphCall): readonly Numbered<DirectoryObject>[] {
  const { id, visibility } = named(call, "group");
  if (visibility === "HiddenMembership" && !call.caller.roles.includes("Member.Read.Hidden")) return [];
  return objects(call, call.directory.members(id, call.asOfMs));
}

function objects(call: GraphCall, ids: readonly Numbered<string>[]): readonly Numbered<DirectoryObject>[] {
  return ids.flatMap(({ sequence, value }) => {
    const object = call.directory.object(value, call.asOfMs);
    return object === undefined ? [] : [{ sequence, value: object }];
  });
}

function transitiveMembers(call: GraphCall): readonly Numbered<DirectoryObject>[] {
  const found = new Map<string, DirectoryObject>();
  const waiting = [named(call, "group").id];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    for (const { value } of objects(call, call.directory.members(id, call.asOfMs))) {
      if (found.has(value.id)) continue;
      found.set(value.id, value);
      if (value.kind === "group") waiting.push(value.id);
    }
  }
  return [...found.values()].map((value, index) => ({ sequence: index + 1, value }));
}

function ofKind(
  items: readonly Numbered<DirectoryObject>[],
  kind: DirectoryObject["kind"],
): readonly Numbered<DirectoryObject>[] {
  return items.filter(({ value }) => value.kind === kind);
}

function memberViews(call: GraphCall, items: readonly Numbered<DirectoryObject>[]): readonly Numbered<Entity>[] {
  return views(items, (member) => memberView(member, call.caller));
}
