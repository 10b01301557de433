/** What is in scope by the directory's own record. */
import { directoryOf } from "../run/entra-deeds.ts";
import type { Scene } from "../run/scene.ts";

/** Names of the groups that are assigned to any service principal, each as often as it is, in order. */
export function namesInScope({ world }: Pick<Scene, "world">): readonly string[] {
  const directory = directoryOf(world);
  return directory
    .list("servicePrincipal")
    .flatMap(({ value }) => directory.assignedTo(value.id))
    .flatMap(({ principalId }) => directory.get("group", principalId)?.displayName ?? [])
    .sort();
}
