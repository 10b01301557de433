/**
 * SyncConfiguration: one synchronization configuration of Entra, in one of four directions.
 * Guarantees: exactly the member that `connector` names; what shrinks or moves objects is bounded by budgets (S6).
 * Never: a preview feature without saying so, a mapping that breaks how objects are matched.
 */
import { SYNC_CONFIGURATION } from "./kinds.ts";
import { DELETION_POLICIES, MODES } from "./modes.ts";
import { AGE_COLUMN, READY_COLUMN, REASON_COLUMN, type KindDefinition, type Resource } from "./definition.ts";
import { duration } from "./durations.ts";
import * as formats from "./formats.ts";
import { adToEntra, entraDomainServices, entraToAD, googleCloud } from "./sync-configuration-connectors.ts";
import { syncConfigurationStatus } from "./sync-configuration-status.ts";
import { allowedNamespacesWith, localReference, reference } from "./references.ts";
import {
  defaulted,
  flag,
  immutable,
  mapList,
  object,
  optional,
  setList,
  text,
  whole,
  words,
  type Infer,
  type Rule,
} from "./schema.ts";

const CONNECTOR_MEMBERS = [
  ["EntraToAD", "entraToAD"],
  ["ADToEntra", "adToEntra"],
  ["EntraDomainServices", "entraDomainServices"],
  ["GoogleCloud", "googleCloud"],
] as const;

const memberRules: readonly Rule[] = CONNECTOR_MEMBERS.map(([word, member]) => ({
  rule: `(self.connector == '${word}') == has(self.${member})`,
  message: `set ${member} when connector is ${word}, and leave it out otherwise`,
}));

const ceiling = (description: string, defaults: { readonly maxCount: number; readonly window: string }) => ({
  maxCount: whole(description, { min: 0, max: 10_000 }).default(defaults.maxCount),
  window: duration("Rolling window of the count.", { min: "1m", max: "720h" }).default(defaults.window),
});

const scopePolicy = defaulted("Budgets for changes of what is in scope.", {
  removalCeiling: defaulted("What may leave scope, over the union of all scopes, kept across restarts.", {
    ...ceiling("Groups that may leave within the window.", { maxCount: 5, window: "24h" }),
    maxPercent: whole("The same as a share of the groups in scope; rounds to at least 1.", {
      min: 1,
      max: 100,
    }).default(10),
  }),
  additionCeiling: defaulted(
    "What a selector may newly bring in.",
    ceiling("Groups that may come in within the window.", { maxCount: 25, window: "1h" }),
  ),
  authoritativeFrom: optional(reference("The one GroupScope that may be Authoritative.")),
});

const stagedDeletes = (description: string) =>
  object(description, {
    quarantineBegan: formats.instantText("status.jobs[].quarantine.began of the quarantine that is meant."),
    stagedDeletesHash: formats.planHash("Hash of the deletions that are held back."),
  });

const approvals = object(
  "What a person allows once.",
  {
    plan: optional(formats.planHash("status.plan.hash; fresh for 24 h, used once.")),
    forceDeletes: optional(stagedDeletes("Let the held-back deletions through.")),
    rejectDeletes: optional(stagedDeletes("Drop the held-back deletions.")),
  },
  [
    {
      rule: "!(has(self.forceDeletes) && has(self.rejectDeletes))",
      message: "set only one of approvals.forceDeletes and approvals.rejectDeletes",
    },
  ],
);

const start = defaulted(
  "What must hold before the configuration runs.",
  {
    gateRef: optional(localReference("A ProvisioningTest that must pass.")),
    withoutTest: optional(flag("Run without a test, knowingly.")),
  },
  [
    {
      rule: "!(has(self.gateRef) && has(self.withoutTest) && self.withoutTest)",
      message: "set only one of start.gateRef and start.withoutTest",
    },
  ],
);

const admitted = object("What one namespace may put in scope.", {
  namespace: formats.namespaceName("The namespace; naming it admits it."),
  groups: optional(
    object("Groups that it may name; absent: any.", {
      ids: optional(setList("By object id.", formats.uuid("A group id."), { max: 1_000 })),
      displayNamePrefixes: optional(
        setList("By start of the display name.", text("A prefix.", { max: 256 }), { max: 50 }),
      ),
      administrativeUnits: optional(
        setList("By administrative unit.", formats.uuid("An administrative unit id."), { max: 50 }),
      ),
    }),
  ),
});

const spec = object(
  "What is declared.",
  {
    mode: words("Observe: nothing is written to Entra.", MODES).default("Enforce"),
    deletionPolicy: words(
      "Retain: the configuration stays in Entra. Delete: it goes, within the budgets.",
      DELETION_POLICIES,
    ).default("Retain"),
    tenantRef: reference("The EntraTenant.", [
      immutable("tenantRef", "make a new SyncConfiguration for the other tenant"),
    ]),
    displayName: optional(text("Display name in Entra; absent: the object's name.", { max: 120 })),
    adopt: optional(
      object("An existing configuration to take over; the first pass writes nothing.", {
        servicePrincipalID: formats.uuid("Object id of its service principal."),
      }),
    ),
    state: words("Whether its jobs run.", ["Running", "Paused"]).default("Running"),
    start,
    connector: words(
      "The direction; exactly the member of that name is set.",
      ["EntraToAD", "ADToEntra", "EntraDomainServices", "GoogleCloud"],
      [immutable("connector", "make a new SyncConfiguration for the other direction")],
    ),
    entraToAD: optional(entraToAD),
    adToEntra: optional(adToEntra),
    entraDomainServices: optional(entraDomainServices),
    googleCloud: optional(googleCloud),
    change: defaulted("What an edit may do without an approval of its plan.", {
      maxLeaving: whole("Objects that may leave scope.", { min: 0, max: 10_000 }).default(5),
      maxMoving: whole("Objects that may move to another container.", { min: 0, max: 10_000 }).default(5),
    }),
    scopePolicy,
    deletionThreshold: defaulted("The vendor's own brake on deletions of one run.", {
      enabled: flag("Whether it is on.").default(true),
      value: whole("A run that would delete this many is quarantined.", { min: 1, max: 100_000 }).default(50),
    }),
    notifications: defaulted("Mail of the vendor about quarantine.", {
      recipients: optional(
        setList("Addresses.", text("An address.", { max: 254, pattern: /^[^@\s,;]+@[^@\s,;]+$/ }), { max: 20 }),
      ),
    }),
    quarantine: defaulted("What may be done about a quarantine without a person.", {
      restart: words("Once: one counted restart of state and escrows.", ["Once", "Never"]).default("Once"),
    }),
    approvals: optional(approvals),
    allowedNamespaces: allowedNamespacesWith(
      "Which namespaces may refer to this configuration, and with which groups.",
      {
        entries: optional(mapList("Namespaces admitted by name, with limits.", admitted, ["namespace"], { max: 100 })),
      },
    ),
  },
  memberRules,
);

export type SyncConfigurationSpec = Infer<typeof spec>;
export type SyncConfigurationStatus = Infer<typeof syncConfigurationStatus>;
export type SyncConfiguration = Resource<SyncConfigurationSpec, SyncConfigurationStatus>;

export const syncConfigurationDefinition = {
  resource: SYNC_CONFIGURATION,
  shortNames: ["synccfg"],
  description: "One synchronization configuration of Entra: direction, scope budgets, mappings and state.",
  spec,
  status: syncConfigurationStatus,
  columns: [
    READY_COLUMN,
    REASON_COLUMN,
    { name: "Connector", type: "string", jsonPath: ".spec.connector", description: "Direction." },
    { name: "State", type: "string", jsonPath: ".spec.state", description: "Whether its jobs should run." },
    AGE_COLUMN,
  ],
} as const satisfies KindDefinition<typeof spec, typeof syncConfigurationStatus>;
