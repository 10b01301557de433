/**
 * GroupScope: groups that a team wants in a configuration's scope; the union of all scopes is in scope.
 * Guarantees: an empty scope cannot be declared, so absent never means "remove all" (S6).
 */
import { GROUP_SCOPE } from "./kinds.ts";
import { DELETION_POLICIES, MODES } from "./modes.ts";
import { commonStatus } from "./conditions.ts";
import { AGE_COLUMN, READY_COLUMN, REASON_COLUMN, type KindDefinition, type Resource } from "./definition.ts";
import { duration } from "./durations.ts";
import { planHash, uuid } from "./formats.ts";
import { reference } from "./references.ts";
import { planShape } from "./sync-configuration-status.ts";
import {
  atomicList,
  immutable,
  mapList,
  object,
  optional,
  setList,
  text,
  whole,
  words,
  defaulted,
  type Infer,
} from "./schema.ts";

const groups = object("Groups by name or id.", {
  ids: optional(setList("Object ids.", uuid("A group id."), { max: 1_000, min: 1 })),
  displayNames: optional(
    setList(
      "Display names; each must match exactly one group, whose id is then kept.",
      text("A display name.", { max: 256 }),
      {
        max: 200,
        min: 1,
      },
    ),
  ),
});

const selector = object(
  "Groups by a rule.",
  {
    displayNamePrefix: optional(text("Start of the display name.", { max: 256 })),
    filter: optional(text("A checked subset of OData.", { max: 1_024 })),
  },
  [
    {
      rule: "has(self.displayNamePrefix) != has(self.filter)",
      message: "set exactly one of selector.displayNamePrefix and selector.filter",
    },
  ],
);

const spec = object(
  "What is declared.",
  {
    mode: words("Observe: assignments are planned and not written.", MODES).default("Enforce"),
    deletionPolicy: words(
      "Retain: assignments stay when the scope goes. Delete: they are removed within the budget.",
      DELETION_POLICIES,
    ).default("Retain"),
    configurationRef: reference("The SyncConfiguration.", [
      immutable("configurationRef", "make a new GroupScope for the other configuration"),
    ]),
    policy: words(
      "Authoritative: foreign assignments are removed too; only where the configuration names this scope.",
      ["Additive", "Authoritative"],
    ).default("Additive"),
    groups: optional(groups),
    selector: optional(selector),
    removal: defaulted("Budget for removals; can only be stricter than the configuration's.", {
      maxCount: whole("Groups that may leave within the window.", { min: 0, max: 10_000 }).default(5),
      maxPercent: whole("The same as a share; rounds to at least 1.", { min: 1, max: 100 }).default(10),
      window: duration("Rolling window.", { min: "1m", max: "720h" }).default("24h"),
    }),
    approvedPlan: optional(planHash("status.plan.hash; valid 24 h, used once.")),
  },
  [
    {
      rule: "has(self.selector) || (has(self.groups) && (has(self.groups.ids) || has(self.groups.displayNames)))",
      message: "name groups by groups.ids, groups.displayNames or selector; to bring in none, delete the GroupScope",
    },
  ],
);

const count = (description: string) => optional(whole(description, { min: 0, max: 10_000_000 }));

const status = object("What was found.", {
  ...commonStatus,
  counts: optional(
    object("Groups by state.", {
      desired: count("Groups that are wanted."),
      assigned: count("Groups that are in scope."),
      toAdd: count("Groups that will come in."),
      toRemove: count("Groups that will leave."),
      ineligible: count("Groups that cannot come in."),
      foreign: count("Assignments that nobody declared."),
      contended: count("Groups that other hands took out of scope more than once within a day."),
    }),
  ),
  plan: optional(
    object("The change that waits.", {
      ...planShape,
      toRemove: optional(
        atomicList("The first groups that would leave.", text("A display name.", { max: 256 }), { max: 20 }),
      ),
    }),
  ),
  bindings: optional(
    mapList(
      "Which group each display name stands for; another group under the name is IdentityChanged.",
      object("One name.", {
        displayName: text("The name, as declared.", { max: 256 }),
        id: uuid("Id of the group that the name was first resolved to."),
      }),
      ["displayName"],
      { max: 200 },
    ),
  ),
  baseline: optional(
    planHash(
      "The selector whose first matches have all come in; what it matches from then on comes in under the ceiling.",
    ),
  ),
  progress: optional(object("How far the plan is.", { done: count("Changes made."), total: count("Changes in all.") })),
  ineligible: optional(
    atomicList(
      "The first groups that cannot come in.",
      object("One group.", {
        id: optional(uuid("Group id.")),
        displayName: optional(text("Display name.", { max: 256 })),
        reason: text("Why, in one CamelCase word.", { max: 128, pattern: /^[A-Z][A-Za-z0-9]*$/ }),
      }),
      { max: 20 },
    ),
  ),
});

export type GroupScopeSpec = Infer<typeof spec>;
export type GroupScopeStatus = Infer<typeof status>;
export type GroupScope = Resource<GroupScopeSpec, GroupScopeStatus>;

export const groupScopeDefinition = {
  resource: GROUP_SCOPE,
  shortNames: ["gs"],
  description: "A set of groups that a team wants in a configuration's scope.",
  spec,
  status,
  columns: [
    READY_COLUMN,
    REASON_COLUMN,
    { name: "Desired", type: "integer", jsonPath: ".status.counts.desired", description: "Groups that are wanted." },
    {
      name: "Assigned",
      type: "integer",
      jsonPath: ".status.counts.assigned",
      description: "Groups that are in scope.",
    },
    AGE_COLUMN,
  ],
} as const satisfies KindDefinition<typeof spec, typeof status>;
