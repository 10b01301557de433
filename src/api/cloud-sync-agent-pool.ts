/**
 * CloudSyncAgentPool: N agents of one domain, spread over subnets.
 * Guarantees: what a person reads in `kubectl get csap` stands in status.summary as text; every wait is a field with a default.
 * Never: a default inside a list item, free-form user data or script, Spot capacity.
 */
import { CLOUD_SYNC_AGENT_POOL } from "./kinds.ts";
import { poolStatus } from "./cloud-sync-agent-pool-status.ts";
import { healthShape, HEALTH_RULE, timeoutsShape } from "./agent-behaviour.ts";
import { poolAWS } from "./cloud-sync-agent-pool-aws.ts";
import { DELETION_POLICIES, MODES } from "./modes.ts";
import { AGE_COLUMN, type KindDefinition, type Resource } from "./definition.ts";
import { duration } from "./durations.ts";
import * as formats from "./formats.ts";
import { localReference, reference } from "./references.ts";
import {
  atomicList,
  defaulted,
  immutable,
  mapList,
  object,
  optional,
  text,
  whole,
  words,
  type Infer,
} from "./schema.ts";

export const AGENT_KINDS = ["Provisioning", "PassThroughAuthentication"] as const;
export const REGISTRATION_MODES = ["Manual", "Credential", "AccessToken"] as const;

const agent = object("What runs on the hosts.", {
  kind: words("Which agent.", AGENT_KINDS, [
    immutable("agent.kind", "make a new pool for the other kind of agent"),
  ]).default("Provisioning"),
  installer: object("An entry of the installer catalogue in the operator's configuration.", {
    name: text("Name of the entry.", { max: 100, pattern: /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/ }),
  }),
  minimumVersion: optional(
    formats.agentVersion("Agents below this version are replaced; the vendor updates agents by itself otherwise."),
  ),
  registration: defaulted(
    "How an agent is registered with the tenant.",
    {
      mode: words(
        "Manual: a person finishes the wizard on each host. Credential, AccessToken: from the named secret.",
        REGISTRATION_MODES,
      ).default("Manual"),
      secretARN: optional(formats.secretARN("Secret that the host reads while it registers.")),
    },
    [
      {
        rule: "(self.mode == 'Manual') != has(self.secretARN)",
        message: "set registration.secretARN for Credential and AccessToken, and leave it out for Manual",
      },
    ],
  ),
  proxy: optional(
    object("Outbound proxy of the agent.", { url: formats.proxyURL("http or https, host and port; no credentials.") }),
  ),
});

const maintenanceWindow = object("A time in which planned work may start.", {
  schedule: formats.cronSchedule("Start, as five cron fields."),
  duration: duration("Length.", { min: "10m", max: "168h" }),
  timeZone: optional(formats.timeZone("IANA time zone; absent: UTC.")),
});

const rollout = defaulted(
  "How planned replacements go.",
  {
    maxSurge: whole("Hosts above replicas while one is replaced.", { min: 1, max: 3 }).default(1),
    gateRef: optional(localReference("A ProvisioningTest that proves each step of a planned rollout.")),
    gateTimeout: optional(duration("How long the gate may take; absent: 30m.", { min: "1m", max: "24h" })),
    maintenanceWindows: optional(
      atomicList("Windows for planned work only; absent: any time.", maintenanceWindow, { max: 10 }),
    ),
  },
  [
    {
      rule: "!has(self.gateTimeout) || has(self.gateRef)",
      message: "gateTimeout needs gateRef: name the ProvisioningTest, or remove the timeout",
    },
  ],
);

const remediation = defaulted("What may be done to a host that stays unhealthy.", {
  unhealthyAfter: duration("How long a failing view is watched first.", { min: "1s", max: "24h" }).default("10m"),
  upTo: words("The last rung of the ladder.", ["RestartService", "Reboot", "Replace"]).default("Replace"),
  maxReplacementsPerDay: whole("Replacements in any 24 hours.", { min: 0, max: 50 }).default(3),
  correlationWindow: duration("Failures with onsets this near count as one.", { min: "1s", max: "24h" }).default("20m"),
});

const spec = object("What is declared.", {
  mode: words("Observe: nothing is written outside the cluster.", MODES).default("Enforce"),
  deletionPolicy: words(
    "Delete: instances go with the pool. Retain: they stay and are listed.",
    DELETION_POLICIES,
  ).default("Delete"),
  replicas: whole("Agents wanted.", { min: 0, max: 20 }).default(3),
  tenantRef: reference("The EntraTenant.", [
    immutable("tenantRef", "make a new pool for the other tenant, then delete this one"),
  ]),
  domainRef: reference("The ADDomain that hosts join.", [
    immutable("domainRef", "make a new pool for the other domain, then delete this one"),
  ]),
  additionalDomainRefs: optional(
    atomicList("More domains of the same forest, served by the same agents.", reference("An ADDomain."), { max: 19 }),
  ),
  aws: poolAWS,
  placement: defaulted("How hosts are spread.", {
    policy: words("Strict: counts per AZ differ by at most 1, surge apart. Preferred: as even as capacity allows.", [
      "Strict",
      "Preferred",
    ]).default("Strict"),
  }),
  agent,
  availability: defaulted("What must stay Ready.", {
    minHealthy: optional(
      whole("Ready agents that no action goes below; absent: replicas - 1, at least 1, and 0 when replicas is 0.", {
        min: 0,
        max: 20,
      }),
    ),
  }),
  rollout,
  remediation,
  health: defaulted("How health is observed.", healthShape, [HEALTH_RULE]),
  timeouts: defaulted("How long each step may take.", timeoutsShape),
  adopt: optional(
    mapList(
      "Instances to take over; a person sets the ownership tag, which is the consent.",
      object("One instance.", { instanceID: formats.instanceID("Instance id.") }),
      ["instanceID"],
      { max: 20 },
    ),
  ),
});

export type CloudSyncAgentPoolSpec = Infer<typeof spec>;
export type CloudSyncAgentPoolStatus = Infer<typeof poolStatus>;
export type CloudSyncAgentPool = Resource<CloudSyncAgentPoolSpec, CloudSyncAgentPoolStatus>;

export const cloudSyncAgentPoolDefinition = {
  resource: CLOUD_SYNC_AGENT_POOL,
  shortNames: ["csap"],
  description: "N healthy agents of one Active Directory domain, spread over subnets, one registration at a time.",
  spec,
  status: poolStatus,
  rootRules: [
    {
      rule: "size(self.metadata.name) <= 48",
      message: "shorten the pool's name to at most 48 characters: it is part of its agents' names and labels",
    },
  ],
  scale: {
    specReplicasPath: ".spec.replicas",
    statusReplicasPath: ".status.replicas",
    labelSelectorPath: ".status.selector",
  },
  columns: [
    { name: "Ready", type: "string", jsonPath: ".status.summary.ready", description: "Ready agents of wanted ones." },
    {
      name: "Available",
      type: "string",
      jsonPath: ".status.conditions[?(@.type=='Available')].status",
      description: "Whether at least minHealthy agents are Ready.",
    },
    { name: "AZs", type: "string", jsonPath: ".status.summary.zones", description: "Agents by availability zone." },
    {
      name: "Version",
      type: "string",
      jsonPath: ".status.summary.version",
      description: "Agent version, or the range while two run.",
    },
    {
      name: "Entra",
      type: "string",
      jsonPath: ".status.summary.entra",
      description: "The jobs of the domain in Entra: Ok, or what is wrong.",
      priority: 1,
    },
    {
      name: "Reason",
      type: "string",
      jsonPath: ".status.summary.reason",
      description: "The first thing wrong, or Ready.",
    },
    AGE_COLUMN,
  ],
} as const satisfies KindDefinition<typeof spec, typeof poolStatus>;
