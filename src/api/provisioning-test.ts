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

const runShape = {
  startedAt: instant("When it began."),
  finishedAt: optional(instant("When it ended.")),
  generation: optional(whole("Generation of this object that was run.", { min: 0, max: Number.MAX_SAFE_INTEGER })),
  schemaHash: optional(
    planHash("The configuration's status.schemaHash when it was run: a gate asks for the present one."),
  ),
  result: words("How it ended.", ["Passed", "Failed", "Unknown"]),
};

const status = object("What was found.", {
  ...commonStatus,
  last: optional(
    object("The newest run.", {
      ...runShape,
      steps: optional(
        atomicList(
          "What the vendor reported, in order.",
          object("One step.", {
            type: text("Kind of step.", { max: 64 }),
            status: text("How it ended.", { max: 32 }),
            description: optional(text("What it said.", { min: 0, max: 300 })),
          }),
          { max: 20 },
        ),
      ),
    }),
  ),
  history: optional(atomicList("Earlier runs, newest first.", object("One run.", runShape), { max: 20 })),
  freshUntil: optional(instant("Until when the last result counts as fresh.")),
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
    AGE_COLUMN,
  ],
} as const satisfies KindDefinition<typeof spec, typeof status>;
