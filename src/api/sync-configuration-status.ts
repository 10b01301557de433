/**
 * What a SyncConfiguration's status holds: ids, job state, drift and the plan that waits.
 * Never: per-group lists; counts, first offenders and a hash (the ledger lives in ConfigMaps).
 */
import { commonStatus } from "./conditions.ts";
import { planHash, uuid } from "./formats.ts";
import { atomicList, instant, mapList, object, optional, text, whole } from "./schema.ts";

const count = (description: string) => whole(description, { min: 0, max: 10_000_000 });

const quarantine = object("The quarantine of a job.", {
  began: instant("When it began."),
  reason: text("The vendor's reason.", { max: 128 }),
  nextAttempt: optional(instant("When the vendor tries again.")),
  stagedDeletesHash: optional(planHash("Hash of the deletions that are held back.")),
});

const job = object("One synchronization job.", {
  id: text("Job id.", { max: 128 }),
  templateID: text("Job template.", { max: 64 }),
  state: text("The vendor's state.", { max: 64 }),
  lastSuccess: optional(instant("When a cycle last ended well; kept to the hour.")),
  escrowed: optional(count("Objects that failed and are tried again.")),
  quarantine: optional(quarantine),
});

/** Shared with GroupScope: a plan that waits for approval. */
export const planShape = {
  hash: planHash("Hash of the plan; what an approval names."),
  serial: whole("Counts the plans.", { min: 0, max: 1_000_000_000 }),
  expiresAt: optional(instant("When its approval lapses.")),
  consumed: optional(planHash("The plan that was carried out last.")),
};

export const syncConfigurationStatus = object("What was found.", {
  ...commonStatus,
  servicePrincipalID: optional(uuid("Object id of the service principal.")),
  applicationID: optional(uuid("Object id of the application.")),
  jobs: optional(mapList("Its jobs.", job, ["id"], { max: 10 })),
  drift: optional(
    atomicList(
      "Where Entra differs from the declaration.",
      object("One difference.", {
        path: text("What differs.", { max: 256 }),
        wanted: optional(text("What is declared.", { min: 0, max: 256 })),
        found: optional(text("What was read.", { min: 0, max: 256 })),
      }),
      { max: 20 },
    ),
  ),
  schemaHash: optional(planHash("Hash of the schema that the job has now; a gate passes for exactly this one.")),
  plan: optional(object("The change that waits.", planShape)),
  scope: optional(
    object("Counts against the vendor's limits.", {
      groups: optional(count("Groups in scope.")),
      groupsMax: optional(count("Limit of groups.")),
      memberships: optional(count("Memberships in scope.")),
      membershipsMax: optional(count("Limit of memberships.")),
    }),
  ),
});
