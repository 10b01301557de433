/**
 * What a SyncConfiguration's status holds: ids, job state, drift and the plan that waits.
 * Never: per-group lists; counts, first offenders and a hash (the ledger lives in ConfigMaps).
 */
import { commonStatus } from "./conditions.ts";
import { planHash, uuid } from "./formats.ts";
import { atomicList, instant, mapList, object, optional, setList, text, whole, words } from "./schema.ts";

const count = (description: string) => whole(description, { min: 0, max: 10_000_000 });

const quarantine = object("The quarantine of a job.", {
  began: instant("When it began."),
  reason: text("The vendor's reason.", { max: 128 }),
  seriesBegan: optional(instant("When the series of quarantines began.")),
  seriesCount: optional(count("How many in the series.")),
  nextAttempt: optional(instant("When the vendor tries again.")),
  disabledAt: optional(instant("When the vendor disables the job for good: four weeks after it began.")),
  stagedDeletesHash: optional(planHash("Hash of the deletions that are held back.")),
});

const job = object("One synchronization job.", {
  id: text("Job id.", { max: 128 }),
  templateID: text("Job template.", { max: 64 }),
  state: text("The vendor's state.", { max: 64 }),
  lastSuccess: optional(
    instant(
      "When a cycle last ended well; shown while something is wrong with the job, because it moves with every cycle.",
    ),
  ),
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

const intent = object(
  "A call that makes something new and was stored before it left: it is looked for before it is sent again.",
  {
    kind: words("What it makes.", ["Instantiate", "CreateJob"]),
    since: instant("When it was stored."),
    displayName: optional(text("Display name that the new application gets.", { max: 120 })),
    known: optional(setList("Ids that were there before.", text("An id.", { max: 128 }), { max: 50 })),
  },
);

const written = object("The last replacement of a whole document.", {
  document: words("Which one.", ["Secrets", "Schema"]),
  hash: planHash("Hash of what was declared then."),
  since: instant("When it was first written."),
  at: instant("When it was last written."),
  count: whole("How often Entra answered that this was written, since then.", { min: 0, max: 1_000 }),
  confirmed: optional(instant("When it was first read back.")),
});

const adoption = object("How an existing configuration came to this object.", {
  since: instant("When."),
  by: words("Declared: spec.adopt names it. Recognised: the operator's identity owns it.", ["Declared", "Recognised"]),
  shownDrift: optional(planHash("Hash of the differences that were shown before anything is written.")),
});

const repair = object("A restart that is owed or was made, stored before it leaves.", {
  since: instant("Since when it is owed."),
  attempts: whole("How often it was sent.", { min: 0, max: 10 }),
});

const refusedCall = object(
  "The last call that Entra refused; it is not sent again before a while, or before the spec changes.",
  {
    call: text("Which one.", { max: 160 }),
    generation: whole("Generation of the spec for which it was sent.", { min: 0, max: Number.MAX_SAFE_INTEGER }),
    at: instant("When."),
    reason: text("Why, in one CamelCase word.", { max: 128, pattern: /^[A-Z][A-Za-z0-9]*$/ }),
    message: text("Cause and next action.", { min: 0, max: 1_024 }),
  },
);

const spent = object("What was used up for a quarantine, stored before it leaves.", {
  began: instant("Beginning of the quarantine, or of its series for the restart by itself."),
  hash: optional(planHash("Hash of the deletions that were let through or dropped.")),
  attempts: whole("How often it was sent.", { min: 0, max: 10 }),
  done: optional(instant("When it was answered.")),
});

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
  plan: optional(
    object("The change that waits.", {
      ...planShape,
      leaving: optional(count("Objects that would leave; absent: not known.")),
      moving: optional(count("Objects that would move; absent: not known.")),
      sample: optional(atomicList("What it does, and the first objects.", text("A line.", { max: 256 }), { max: 20 })),
    }),
  ),
  approved: optional(
    object("The approved plan that is being carried out.", {
      purpose: words("What it does.", ["Change", "Deletion"]),
      hash: planHash("Hash of its plan."),
      serial: whole("Serial of its plan.", { min: 0, max: 1_000_000_000 }),
      since: instant("Since when."),
    }),
  ),
  deleted: optional(
    words("What of it has been deleted in Entra last, once its deletion is under way.", [
      "Job",
      "ServicePrincipal",
      "Application",
    ]),
  ),
  intent: optional(intent),
  refused: optional(refusedCall),
  adoption: optional(adoption),
  written: optional(mapList("Last replacements.", written, ["document"], { max: 2 })),
  ownedFilters: optional(
    setList("Names of the filters that this object has put into the schema.", text("A name.", { max: 64 }), {
      max: 40,
    }),
  ),
  restart: optional(repair),
  quarantineRestart: optional(spent),
  stagedDeletes: optional(spent),
  gate: optional(
    object("The last start.", {
      schemaHash: planHash("The schema for which the gate stood open."),
      at: instant("When."),
    }),
  ),
  scope: optional(
    object("What is assigned in mode Selected, against the vendor's limits; absent: not counted.", {
      groups: optional(count("Groups in scope, whoever put them there.")),
      groupsMax: optional(count("Limit of groups.")),
      memberships: optional(count("Direct members of these groups; absent: not all are counted yet.")),
      membershipsMax: optional(count("Limit of memberships.")),
    }),
  ),
});
