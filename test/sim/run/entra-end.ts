/**
 * What is there in Entra and, through it, in AD at the end of a run, by names alone: no ids, no times.
 * Guarantees: a twin of anything shows, because nothing is counted once only.
 */
import { TEMPLATE_ENTRA_TO_AD } from "../../../sim/src/graph/templates.ts";
import type { World } from "../../../sim/src/world.ts";
import { directoryOf, TENANT_ID } from "./entra-deeds.ts";

export interface EntraEnd {
  /** Service principals of Cloud Sync's template, by name. */
  readonly applications: readonly string[];
  /** `template: paused, running, quarantined` of each job. */
  readonly jobs: readonly string[];
  /** Names of the groups in scope of any of them. */
  readonly assignments: readonly string[];
  /** Groups that the world's AD got from Entra: distinguished name and count of members. */
  readonly groups: readonly string[];
}

export function entraEndOf(world: World): EntraEnd {
  const directory = directoryOf(world);
  const principals = directory
    .list("servicePrincipal")
    .map(({ value }) => value)
    .filter(({ applicationTemplateId }) => applicationTemplateId === TEMPLATE_ENTRA_TO_AD);
  const jobs =
    world.synchronization
      .get(TENANT_ID)
      ?.configurations()
      .flatMap((one) => one.jobs.list()) ?? [];
  return {
    applications: principals.map(({ displayName }) => displayName).sort(),
    jobs: jobs
      .map(({ templateID, isStarted, quarantine }) => {
        const state = quarantine === undefined ? (isStarted ? "running" : "paused") : "quarantined";
        return `${templateID}: ${state}`;
      })
      .sort(),
    assignments: principals
      .flatMap(({ id }) => directory.assignedTo(id).map(({ principalDisplayName }) => principalDisplayName))
      .sort(),
    groups: [...world.activeDirectory.values()]
      .flatMap(({ groups }) =>
        groups
          .list()
          .map(({ distinguishedName, objectGUID }) => `${distinguishedName}: ${groups.members(objectGUID).size}`),
      )
      .sort(),
  };
}
