/**
 * The four members of a SyncConfiguration, one a connector.
 * Never: a target that carries how objects are matched or marked; the vendor locks those (entra-graph reference, section 4).
 */
import { duration } from "./durations.ts";
import * as formats from "./formats.ts";
import { reference } from "./references.ts";
import {
  atomicList,
  defaulted,
  flag,
  immutable,
  mapList,
  object,
  optional,
  setList,
  text,
  words,
  type Rule,
} from "./schema.ts";

const domainRef = () =>
  reference("The ADDomain.", [immutable("domainRef", "make a new SyncConfiguration for the other domain")]);
const attributeName = (description: string) => text(description, { max: 128, pattern: /^[A-Za-z0-9_.-]+$/ });

/** Join, marker and member attributes of the vendor, in lower case (entra-graph reference, section 4). */
export const LOCKED_TARGETS: readonly string[] = [
  "member",
  "objectguid",
  "msds-externaldirectoryobjectid",
  "admindescription",
  "issecuritygroup",
  "universalscope",
];
const LOCKED_TARGET_RULE: Rule = {
  rule: `!(self.lowerAscii() in [${LOCKED_TARGETS.map((target) => `'${target}'`).join(", ")}])`,
  message: "remove this mapping: the vendor locks the join, marker and member attributes",
};
const CONTAINER_TARGET_RULE: Rule = {
  rule: "self.lowerAscii() != 'parentdistinguishedname'",
  message: "remove this mapping: targetContainer sets parentDistinguishedName",
};

const clause = object("One comparison.", {
  attribute: attributeName("Attribute of the group."),
  operator: text("Operator of the vendor's filter, such as EQUALS.", { max: 64, pattern: /^[A-Z][A-Z_ ]*$/ }),
  values: optional(atomicList("Values to compare with.", text("A value.", { max: 256 }), { max: 50 })),
});

const attributeFilter = object("A filter; all of its clauses must hold.", {
  name: text("Name of the filter.", { max: 64 }),
  clauses: atomicList("Comparisons.", clause, { max: 20, min: 1 }),
});

const targetContainer = object(
  "Where groups are created in AD: exactly one way to say it.",
  {
    constant: optional(formats.distinguishedName("One container for all.")),
    switch: optional(
      object("A container by the value of an attribute.", {
        attribute: attributeName("Attribute of the group."),
        default: formats.distinguishedName("Container when no case matches."),
        cases: mapList(
          "Cases, compared by equal value.",
          object("One case.", {
            value: text("Value of the attribute.", { max: 256 }),
            container: formats.distinguishedName("Container for it."),
          }),
          ["value"],
          { max: 100, min: 1 },
        ),
      }),
    ),
    attribute: optional(attributeName("A directory extension that holds the container.")),
  },
  [
    {
      rule: "[has(self.constant), has(self.switch), has(self.attribute)].filter(x, x).size() == 1",
      message: "set exactly one of targetContainer.constant, targetContainer.switch and targetContainer.attribute",
    },
  ],
);

export const entraToAD = object(
  "Groups of Entra, written to AD.",
  {
    domainRef: domainRef(),
    objects: words(
      "What is written.",
      ["Groups", "Users", "UsersAndGroups"],
      [
        {
          rule: "self == 'Groups'",
          message: "set objects to Groups: Users and UsersAndGroups are a preview of the vendor and not supported yet",
        },
      ],
    ).default("Groups"),
    scope: defaulted("Which groups.", {
      mode: words("Selected: those that GroupScopes name. All: every group that the filters admit.", [
        "Selected",
        "All",
      ]).default("Selected"),
      attributeFilters: optional(mapList("Filters on attributes.", attributeFilter, ["name"], { max: 20 })),
    }),
    targetContainer,
    attributeMappings: optional(
      mapList(
        "Mappings that are owned here; all others are left alone.",
        object("One mapping.", {
          target: text("Attribute in AD.", {
            max: 128,
            pattern: /^[A-Za-z0-9_.-]+$/,
            rules: [LOCKED_TARGET_RULE, CONTAINER_TARGET_RULE],
          }),
          expression: text("Expression of the vendor's mapping language.", { max: 4_096 }),
        }),
        ["target"],
        { max: 50 },
      ),
    ),
    membership: defaulted("Whether members that are synced from AD are written.", {
      onPremisesUsers: words("Judged by a canary; written only where verified.", ["Expected", "NotExpected"]).default(
        "Expected",
      ),
    }),
    applicationTemplateID: optional(formats.uuid("Overrides the known application template.")),
  },
  [
    {
      rule: "self.scope.mode == 'All' || !has(self.scope.attributeFilters)",
      message:
        "remove scope.attributeFilters, or set scope.mode to All: filters on selected groups cost time and change nothing",
    },
    {
      rule: "self.scope.mode == 'Selected' || (has(self.scope.attributeFilters) && self.scope.attributeFilters.size() > 0)",
      message:
        "scope.mode All needs at least one of scope.attributeFilters: without one the vendor evaluates every object in each cycle",
    },
  ],
);

export const adToEntra = object(
  "Users and groups of AD, written to Entra.",
  {
    domainRef: domainRef(),
    organizationalUnits: optional(
      setList("OUs in scope; absent: all.", formats.distinguishedName("An OU."), { max: 100 }),
    ),
    groups: optional(
      setList("Groups whose members are in scope.", formats.distinguishedName("A group."), { max: 100 }),
    ),
    passwordHashSync: flag("Whether password hashes are synced; needs rights on the domain root.").default(false),
  },
  [
    {
      rule: "!(has(self.organizationalUnits) && has(self.groups))",
      message: "set only one of adToEntra.organizationalUnits and adToEntra.groups: the vendor scopes by one of them",
    },
  ],
);

export const entraDomainServices = object("Scoped synchronization of Entra Domain Services.", {
  administratorsGroupID: formats.uuid("The administrators group, always kept in scope."),
  batchWindow: duration("Changes within this time go together.", { min: "1m", max: "24h" }).default("30m"),
});

export const googleCloud = object(
  "Users and groups of Entra, written to Google Cloud or Workspace.",
  {
    userMapping: words("What becomes primaryEmail.", ["UserPrincipalName", "Mail"]).default("UserPrincipalName"),
    groupMapping: words("What becomes the address of a group.", ["Mail", "DisplayName"]).default("Mail"),
    groupDomain: optional(formats.dnsName("Domain of group addresses made from display names.")),
    verifiedDomains: optional(setList("Domains that Google has verified.", formats.dnsName("A domain."), { max: 50 })),
    guests: words("Whether guests are written.", ["Exclude", "Include"]).default("Exclude"),
    account: optional(
      text("Google account or customer that the connector is authorised for, as shown to people.", { max: 254 }),
    ),
  },
  [
    {
      rule: "self.groupMapping != 'DisplayName' || has(self.groupDomain)",
      message: "groupMapping DisplayName needs groupDomain: the domain of the addresses that are made",
    },
  ],
);
