/** A refusal of Microsoft Graph: HTTP status and error code; the front writes the body of entra-graph reference, 10.1. */
export class GraphError extends Error {
  override readonly name = "GraphError";
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** What one replica says of an object that it does not know: not proof of absence (entra-graph reference, 10.5). */
export function resourceNotFound(id: string): GraphError {
  return new GraphError(
    404,
    "Request_ResourceNotFound",
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

export function badRequest(message: string, code = "Request_BadRequest"): GraphError {
  return new GraphError(400, code, message);
}

export function denied(message = "Insufficient privileges to complete the operation."): GraphError {
  return new GraphError(403, "Authorization_RequestDenied", message);
}
