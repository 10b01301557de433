/**
 * S6: an edit that moves what was provisioned, and the deletion of a job or of its application, wait for the approval of that plan.
 * Guarantees: what would move is counted from the connector's own links; a PUT of another container beyond `change` speaks without an approval, and
 * under one that was used before, unless its effect cannot have been read back yet.
 */
import type { ClusterObject } from "../run/person.ts";
import type { Oracle, Scene } from "../run/scene.ts";
import { declarationOf, type Document, type EntraSight, type JobSeen } from "./sight/entra.ts";
import { mappingsIn } from "./sight/schema-parts.ts";

const CONTAINER = "parentdistinguishedname";

export function approvedEdits(sight: EntraSight): Oracle {
  function movesTooMuch(before: JobSeen, scene: Scene): string | undefined {
    const after = sight.now.get(before.servicePrincipalID)?.jobs.find(({ id }) => id === before.id);
    const configuration = declarationOf(scene, before.servicePrincipalID);
    if (after === undefined || configuration === undefined || after.schema === before.schema) return undefined;
    const [from, to] = [containerIn(before.schema), containerIn(after.schema)];
    if (from === to || before.links <= maxMoving(configuration)) return undefined;
    if (sight.approvals.takesEdit(configuration, scene.nowMs(), sight.readBackMs)) return undefined;
    return `the container was changed from ${from} to ${to}: ${before.links} groups move, spec.change allows ${maxMoving(configuration)}, and nobody approved it`;
  }

  function isUnapproved(servicePrincipalID: string, scene: Scene): boolean {
    const configuration = declarationOf(scene, servicePrincipalID);
    // Gone with its finalizer: it was approved before, or forced off by a person.
    return configuration !== undefined && !sight.approvals.allowsDeletion(configuration, scene.nowMs());
  }

  return {
    name: "S6 edits",
    after(happening, scene) {
      sight.look(happening, scene);
      for (const write of sight.writes) {
        const seen = sight.configurationOf(write);
        if (seen === undefined) continue;
        if (write.kind === "schema")
          for (const job of sight.before.get(seen.servicePrincipalID)?.jobs ?? []) {
            const sentence = movesTooMuch(job, scene);
            if (sentence !== undefined) return sentence;
          }
        const isDeletion = write.kind === "deleteJob" || write.kind === "deleteApplication";
        if (isDeletion && isUnapproved(seen.servicePrincipalID, scene))
          return `${write.action} was sent, and nobody approved that deletion`;
      }
      return undefined;
    },
  };
}

function containerIn(schema: Document): string {
  const mapping = mappingsIn(schema).find(({ target }) => target.toLowerCase() === CONTAINER);
  return JSON.stringify([mapping?.document["defaultValue"], mapping?.document["source"]]);
}

function maxMoving({ spec }: ClusterObject): number {
  const { maxMoving: count = 5 } = (spec?.["change"] ?? {}) as { readonly maxMoving?: number };
  return count;
}
