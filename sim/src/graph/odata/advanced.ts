/** Advanced query capabilities of directory objects: the header and `$count` together (entra-graph reference, 10.4). */
import { GraphError } from "../errors.ts";
import type { GraphCall } from "../operation.ts";

export function isAdvancedCall({ headers, query }: Pick<GraphCall, "headers" | "query">): boolean {
  return headers.consistencylevel?.toLowerCase() === "eventual" && query.$count === "true";
}

export function unsupportedQuery(message: string): GraphError {
  return new GraphError(400, "Request_UnsupportedQuery", message);
}
