/**
 * What an agent's status holds: intent, attempts, deadlines, operation ids, and what people read.
 * Guarantees: after a restart the next step follows from it and from the world alone (S1, L2).
 * Never: poll times or ages, which would write at rest (L1).
 */
import { commonStatus } from "./conditions.ts";
import { availabilityZone, imageID, instanceID, instanceType, subnetID } from "./formats.ts";
import { instant, mapList, object, optional, text, whole, words, type Infer } from "./schema.ts";

/** Design, section 4; derived from evidence on every pass, for people. */
export const AGENT_PHASES = [
  "Pending",
  "Launching",
  "Booting",
  "Preflight",
  "Joining",
  "Installing",
  "AwaitingRegistration",
  "Configuring",
  "Ready",
  "Suspect",
  "Repairing",
  "Replacing",
  "Draining",
  "Leaving",
  "Terminating",
  "Unknown",
] as const;
export type AgentPhase = (typeof AGENT_PHASES)[number];

export const VIEW_NAMES = ["EC2", "SSM", "Host", "Directory", "Entra"] as const;
export type ViewName = (typeof VIEW_NAMES)[number];

export const HOST_STEPS = [
  "Preflight",
  "Join",
  "Install",
  "Register",
  "Configure",
  "Probe",
  "Drain",
  "UpdateSSMAgent",
  "ProveSecretDenied",
  "Permissions",
  "VendorPermissions",
  "Unknown",
] as const;
export type HostStepName = (typeof HOST_STEPS)[number];

const reason = (description: string) => text(description, { max: 128, pattern: /^[A-Z][A-Za-z0-9]*$/ });
const uid = (description: string) => text(description, { max: 64 });

const launch = object("The launch that is intended or done; stored before EC2 is called.", {
  attempt: whole("Counts the launches of this agent.", { min: 1, max: 1_000_000 }),
  subnetID: subnetID("Subnet."),
  availabilityZone: availabilityZone("Availability zone."),
  instanceType: instanceType("Instance type."),
  imageID: imageID("Image."),
  token: text("Idempotency token of the attempt, at most 64 ASCII characters.", { max: 64 }),
  intendedAt: instant("When it was first intended."),
});

const lastError = object("How the last attempt failed.", {
  class: text("Class of the failure.", { max: 32 }),
  reason: reason("One CamelCase word."),
  message: text("What happened.", { min: 0, max: 300 }),
  fix: text("What the reader does next.", { min: 0, max: 300 }),
});

const step = object("The host step in progress, or the one that failed last.", {
  name: words("Which step.", HOST_STEPS),
  operationID: text("Idempotency key on the host.", { min: 8, max: 64, pattern: /^[a-z0-9]+$/ }),
  commandID: optional(text("SSM command, once it is known.", { max: 36 })),
  startedAt: instant("When its first attempt began."),
  deadline: instant("When it counts as failed."),
  attempts: whole("Attempts so far.", { min: 0, max: 1_000_000 }),
  lastError: optional(lastError),
  retryAt: optional(instant("When the failed step is tried again by itself; absent: only when a person asks.")),
  endedAt: optional(instant("When a Drain ended, well or not: retirement goes on from there.")),
});

const secrets = object(
  "How far the host's way to the secrets of its set-up is closed; only where aws.bootstrapInstanceProfile is named.",
  {
    swapIntendedAt: optional(instant("When the replacement of the bootstrap profile was first intended.")),
    replacedAt: optional(
      instant("Since when EC2 shows the runtime profile; credentials from before are waited out from there."),
    ),
    deniedAt: optional(instant("When the host proved that its role is refused the secrets, after that wait.")),
  },
);

const rights = object("What is known of the gMSA's rights in the directory; only where its domain declares any.", {
  digest: text("Hash of what was looked at, and for which agent version.", { max: 64, pattern: /^[0-9a-f]{8,64}$/ }),
  agentVersion: optional(text("That agent version: each is looked at once.", { max: 40 })),
  runs: whole("Commands begun for it so far; part of their operation ids.", { min: 0, max: 1_000_000 }),
  done: whole("Commands of this digest that found everything in place.", { min: 0, max: 100 }),
  verifiedAt: optional(instant("When every right was last found in place.")),
  failures: whole("Commands of this digest that did not, one after the other.", { min: 0, max: 1_000_000 }),
  lastError: optional(lastError),
  retryAt: optional(instant("When it is looked at again by itself; absent: only when a person asks.")),
});

const retirement = object("Permission to take this host away; written by the pool's loop alone.", {
  permittedAt: instant("When it was given."),
  reason: reason("Why it goes."),
  successorUID: optional(uid("The agent that takes its place.")),
});

const view = object("One look at the host.", {
  name: words("Where one looks.", VIEW_NAMES),
  status: words("What is seen.", ["Ok", "Failing", "Unknown"]),
  reason: optional(reason("Why.")),
  since: instant("When it became so."),
});

const firstFailure = object("The first failing link, in the order in which a person would look.", {
  view: words("Where.", VIEW_NAMES),
  reason: reason("What, in one CamelCase word."),
  since: instant("When it became so."),
  message: text("Cause and next action.", { min: 0, max: 400 }),
});

export const agentStatus = object("What was found, and what is intended.", {
  ...commonStatus,
  phase: optional(words("How far it is, for people; derived, never read back.", AGENT_PHASES)),
  launch: optional(launch),
  instanceID: optional(instanceID("The instance, once it is known.")),
  computerName: optional(text("Its computer name, never used twice.", { max: 15, pattern: /^[A-Z][A-Z0-9-]*$/ })),
  agentVersion: optional(text("Agent version that the host reports.", { max: 40 })),
  views: optional(mapList("The views of the host.", view, ["name"], { max: 5 })),
  firstFailure: optional(firstFailure),
  step: optional(step),
  secrets: optional(secrets),
  rights: optional(rights),
  retirement: optional(retirement),
});

export type AgentLaunch = Infer<typeof launch>;
export type AgentStep = Infer<typeof step>;
export type AgentStepError = Infer<typeof lastError>;
export type AgentSecrets = Infer<typeof secrets>;
export type AgentRights = Infer<typeof rights>;
export type AgentRetirement = Infer<typeof retirement>;
export type AgentView = Infer<typeof view>;
export type AgentFirstFailure = Infer<typeof firstFailure>;
