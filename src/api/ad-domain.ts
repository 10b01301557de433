/**
 * ADDomain: one Active Directory domain, how hosts join it and under which gMSA agents run.
 * Guarantees: paths in another domain, a gMSA name that AD would cut, and rights that AWS never grants are refused at apply.
 * Never: a password; hosts read the named secrets with their own role (S9).
 */
import { AD_DOMAIN } from "./kinds.ts";
import { commonStatus } from "./conditions.ts";
import { AGE_COLUMN, READY_COLUMN, REASON_COLUMN, type KindDefinition, type Resource } from "./definition.ts";
import { duration } from "./durations.ts";
import { accountID, awsRegion, dnsName, hostName, instanceProfile, ipv4Address, nameBelowRoot } from "./formats.ts";
import { gmsa, secretReference } from "./gmsa.ts";
import { allowedNamespaces } from "./references.ts";
import {
  atomicList,
  flag,
  immutable,
  object,
  optional,
  setList,
  text,
  whole,
  words,
  type Infer,
  type Rule,
} from "./schema.ts";

/** Shared with the agent's frozen template: the same on all agents of the domain (agent-host reference, section 4). */
export const agentOptions = object("Settings of the agent, the same on all agents of the domain.", {
  ldapConnectionTimeout: optional(
    duration("How long the agent waits for an LDAP connection.", { min: "1s", max: "10m" }),
  ),
  referralChasing: flag("Whether the agent follows LDAP referrals.").default(false),
});

const join = object("How hosts join the domain.", {
  credential: secretReference("The account that may join computers."),
  organizationalUnit: nameBelowRoot("OU in which the computer accounts are made."),
  computerNamePrefix: text(
    "Start of each computer name; the rest is a hash of the agent's UID, 15 characters in all.",
    {
      max: 6,
      pattern: /^[A-Z][A-Z0-9-]*$/,
    },
  ).default("CSA"),
});

const leave = object("How computer accounts are removed again.", {
  credential: secretReference("An account that may only delete computers in that OU and edit the host group."),
});

const hostPolicy = object("What hosts of other namespaces may be; required where they may attach.", {
  awsAccountIDs: setList("AWS accounts in which hosts may run.", accountID("A 12-digit account id."), {
    max: 50,
    min: 1,
  }),
  instanceProfiles: setList("Instance profiles that hosts may carry.", instanceProfile("Name or ARN."), {
    max: 50,
    min: 1,
  }),
  imageOwners: setList(
    "Owners of images that hosts may start from.",
    text("An account id, or an alias such as amazon.", { max: 32, pattern: /^([0-9]{12}|[a-z-]+)$/ }),
    { max: 20, min: 1 },
  ),
});

/** Every path of the spec lies in the domain: with its DC parts as dots, its DN ends with dnsName. Joining dnsName's parts costs over CEL's budget. */
const inDomain = (path: string): string => `${path}.lowerAscii().replace(',dc=', '.').endsWith('.' + self.dnsName)`;

const rules: readonly Rule[] = [
  {
    rule: "(self.type == 'AWSManagedMicrosoftAD') == has(self.awsManaged)",
    message: "set awsManaged together with type AWSManagedMicrosoftAD, and leave it out otherwise",
  },
  {
    rule: "has(self.awsManaged) == has(oldSelf.awsManaged)",
    message: "awsManaged cannot be added or removed: make a new ADDomain for another directory",
  },
  {
    rule: "self.allowedNamespaces.from == 'Same' || has(self.hostPolicy)",
    message:
      "set hostPolicy: other namespaces may attach hosts to this domain, so say which accounts, profiles and images they may use",
  },
  {
    rule: "!has(self.forest) || self.dnsName in self.forest.domains",
    message: "add dnsName to forest.domains: it lists every domain of the forest, this one too",
  },
  {
    rule: inDomain("self.join.organizationalUnit"),
    message: "join.organizationalUnit lies in another domain: end it with the DC parts of dnsName, without spaces",
  },
  {
    rule: `!has(self.gmsa.hostGroup) || ${inDomain("self.gmsa.hostGroup")}`,
    message: "gmsa.hostGroup lies in another domain: end it with the DC parts of dnsName, without spaces",
  },
  {
    rule: `!has(self.provisioningContainers) || self.provisioningContainers.all(c, ${inDomain("c")})`,
    message: "a provisioning container lies in another domain: end each with the DC parts of dnsName, without spaces",
  },
  {
    rule: "self.type != 'AWSManagedMicrosoftAD' || self.gmsa.permissions.scope != 'DomainRoot'",
    message:
      "AWS gives nobody rights on the root of a Managed Microsoft AD: set gmsa.permissions.scope to OrganizationalUnits",
  },
  {
    rule: "self.type != 'AWSManagedMicrosoftAD' || !self.gmsa.permissions.restrictAccount",
    message:
      "leave out gmsa.permissions.restrictAccount: afterwards only Domain and Enterprise Admins may change the gMSA, and nobody of a Managed Microsoft AD is one",
  },
  {
    rule: "self.type != 'AWSManagedMicrosoftAD' || self.gmsa.mode != 'AgentDefault'",
    message:
      "the agent's default gMSA needs a Domain Admin, which a Managed Microsoft AD has not: set gmsa.mode to Existing or Create",
  },
];

const spec = object(
  "What is declared.",
  {
    dnsName: dnsName("DNS name, in lower case: the key of locks and uniqueness.", [
      immutable("dnsName", "make a new ADDomain for another domain"),
    ]),
    netBIOSName: text("NetBIOS name.", {
      max: 15,
      pattern: /^[A-Za-z0-9-]+$/,
      rules: [immutable("netBIOSName", "make a new ADDomain for another domain")],
    }),
    type: words(
      "Who runs the domain controllers.",
      ["SelfManaged", "AWSManagedMicrosoftAD"],
      [immutable("type", "make a new ADDomain for another directory")],
    ).default("SelfManaged"),
    awsManaged: optional(
      object(
        "The directory in AWS Directory Service.",
        {
          directoryID: text("Directory id.", { max: 12, pattern: /^d-[0-9a-f]{10}$/ }),
          region: awsRegion("Region of the directory."),
        },
        [immutable("awsManaged", "make a new ADDomain for another directory")],
      ),
    ),
    forest: optional(
      object("The forest, when it has more than this domain.", {
        rootDomain: dnsName("DNS name of the root domain."),
        domains: setList("DNS names of all domains of the forest.", dnsName("A DNS name."), { max: 20, min: 1 }),
      }),
    ),
    domainControllers: optional(
      setList(
        "Addresses of the domain controllers; absent: from Directory Service, else from DNS as a host sees it.",
        ipv4Address("An IPv4 address."),
        { max: 16, min: 1 },
      ),
    ),
    preferredDomainControllers: optional(
      atomicList("Host names that the agent tries first, in this order.", hostName("A host name."), {
        max: 16,
        min: 1,
      }),
    ),
    agentOptions: optional(agentOptions),
    join,
    leave: optional(leave),
    gmsa,
    provisioningContainers: optional(
      setList(
        "Containers in which Entra may create groups; required before any write from Entra to AD.",
        nameBelowRoot("A container."),
        { max: 50, min: 1 },
      ),
    ),
    hostPolicy: optional(hostPolicy),
    allowedNamespaces: allowedNamespaces(),
  },
  rules,
);

const status = object("What was found.", {
  ...commonStatus,
  domainControllers: optional(setList("Addresses in use.", ipv4Address("An IPv4 address."), { max: 16 })),
  registration: optional(
    object("The agent that holds the domain's registration slot.", {
      agentUID: text("UID of the agent.", { max: 64 }),
      agentNamespace: text("Its namespace.", { max: 63 }),
      agentName: text("Its name.", { max: 253 }),
    }),
  ),
  dependants: optional(
    object("Objects that have something outside to undo; while there are any, deletion waits.", {
      count: whole("How many.", { min: 0, max: 1_000_000 }),
      first: optional(
        atomicList("The first five, as kind namespace/name.", text("One object.", { max: 400 }), { max: 5 }),
      ),
    }),
  ),
});

export type ADDomainSpec = Infer<typeof spec>;
export type ADDomainStatus = Infer<typeof status>;
export type ADDomain = Resource<ADDomainSpec, ADDomainStatus>;

export const adDomainDefinition = {
  resource: AD_DOMAIN,
  shortNames: [],
  description: "One Active Directory domain: its kind, domain controllers, join secret, gMSA and OUs.",
  spec,
  status,
  columns: [
    READY_COLUMN,
    REASON_COLUMN,
    { name: "Domain", type: "string", jsonPath: ".spec.dnsName", description: "DNS name." },
    {
      name: "Type",
      type: "string",
      jsonPath: ".spec.type",
      description: "Who runs the domain controllers.",
      priority: 1,
    },
    AGE_COLUMN,
  ],
} as const satisfies KindDefinition<typeof spec, typeof status>;
