/**
 * CloudSyncAgentPool: N agents of one domain, spread over subnets.
 * Guarantees: what a person reads in `kubectl get csap` stands in status.summary as text; every wait is a field with a default.
 * Never: a default inside a list item, free-form user data or script, Spot capacity.
 */
import { CLOUD_SYNC_AGENT_POOL } from "./kinds.ts";
import { poolStatus } from "./cloud-sync-agent-pool-status.ts";
import { assumeRole, instanceTags, rootVolumeShape } from "./aws.ts";
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
  setList,
  text,
  textMap,
  whole,
  words,
  type Infer,
  type Rule,
} from "./schema.ts";

export const AGENT_KINDS = ["Provisioning", "PassThroughAuthentication"] as const;
export const REGISTRATION_MODES = ["Manual", "Credential", "AccessToken"] as const;
export const DELETION_POLICIES = ["Delete", "Retain"] as const;
export const MODES = ["Enforce", "Observe"] as const;

const image = object(
  "The image that hosts start from.",
  {
    ssmParameter: optional(formats.ssmParameterName("Public SSM parameter that names the image.")),
    id: optional(formats.imageID("One image.")),
    policy: words("Pin: resolved once, kept until the field changes. Follow: a newer image is rolled out.", [
      "Pin",
      "Follow",
    ]).default("Pin"),
  },
  [
    { rule: "has(self.ssmParameter) != has(self.id)", message: "set exactly one of image.ssmParameter and image.id" },
    {
      rule: "self.policy == 'Pin' || has(self.ssmParameter)",
      message: "policy Follow needs image.ssmParameter: one image id never changes",
    },
  ],
).default({ ssmParameter: "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base", policy: "Pin" });

const awsRules: readonly Rule[] = [
  {
    rule: "has(self.subnetIDs) != has(self.subnetSelector)",
    message: "set exactly one of aws.subnetIDs and aws.subnetSelector",
  },
  {
    rule: "has(self.assumeRole) == has(oldSelf.assumeRole)",
    message: "assumeRole cannot be added or removed, because the account would change: make a new pool",
  },
];

const aws = object(
  "Where and as what hosts run.",
  {
    region: formats.awsRegion("AWS Region.", [
      immutable("aws.region", "make a new pool in the other Region, then delete this one"),
    ]),
    serviceAccountRef: optional(
      localReference(
        "Service account of this namespace whose role is used. Absent: the operator's own identity, where the process configuration grants it.",
      ),
    ),
    assumeRole: optional(
      assumeRole([
        {
          rule: "self.roleARN.split(':')[4] == oldSelf.roleARN.split(':')[4]",
          message:
            "the account of assumeRole.roleARN cannot be changed: make a new pool in the other account, then delete this one",
        },
      ]),
    ),
    subnetIDs: optional(
      setList("Subnets over whose AZs hosts are spread.", formats.subnetID("A subnet id."), { max: 16, min: 1 }),
    ),
    subnetSelector: optional(
      object("Subnets that carry all of these tags.", {
        tags: textMap("Tag keys and values.", {
          max: 10,
          valueMax: 256,
          rules: [
            {
              rule: "size(self) >= 1",
              message: "name at least one tag in subnetSelector.tags: none would select every subnet of the account",
            },
          ],
        }),
      }),
    ),
    securityGroupIDs: setList("Security groups of the hosts.", formats.securityGroupID("A security group id."), {
      max: 16,
      min: 1,
    }),
    instanceProfile: formats.instanceProfile("Instance profile of the hosts, by name or ARN."),
    bootstrapInstanceProfile: optional(
      formats.instanceProfile(
        "A profile that may read join and setup secrets, replaced by instanceProfile once the host is Configured.",
      ),
    ),
    instanceTypes: atomicList("Instance types, tried in this order.", formats.instanceType("An instance type."), {
      max: 10,
      min: 1,
    }).default(["m6i.large", "m5.large"]),
    image,
    rootVolume: defaulted("The root volume, always encrypted.", rootVolumeShape),
    tags: instanceTags(),
  },
  awsRules,
);

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

export const healthShape = {
  probeInterval: duration("Time between two cheap commands on a host.", { min: "1s", max: "1h" }).default("5m"),
  evidenceMaxAge: duration("Ready needs evidence younger than this.", { min: "2s", max: "24h" }).default("15m"),
};
export const HEALTH_RULE: Rule = {
  rule: "duration(self.evidenceMaxAge) > duration(self.probeInterval)",
  message:
    "set health.evidenceMaxAge above health.probeInterval, best to three times it: otherwise Ready lapses between two probes",
};

const step = (description: string, preset: string) => duration(description, { min: "1s", max: "168h" }).default(preset);
export const timeoutsShape = {
  online: step("From launch until SSM sees the host.", "20m"),
  preflight: step("For the checks before the join.", "10m"),
  join: step("For the join with its reboots.", "30m"),
  install: step("For download, verification and installation.", "20m"),
  registration: step("Until the host is registered; for Manual, the time a person has.", "24h"),
  configure: step("For the gMSA and domain set-up.", "20m"),
  drain: step("For stopping the agent before its host goes.", "10m"),
};

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
  aws,
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
      name: "Reason",
      type: "string",
      jsonPath: ".status.summary.reason",
      description: "The first thing wrong, or Ready.",
    },
    AGE_COLUMN,
  ],
} as const satisfies KindDefinition<typeof spec, typeof poolStatus>;
