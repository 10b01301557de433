/**
 * S8: nothing of a configuration is made twice.
 * Guarantees: at most one service principal of Cloud Sync's template and one group job for a domain that operators made, at most one assignment a group.
 */
import { domainOf } from "../../../sim/src/synchronization/secrets.ts";
import { TEMPLATE_ENTRA_TO_AD } from "../../../sim/src/graph/templates.ts";
import { directoryOf } from "../run/entra-deeds.ts";
import type { Oracle, Scene } from "../run/scene.ts";
import type { EntraSight } from "./sight/entra.ts";

export function noTwins(sight: EntraSight): Oracle {
  function twins(scene: Scene): string | undefined {
    const directory = directoryOf(scene.world);
    const made = directory
      .list("servicePrincipal")
      .filter(({ value }) => value.applicationTemplateId === TEMPLATE_ENTRA_TO_AD)
      .map(({ value }) => value);
    if (made.length > 1 && hasCreated("instantiate"))
      return `${made.length} service principals of the template are there: ${made.map(({ displayName }) => displayName).join(", ")}`;
    const domains = [...sight.now.values()].flatMap(({ secrets, jobs }) =>
      jobs.filter(({ isGroupJob }) => isGroupJob).map(() => domainOf(secrets) ?? "no domain yet"),
    );
    const twin = domains.find((domain, index) => domains.indexOf(domain) !== index);
    if (twin !== undefined && hasCreated("createJob")) return `two group jobs are there for ${twin}`;
    for (const { id } of made) {
      const principals = directory.assignedTo(id).map(({ principalId }) => principalId);
      const doubled = principals.find((principal, index) => principals.indexOf(principal) !== index);
      if (doubled !== undefined) return `${doubled} is assigned twice`;
    }
    return undefined;
  }

  function hasCreated(kind: "instantiate" | "createJob"): boolean {
    return sight.writes.some((write) => write.kind === kind);
  }

  return {
    name: "S8",
    after(happening, scene) {
      sight.look(happening, scene);
      const isCreating = sight.writes.some(({ kind }) => ["instantiate", "createJob", "assign"].includes(kind));
      return isCreating ? twins(scene) : undefined;
    },
  };
}
