/**
 * Answers that refuse, as `metav1.Status`.
 * Source: apimachinery, pkg/api/errors/errors.go.
 */
import type { Json, JsonObject } from "./json.ts";
import type { FieldError } from "./schema/field-error.ts";

/** The kind that a refusal speaks of. */
export interface Spoken {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
}

/** Thrown inside the server, caught at its door. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: Json;

  constructor(status: number, body: Json) {
    super(`status ${status}`);
    this.status = status;
    this.body = body;
  }
}

/** Of the text form: a path that is not served. */
export function pageNotFound(): Refusal {
  return new Refusal(404, "404 page not found\n");
}

interface StatusParts {
  readonly code: number;
  readonly reason?: string;
  readonly message: string;
  readonly details?: JsonObject;
  readonly metadata?: JsonObject;
}

export function statusBody({ code, reason, message, details, metadata = {} }: StatusParts): JsonObject {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata,
    status: "Failure",
    message,
    ...(reason === undefined ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  };
}

function refusal(parts: StatusParts): Refusal {
  return new Refusal(parts.code, statusBody(parts));
}

export function resourceName({ group, plural }: Pick<Spoken, "group" | "plural">): string {
  return group === "" ? plural : `${plural}.${group}`;
}

function detailsOf({ group, plural }: Spoken, name: string): JsonObject {
  return { ...(name === "" ? {} : { name }), ...(group === "" ? {} : { group }), kind: plural };
}

export function notFound(kind: Spoken, name: string): Refusal {
  const message = `${resourceName(kind)} "${name}" not found`;
  return refusal({ code: 404, reason: "NotFound", message, details: detailsOf(kind, name) });
}

export function alreadyExists(kind: Spoken, name: string, isDeleting: boolean): Refusal {
  const message = `${isDeleting ? "object is being deleted: " : ""}${resourceName(kind)} "${name}" already exists`;
  return refusal({ code: 409, reason: "AlreadyExists", message, details: detailsOf(kind, name) });
}

export function conflict(kind: Spoken, name: string, why: string): Refusal {
  const message = `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": ${why}`;
  return refusal({ code: 409, reason: "Conflict", message, details: detailsOf(kind, name) });
}

export const OPTIMISTIC_LOCK =
  "the object has been modified; please apply your changes to the latest version and try again";

export function applyConflict(message: string, causes: readonly JsonObject[]): Refusal {
  return refusal({ code: 409, reason: "Conflict", message, details: { causes } });
}

export function forbiddenCreation(kind: Spoken, name: string, namespace: string): Refusal {
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const cause = {
    reason: "NamespaceTerminating",
    message: `namespace ${namespace} is being terminated`,
    field: "metadata.namespace",
  };
  const message = `${resourceName(kind)} "${name}" is forbidden: ${why}`;
  const details = { ...detailsOf(kind, name), causes: [cause] };
  return refusal({ code: 403, reason: "Forbidden", message, details });
}

export function badRequest(message: string): Refusal {
  return refusal({ code: 400, reason: "BadRequest", message });
}

export function internalError(message: string): Refusal {
  return refusal({ code: 500, message });
}

/** `kindName` is the kind, or the resource where the server itself says the resource. */
export function invalidObject(
  { group, kind }: { readonly group: string; readonly kind: string },
  name: string,
  errors: readonly FieldError[],
): Refusal {
  const spoken = group === "" ? kind : `${kind}.${group}`;
  const told = [...new Set(errors.map(({ field, message }) => `${field}: ${message}`))];
  const list = told.length === 1 ? (told[0] ?? "") : `[${told.join(", ")}]`;
  const details = {
    ...(name === "" ? {} : { name }),
    ...(group === "" ? {} : { group }),
    kind,
    causes: errors.map(({ reason, message, field }) => ({ reason, message, field })),
  };
  return refusal({ code: 422, reason: "Invalid", message: `${spoken} "${name}" is invalid: ${list}`, details });
}

export function expired(message: string, continueToken?: string): Refusal {
  const metadata = continueToken === undefined ? {} : { continue: continueToken };
  return refusal({ code: 410, reason: "Expired", message, metadata });
}
