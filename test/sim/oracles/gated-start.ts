/**
 * The start gate: a job is started by an operator only after its canary arrived under the schema that the job has now, or by a person's `withoutTest`.
 * Guarantees: judged by the world: a run on demand under this version of the schema, and a group of Entra in AD.
 */
import type { ClusterObject } from "../run/person.ts";
import type { Oracle, Scene } from "../run/scene.ts";
import { declarationOf, type EntraSight } from "./sight/entra.ts";

export function gatedStart(sight: EntraSight): Oracle {
  /** Version of the schema at the last run on demand, by job. */
  const provenVersions = new Map<string, number>();
  const freed = new Set<string>();

  function judge(servicePrincipalID: string, scene: Scene): string | undefined {
    const declaration = declarationOf(scene, servicePrincipalID);
    if (declaration !== undefined && (isFree(declaration) || freed.has(declaration.metadata.uid))) return undefined;
    for (const { id, isStarted } of sight.before.get(servicePrincipalID)?.jobs ?? []) {
      if (isStarted) continue;
      const job = sight.now.get(servicePrincipalID)?.jobs.find((one) => one.id === id);
      if (job?.isStarted !== true) continue;
      const proven = provenVersions.get(id);
      if (proven === undefined) return `${id} was started, and no canary ever ran`;
      if (proven !== job.schemaVersion)
        return `${id} was started under version ${job.schemaVersion} of its schema; its canary ran under version ${proven}`;
      if (groupsInAD(scene) === 0) return `${id} was started, and no group ever arrived in AD`;
    }
    return undefined;
  }

  return {
    name: "gate",
    after(happening, scene) {
      sight.look(happening, scene);
      if (happening.kind === "deed")
        for (const one of scene.objects("syncconfigurations")) if (isFree(one)) freed.add(one.metadata.uid);
      for (const write of sight.writes) {
        const seen = sight.configurationOf(write);
        if (seen === undefined) continue;
        if (write.kind === "onDemand")
          for (const { id, schemaVersion } of seen.jobs) provenVersions.set(id, schemaVersion);
        if (write.kind === "start" || write.kind === "restart") {
          const sentence = judge(seen.servicePrincipalID, scene);
          if (sentence !== undefined) return sentence;
        }
      }
      return undefined;
    },
  };
}

function isFree({ spec }: ClusterObject): boolean {
  return (spec?.["start"] as { readonly withoutTest?: boolean } | undefined)?.withoutTest === true;
}

function groupsInAD({ world }: Scene): number {
  return [...world.activeDirectory.values()].reduce((sum, { groups }) => sum + groups.list().length, 0);
}
