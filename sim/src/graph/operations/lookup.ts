/** Finds what a path names, as the answering replica knows it. */
import type { DirectoryKind, ObjectOf } from "../../entra/objects.ts";
import { resourceNotFound } from "../errors.ts";
import type { GraphCall } from "../operation.ts";

/** @throws GraphError 404: unknown to this replica, which proves nothing (entra-graph reference, 10.5) */
export function named<Kind extends DirectoryKind>(
  call: GraphCall,
  kind: Kind,
  parameter = `${kind}-id`,
): ObjectOf<Kind> {
  const id = call.params[parameter] ?? "";
  const object = call.directory.get(kind, id.toLowerCase(), call.asOfMs);
  if (object === undefined) throw resourceNotFound(id);
  return object;
}
