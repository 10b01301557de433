/**
 * What a pool's status holds: counts, the one disruption slot, and what was left behind.
 * Never: anything that changes at rest, or a list that grows with time (L1).
 */
import { commonStatus } from "./conditions.ts";
import { availabilityZone, imageID, instanceID } from "./formats.ts";
import { instant, mapList, object, optional, text, whole, words } from "./schema.ts";

const count = (description: string) => optional(whole(description, { min: 0, max: 1_000 }));
const uid = (description: string) => text(description, { max: 64 });
const agentName = (description: string) => text(description, { max: 253 });

export const DISRUPTION_KINDS = ["Replace", "ScaleDown", "Rollout", "Remediation", "Unknown"] as const;
export type DisruptionKind = (typeof DISRUPTION_KINDS)[number];

const summary = object("The same facts as text, for the columns of kubectl get.", {
  ready: optional(text("Ready agents of wanted ones, such as 2/3.", { max: 16 })),
  zones: optional(text("Agents by zone, such as 1a:1,1c:1,1d:1.", { max: 128 })),
  version: optional(text("Agent version, or oldest-newest while two run.", { max: 90 })),
  entra: optional(text("Ok, or what is wrong with the jobs of the domain; it never costs a host.", { max: 128 })),
  reason: optional(text("Ready, or the first thing wrong.", { max: 200 })),
});

const slot = object("One place in the pool.", {
  slot: whole("Number of the slot.", { min: 0, max: 1_000 }),
  incarnation: whole("The newest incarnation of its agent; raised before the agent is created.", {
    min: 0,
    max: 1_000_000_000,
  }),
});

const disruption = object("The agent that may be taken away now; at most one.", {
  agentUID: uid("UID of the agent."),
  agentName: agentName("Name of the agent."),
  kind: words("Why it goes.", DISRUPTION_KINDS),
  since: instant("When the slot was taken."),
});

const resolvedImage = object("The image that new hosts start from.", {
  query: text("The SSM parameter or image id that was resolved.", { max: 1_011 }),
  imageID: imageID("Image id."),
  ownerID: optional(text("Account that owns it.", { max: 32 })),
  ownerAlias: optional(text("Alias of the owner, such as amazon.", { max: 64 })),
  resolvedAt: instant("When it was resolved."),
});

const released = object("An instance that was let go and still runs.", {
  instanceID: instanceID("Instance id."),
  agentName: agentName("The agent that it was."),
  agentUID: optional(uid("UID of that agent.")),
  availabilityZone: optional(availabilityZone("Its zone.")),
  computerName: optional(text("Its computer name.", { max: 15 })),
  reason: text("Why it was let go, in one CamelCase word.", { max: 128, pattern: /^[A-Z][A-Za-z0-9]*$/ }),
  releasedAt: instant("When."),
});

const leftover = object("Something outside that an agent left behind.", {
  kind: words("What it is.", ["EntraAgent", "ADComputer", "HostGroupMember", "Instance", "Unknown"]),
  name: text("Its name outside.", { max: 253 }),
  agentName: agentName("The agent that it belonged to."),
  expectedGoneAt: optional(instant("When it is expected to vanish by itself.")),
});

export const poolStatus = object("What was found.", {
  ...commonStatus,
  replicas: count("Agents that exist, those on their way out included."),
  readyReplicas: count("Agents that are Ready."),
  updatedReplicas: count("Agents made from the current template."),
  minHealthy: count("The floor in force."),
  selector: optional(text("Label selector of the agents, for the scale subresource.", { max: 200 })),
  templateHash: optional(text("Hash of the current template.", { max: 64 })),
  desiredVersion: optional(text("Agent version of the installer in use.", { max: 40 })),
  summary: optional(summary),
  slots: optional(mapList("Slots with the newest incarnation of each.", slot, ["slot"], { max: 64 })),
  disruption: optional(disruption),
  awaitingRegistrationOn: optional(agentName("The agent whose host waits for a person to register it.")),
  resolvedImage: optional(resolvedImage),
  released: optional(mapList("Instances that were let go.", released, ["instanceID"], { max: 50 })),
  leftovers: optional(mapList("What agents left behind outside.", leftover, ["kind", "name"], { max: 20 })),
});
