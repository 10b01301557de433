/**
 * ProvisioningTest: an on-demand provisioning run with expectations, once or on a schedule.
 * Never: more than a bounded history; it writes to AD, so it obeys the mode of its configuration.
 */
import { PROVISIONING_TEST } from "./kinds.ts";
import { commonStatus } from "./conditions.ts";
import { AGE_COLUMN, READY_COLUMN, REASON_COLUMN, type KindDefinition, type Resource } from "./definition.ts";
import { cronSchedule, distinguishedName, planHash, timeZone, uuid } from "./formats.ts";
import { localReference } from "./references.ts";
import {
  atomicList,
  defaulted,
  immutable,
  instant,
  object,
  optional,
  setList,
  text,
  whole,
  words,
  type Infer,
} from "./schema.ts";

const group = object(
  "A group.",
  {
    id: optional(uuid("Object id.")),
    displayName: optional(text("Display name; must match exactly one group.", { max: 256 })),
  },
  [
    {
      rule: "has(self.id) != has(self.displayName)",
      message: "set exactly one of subject.group.id and subject.group.displayName",
    },
  ],
);

const members = object(
  "Which members take part.",
  {
    sample: optional(whole("So many, chosen by the operator.", { min: 1, max: 50 })),
    ids: optional(setList("These; more than five run in batches of five.", uuid("A user id."), { max: 50, min: 1 })),
  },
  [
    {
      rule: "has(self.sample) != has(self.ids)",
      message: "set exactly one of subject.members.sample and subject.members.ids",
    },
  ],
);

const user = object(
  "A user, where the connector has users.",
  { id: optional(uuid("Object id.")), distinguishedName: optional(distinguishedName("Distinguished name.")) },
  [
    {
      rule: "has(self.id) != has(self.distinguishedName)",
      message: "set exactly one of subject.user.id and subject.user.distinguishedName",
    },
  ],
);

const subject = object(
  "Who or what is provisioned.",
  { group: optional(group), members: optional(members), user: optional(user) },
  [
    { rule: "has(self.group) != has(self.user)", message: "set exactly one of subject.group and subject.user" },
    {
      rule: "!has(self.members) || has(self.group)",
      message: "subject.members needs subject.group: name the group whose members take part",
    },
  ],
);

const expect = defaulted(
  "What must be seen afterwards.",
  {
    verify: words("Directory: read back from AD by a healthy host. Graph: what Entra answers.", [
      "Directory",
      "Graph",
    ]).default("Graph"),
    container: optional(distinguishedName("Container in which the group must stand.")),
    members: optional(words("Which of the members must be there.", ["All", "Any", "None"])),
  },
  [
    {
      rule: "!has(self.container) || self.verify == 'Directory'",
      message: "expect.container needs expect.verify: Directory, because only AD shows where a group stands",
    },
  ],
);

const spec = object(
  "What is declared.",
  {
    configurationRef: localReference("The SyncConfiguration under test.", [
      immutable("configurationRef", "make a new ProvisioningTest for the other configuration"),
    ]),
    subject,
    schedule: optional(
      cronSchedule("Five cron fields; absent: once for each generation and each cloudsync.dev/requested-at."),
    ),
    timeZone: optional(timeZone("IANA time zone of the schedule; absent: UTC.")),
    expect,
    historyLimit: whole("Runs that are kept in status.", { min: 1, max: 20 }).default(5),
  },
  [
    {
      rule: "!has(self.timeZone) || has(self.schedule)",
      message: "timeZone needs schedule: set both, or remove timeZone",
    },
  ],
);

const word = (description: string) => text(description, { max: 128, pattern: /^[A-Z][A-Za-z0-9]*$/ });
const count = (description: string) => whole(description, { min: 0, max: 1_000_000 });
const generation = whole("Generation of this object that was run.", { min: 0, max: Number.MAX_SAFE_INTEGER });
const schemaHash = planHash(
  "The configuration's status.schemaHash when the run began: a gate asks for the present one.",
);

export const RUN_CAUSES = ["Generation", "Requested", "Schema", "Schedule", "AgentsReturned", "Retry"] as const;
export type RunCause = (typeof RUN_CAUSES)[number];
const cause = words("Why it was run.", [...RUN_CAUSES, "Unknown"]);

const runShape = {
  startedAt: instant("When it began."),
  finishedAt: optional(instant("When it ended.")),
  generation: optional(generation),
  schemaHash: optional(schemaHash),
  result: words("How it ended.", ["Passed", "Failed", "Unknown"]),
  reason: optional(word("Why it ended so, in one word.")),
};

const step = object("One step.", {
  type: text("Kind of step.", { max: 64 }),
  status: text("How it ended.", { max: 32 }),
  description: optional(text("What it said.", { min: 0, max: 300 })),
});
const steps = atomicList("What the vendor reported, in order.", step, { max: 20 });

const answer = object("The least good answer of the vendor so far.", {
  result: text("The vendor's word.", { min: 0, max: 64 }),
  errorCode: optional(text("The vendor's code.", { max: 128 })),
  action: optional(text("What the vendor says that it did.", { max: 64 })),
});

const reader = object("The host that reads the group back from AD.", {
  namespace: text("Namespace of its agent.", { max: 63 }),
  name: text("Name of its agent.", { max: 253 }),
  operationID: text("Operation id of the read.", { max: 64 }),
  startedAt: instant("When it was asked."),
});

const run = object("The run under way; stored before each call.", {
  id: text("Identity of the run.", { max: 64 }),
  cause,
  request: optional(text("The value of cloudsync.dev/requested-at that it answers.", { min: 0, max: 128 })),
  startedAt: instant("When it began."),
  deadline: instant("When it is given up."),
  generation,
  schemaHash: optional(schemaHash),
  ruleID: text("The synchronization rule that it names.", { max: 128 }),
  groupID: uuid("The group."),
  memberIDs: atomicList("The members that take part.", uuid("A user id."), { max: 50 }),
  phase: words("What is done now.", ["Before", "Provision", "Prove", "Unknown"]),
  batch: whole("Which five of the members, from 0.", { min: 0, max: 9 }),
  attempts: whole("Calls of this phase and batch.", { min: 1, max: 100 }),
  retryAt: optional(instant("When the proof is read again.")),
  answer: optional(answer),
  steps: optional(steps),
  reader: optional(reader),
  tried: optional(atomicList("Hosts that could not read, by agent.", text("An agent.", { max: 320 }), { max: 10 })),
});

const difference = object("One difference between Entra and AD; named, never repaired.", {
  what: text("What differs.", { max: 64 }),
  entra: text("As Entra or the declaration has it.", { min: 0, max: 300 }),
  directory: text("As AD has it.", { min: 0, max: 300 }),
});

const directory = object("The group as AD showed it.", {
  distinguishedName: optional(text("Its distinguished name; absent: it was not found.", { max: 2_048 })),
  domainController: text("The domain controller that answered; another one may lag behind it.", { min: 0, max: 255 }),
  memberCount: optional(count("Its direct members.")),
  readBy: text("The agent whose host read it.", { max: 320 }),
});

const freshness = object("How long a change of the group's members took into AD, within what the runs can tell.", {
  members: text("Hash of the members in Entra at the newest look.", { max: 64 }),
  lookedAt: instant("The newest look."),
  change: optional(
    object("The newest change that was seen.", {
      after: instant("The last look before it: the change was made after this."),
      changedAt: instant("The first look that showed it in Entra: the change was made before this."),
      seenAt: optional(instant("When AD first showed it.")),
      by: optional(words("What carried it: the job by itself, or the test.", ["Job", "Test", "Unknown"])),
      minutesMax: optional(whole("Minutes from the change to AD, at most.", { min: 0, max: 10_000_000 })),
    }),
  ),
});

const status = object("What was found.", {
  ...commonStatus,
  run: optional(run),
  last: optional(
    object("The newest run.", {
      ...runShape,
      cause: optional(cause),
      message: optional(text("Cause and next action.", { min: 0, max: 600 })),
      groupID: optional(uuid("The group.")),
      members: optional(count("Members that took part.")),
      errorCode: optional(text("The vendor's code.", { max: 128 })),
      steps: optional(steps),
      directory: optional(directory),
      drift: optional(atomicList("Where Entra and AD differ.", difference, { max: 10 })),
      retries: optional(count("Runs before it that had told nothing, in a row.")),
    }),
  ),
  history: optional(atomicList("Earlier runs, newest first.", object("One run.", runShape), { max: 20 })),
  freshUntil: optional(instant("Until when the last result counts as fresh: the next scheduled run.")),
  freshness: optional(freshness),
});

export type ProvisioningTestSpec = Infer<typeof spec>;
export type ProvisioningTestStatus = Infer<typeof status>;
export type ProvisioningTest = Resource<ProvisioningTestSpec, ProvisioningTestStatus>;

export const provisioningTestDefinition = {
  resource: PROVISIONING_TEST,
  shortNames: ["pt"],
  description: "An on-demand provisioning run with expectations, once or on a schedule.",
  spec,
  status,
  columns: [
    READY_COLUMN,
    REASON_COLUMN,
    { name: "Last", type: "string", jsonPath: ".status.last.result", description: "How the newest run ended." },
    { name: "Finished", type: "date", jsonPath: ".status.last.finishedAt", description: "When." },
    {
      name: "Running",
      type: "string",
      jsonPath: ".status.run.phase",
      description: "What the run under way does now.",
    },
    {
      name: "Fresh",
      type: "integer",
      jsonPath: ".status.freshness.change.minutesMax",
      description: "Minutes that the newest change of members took from Entra to AD, at most.",
    },
    {
      name: "Drift",
      type: "string",
      jsonPath: ".status.last.drift[*].what",
      description: "The first difference between Entra and AD.",
    },
    {
      name: "Configuration",
      type: "string",
      jsonPath: ".spec.configurationRef.name",
      description: "The configuration under test.",
      priority: 1,
    },
    AGE_COLUMN,
  ],
} as const satisfies KindDefinition<typeof spec, typeof status>;
