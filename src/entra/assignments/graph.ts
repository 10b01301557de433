/**
 * App role assignments through Graph v1.0 (entra-graph reference, 3.1): reads page by page, writes twenty at a time.
 * Guarantees: one answer a group, in the order given; a refusal that may mean "is there already" is looked up before it is told.
 */
import * as z from "zod";
import type { EntraAccess } from "../access/port.ts";
import { fieldOf } from "../call/answer.ts";
import { sendBatch } from "../call/batch.ts";
import type { CallOutcome, Operation } from "../call/caller.ts";
import type { GraphCalls } from "../call/graph-calls.ts";
import { readPages } from "../call/read-pages.ts";
import { instant, maybeText, pathOf, segment, text } from "../call/wire.ts";
import { notWritten, unreadable } from "../call/written.ts";
import { PAGE_SIZE } from "../limits.ts";
import type { Written } from "../outcome.ts";
import type { AppRoleAssignment, Assigned, AssignmentPort } from "./port.ts";

const LIST: Operation = { name: "ListAppRoleAssignedTo", bucket: "reads", isWrite: false };
const ASSIGN: Operation = { name: "AssignAppRole", bucket: "writes", isWrite: true };
const REMOVE: Operation = { name: "DeleteAppRoleAssignment", bucket: "writes", isWrite: true };
const LOOK: Operation = { name: "ListAppRoleAssignmentsOfGroup", bucket: "reads", isWrite: false };

const assignment = z
  .object({
    id: text,
    appRoleId: text,
    principalId: text,
    principalType: maybeText,
    principalDisplayName: maybeText,
    createdDateTime: instant,
  })
  .transform((value): AppRoleAssignment => ({
    id: value.id,
    appRoleID: value.appRoleId,
    principalID: value.principalId,
    principalType: value.principalType ?? "",
    principalDisplayName: value.principalDisplayName ?? "",
    createdAtMs: value.createdDateTime,
  }));

export function graphAssignments({ caller, originOf }: GraphCalls): AssignmentPort {
  return {
    list(access, servicePrincipalID, signal) {
      const path = pathOf(`/servicePrincipals/${segment(servicePrincipalID)}/appRoleAssignedTo`, { $top: PAGE_SIZE });
      const request = { method: "GET", path } as const;
      const call = { access, operation: LIST, request, signal, subjects: [servicePrincipalID] };
      return readPages(caller, originOf, call, assignment);
    },
    async assign(access, { servicePrincipalID, appRoleID, groupIDs }, signal) {
      const outcomes = await sendBatch(caller, {
        access,
        operation: ASSIGN,
        signal,
        parts: groupIDs.map((principalId) => ({
          method: "POST",
          path: `/servicePrincipals/${segment(servicePrincipalID)}/appRoleAssignedTo`,
          body: { principalId, resourceId: servicePrincipalID, appRoleId: appRoleID },
          subjects: [servicePrincipalID],
        })),
      });
      const told = outcomes.map(assignedFrom);
      const isThere = await assignedAlready(
        { caller, access, signal },
        { servicePrincipalID, appRoleID },
        groupIDs.filter((_, index) => isAmbiguous(outcomes[index])),
      );
      return told.map((answer, index) => (isThere.has(groupIDs[index] ?? "") ? { kind: "exists" } : answer));
    },
    async remove(access, { servicePrincipalID, assignmentIDs }, signal) {
      const outcomes = await sendBatch(caller, {
        access,
        operation: REMOVE,
        signal,
        parts: assignmentIDs.map((id) => ({
          method: "DELETE",
          path: `/servicePrincipals/${segment(servicePrincipalID)}/appRoleAssignedTo/${segment(id)}`,
        })),
      });
      return outcomes.map(removedFrom);
    },
  };
}

function assignedFrom(outcome: CallOutcome): Assigned {
  if (outcome.kind === "failed")
    return outcome.failure.class === "Conflict" ? { kind: "exists" } : notWritten(outcome.failure);
  const parsed = assignment.safeParse(outcome.answer.body);
  if (parsed.success) return { kind: "done", assignment: parsed.data };
  return { kind: "unknown", failure: { ...unreadable(ASSIGN.name, parsed.error), class: "UnknownOutcome" } };
}

/** What is gone is gone; a service principal that is gone has taken its assignments along. */
function removedFrom(outcome: CallOutcome): Written {
  if (outcome.kind === "ok" || outcome.failure.class === "NotFound") return { kind: "done", value: undefined };
  return notWritten(outcome.failure);
}

/**
 * Graph answers a second assignment with 400 Request_BadRequest and a sentence [C; entra-graph reference, section 16: text not verified].
 * The code alone could mean anything, so whether it is there is read.
 */
function isAmbiguous(outcome: CallOutcome | undefined): boolean {
  return outcome?.kind === "failed" && outcome.status === 400;
}

async function assignedAlready(
  {
    caller,
    access,
    signal,
  }: Pick<GraphCalls, "caller"> & {
    readonly access: EntraAccess;
    readonly signal: AbortSignal;
  },
  { servicePrincipalID, appRoleID }: { readonly servicePrincipalID: string; readonly appRoleID: string },
  groupIDs: readonly string[],
): Promise<ReadonlySet<string>> {
  const outcomes = await sendBatch(caller, {
    access,
    operation: LOOK,
    signal,
    parts: groupIDs.map((id) => ({ method: "GET", path: `/groups/${segment(id)}/appRoleAssignments` })),
  });
  return new Set(groupIDs.filter((_, index) => holdsRole(outcomes[index], servicePrincipalID, appRoleID)));
}

/** One page is enough: a group with more assignments than it holds keeps the refusal, and the next list of the scope settles it. */
function holdsRole(outcome: CallOutcome | undefined, servicePrincipalID: string, appRoleID: string): boolean {
  const values = outcome?.kind === "ok" ? fieldOf(outcome.answer.body, "value") : undefined;
  if (!Array.isArray(values)) return false;
  return values.some(
    (value: unknown) =>
      fieldOf(value, "resourceId") === servicePrincipalID && fieldOf(value, "appRoleId") === appRoleID,
  );
}
