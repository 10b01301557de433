/**
 * App role assignments: the scope of a configuration (entra-graph reference, 3.1), and what an application was granted.
 * Source of the duplicate's refusal: expected 400 with a sentence that says "already exists" [I] (3.1, 16: its text is not published).
 */
import { badRequest, resourceNotFound } from "../errors.ts";
import { listReply } from "../odata/list.ts";
import type { GraphCall, GraphOperation, GraphReply } from "../operation.ts";
import { assignmentView } from "../views.ts";
import { named } from "./lookup.ts";
import { views } from "./views-of.ts";

const BOTH = ["v1.0", "beta"] as const;
const ASSIGNED_TO = "/servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo";

export const ASSIGNMENT_OPERATIONS: readonly GraphOperation[] = [
  {
    method: "GET",
    path: ASSIGNED_TO,
    versions: BOTH,
    handle: (call) => {
      const { id } = named(call, "servicePrincipal");
      return listReply(call, views(call.directory.numberedAssignedTo(id, call.asOfMs), assignmentView));
    },
  },
  { method: "POST", path: ASSIGNED_TO, versions: BOTH, handle: assign },
  {
    method: "GET",
    path: `${ASSIGNED_TO}/{appRoleAssignment-id}`,
    versions: BOTH,
    handle: (call) => ({ status: 200, body: assignmentView(namedAssignment(call, call.asOfMs)) }),
  },
  {
    method: "DELETE",
    path: `${ASSIGNED_TO}/{appRoleAssignment-id}`,
    versions: BOTH,
    handle: (call) => {
      call.directory.unassign(namedAssignment(call).id);
      return { status: 204 };
    },
  },
  {
    method: "GET",
    path: "/servicePrincipals/{servicePrincipal-id}/appRoleAssignments",
    versions: BOTH,
    handle: (call) => assignmentsOf(call, named(call, "servicePrincipal").id),
  },
  {
    method: "GET",
    path: "/groups/{group-id}/appRoleAssignments",
    versions: BOTH,
    handle: (call) => assignmentsOf(call, named(call, "group").id),
  },
];

/** Writes act on the truth, but a replica that does not know group or service principal yet refuses them. */
function assign(call: GraphCall): GraphReply {
  const { principalId, resourceId, appRoleId } = call.body as Readonly<Record<string, string | undefined>>;
  const servicePrincipal = named(call, "servicePrincipal");
  if (principalId === undefined || resourceId === undefined || appRoleId === undefined)
    throw badRequest("principalId, resourceId and appRoleId are required.");
  if (resourceId !== servicePrincipal.id) throw badRequest("resourceId must be the service principal of the path.");
  if (call.directory.object(principalId, call.asOfMs) === undefined) throw resourceNotFound(principalId);
  const assignment = call.directory.assign({ principalId, resourceId, appRoleId });
  return { status: 201, body: assignmentView(assignment) };
}

function assignmentsOf(call: GraphCall, principalID: string): GraphReply {
  const held = call.directory.assignmentsOf(principalID).filter(({ createdMs }) => createdMs <= call.asOfMs);
  return listReply(
    call,
    held.map((assignment, index) => ({ sequence: index + 1, value: assignmentView(assignment) })),
  );
}

function namedAssignment(call: GraphCall, asOfMs?: number) {
  const { id } = named(call, "servicePrincipal");
  const assignmentID = call.params["appRoleAssignment-id"] ?? "";
  const assignment = call.directory.assignment(id, assignmentID, asOfMs);
  if (assignment === undefined) throw resourceNotFound(assignmentID);
  return assignment;
}
