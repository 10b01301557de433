/** CustomResourceDefinitions: read only; the manifest as it was installed, established. */
import { builtInKind } from "./built-in.ts";
import type { JsonObject } from "./json.ts";
import { withMembers } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { timeText } from "./metadata.ts";
import type { ServerState } from "./server-state.ts";
import { metadataOf } from "./store.ts";

export const DEFINITIONS: Kind = builtInKind({
  group: "apiextensions.k8s.io",
  version: "v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  isNamespaced: false,
  members: {},
});

export function crdObject({ newUID, nowMs }: Pick<ServerState, "newUID" | "nowMs">, manifest: JsonObject): JsonObject {
  const creationTimestamp = timeText(nowMs());
  const metadata = withMembers(metadataOf(manifest), { uid: newUID(), creationTimestamp, generation: 1 });
  const condition = (type: string, reason: string, message: string): JsonObject => ({
    type,
    status: "True",
    lastTransitionTime: creationTimestamp,
    reason,
    message,
  });
  const conditions = [
    condition("NamesAccepted", "NoConflicts", "no conflicts found"),
    condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
  ];
  return withMembers(manifest, { metadata, status: { conditions } });
}
