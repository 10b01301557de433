/** Deleted objects, and their return (G1:directory-deleteditems-list, -restore). Caveat: whether security groups can be restored is open (entra-graph reference, 16): the layout says. */
import type { DirectoryKind, DirectoryObject } from "../../entra/objects.ts";
import { badRequest, denied, resourceNotFound } from "../errors.ts";
import { listReply } from "../odata/list.ts";
import type { GraphCall, GraphOperation, GraphReply } from "../operation.ts";
import { objectView } from "../views.ts";

const BOTH = ["v1.0", "beta"] as const;
const TYPES = ["user", "group", "application", "servicePrincipal"] as const;

export const DELETED_ITEM_OPERATIONS: readonly GraphOperation[] = [
  ...TYPES.map((kind): GraphOperation => ({
    method: "GET",
    path: `/directory/deletedItems/microsoft.graph.${kind}`,
    versions: BOTH,
    handle: (call) => listReply(call, deleted(call, kind)),
  })),
  {
    method: "GET",
    path: "/directory/deletedItems/{directoryObject-id}",
    versions: ["v1.0"],
    handle: (call) => ({ status: 200, body: objectView(namedDeleted(call)) }),
  },
  { method: "POST", path: "/directory/deletedItems/{directoryObject-id}/restore", versions: ["v1.0"], handle: restore },
];

function deleted(call: GraphCall, kind: DirectoryKind) {
  return call.directory.deletedOf(kind).map(({ sequence, value }) => ({ sequence, value: objectView(value) }));
}

/** The permission is that of the object's type. */
const READERS: Readonly<Record<(typeof TYPES)[number], string>> = {
  user: "User.Read.All",
  group: "Group.Read.All",
  application: "Application.Read.All",
  servicePrincipal: "Application.Read.All",
};

function namedDeleted({ directory, params, caller }: GraphCall): DirectoryObject {
  const id = params["directoryObject-id"] ?? "";
  const object = directory.deleted(id);
  if (object === undefined) throw resourceNotFound(id);
  const reader = TYPES.find((kind) => kind === object.kind);
  if (reader === undefined || !caller.roles.includes(READERS[reader])) throw denied();
  return object;
}

function restore(call: GraphCall): GraphReply {
  const id = call.params["directoryObject-id"] ?? "";
  const object = call.directory.deleted(id);
  if (object === undefined) throw resourceNotFound(id);
  const isPlainGroup = object.kind === "group" && !object.groupTypes.includes("Unified");
  if (isPlainGroup && !call.tenant.restoresSecurityGroups)
    throw badRequest("Restoring this kind of object is not supported.");
  return { status: 200, body: objectView(call.directory.restore(id)) };
}
