/**
 * CloudSyncAgent: one agent host, the durable record of one EC2 instance.
 * Guarantees: spec is frozen as a whole; with status it is enough to launch, finish and retire the host when pool, domain and tenant are gone.
 * Never: a secret value, a field that is only in memory.
 */
import { CLOUD_SYNC_AGENT } from "./kinds.ts";
import { agentStatus } from "./cloud-sync-agent-status.ts";
import { agentTemplate } from "./cloud-sync-agent-template.ts";
import { AGE_COLUMN, type KindDefinition, type Resource } from "./definition.ts";
import { localReference } from "./references.ts";
import { object, text, whole, type Infer } from "./schema.ts";

const spec = object(
  "What this host is; never changed.",
  {
    poolRef: localReference("The pool that made it."),
    slot: whole("Its place in the pool.", { min: 0, max: 1_000 }),
    incarnation: whole("Counts the agents of that slot.", { min: 1, max: 1_000_000_000 }),
    templateHash: text("Hash of what makes a host different from another; behavioural fields are left out.", {
      max: 64,
      pattern: /^[0-9a-f]{8,64}$/,
    }),
    hashVersion: whole("Version of the hash code, so that a change of it re-stamps and does not roll.", {
      min: 1,
      max: 1_000,
    }),
    template: agentTemplate,
  },
  [
    {
      rule: "self == oldSelf",
      message: "the spec of an agent is frozen: change its pool, or delete the agent and the pool makes a successor",
    },
  ],
);

export type CloudSyncAgentSpec = Infer<typeof spec>;
export type CloudSyncAgentStatus = Infer<typeof agentStatus>;
export type AgentTemplate = Infer<typeof agentTemplate>;
export type CloudSyncAgent = Resource<CloudSyncAgentSpec, CloudSyncAgentStatus>;

export const cloudSyncAgentDefinition = {
  resource: CLOUD_SYNC_AGENT,
  shortNames: ["csa"],
  description: "One agent host, made by its pool. Deleting it means: replace this one safely.",
  spec,
  status: agentStatus,
  columns: [
    { name: "Phase", type: "string", jsonPath: ".status.phase", description: "How far it is; derived from evidence." },
    { name: "AZ", type: "string", jsonPath: ".status.launch.availabilityZone", description: "Availability zone." },
    { name: "Instance", type: "string", jsonPath: ".status.instanceID", description: "EC2 instance." },
    { name: "Version", type: "string", jsonPath: ".status.agentVersion", description: "Agent version on the host." },
    {
      name: "First-Failure",
      type: "string",
      jsonPath: ".status.firstFailure.reason",
      description: "The first failing link.",
    },
    {
      name: "Message",
      type: "string",
      jsonPath: ".status.firstFailure.message",
      description: "What it says.",
      priority: 1,
    },
    AGE_COLUMN,
  ],
} as const satisfies KindDefinition<typeof spec, typeof agentStatus>;
