/** Provisioning agents in Graph: beta only, and only for delegated callers (entra-graph reference, 6). No version, no heartbeat, no domain. */
import { resourceNotFound } from "../errors.ts";
import type { Entity } from "../odata/filter.ts";
import type { AgentRecord } from "../../core/guests.ts";
import type { GraphCall, GraphOperation, GraphReply } from "../operation.ts";

const BETA = ["beta"] as const;
const AGENTS = "/onPremisesPublishingProfiles/{publishingType}/agents";

export const AGENT_OPERATIONS: readonly GraphOperation[] = [
  { method: "GET", path: AGENTS, versions: BETA, handle: listAgents },
  { method: "GET", path: `${AGENTS}/{onPremisesAgent-id}`, versions: BETA, handle: readAgent },
];

function listAgents(call: GraphCall): GraphReply {
  const shown = call.tenant.agents().filter(({ status }) => status !== "softDeleted");
  return { status: 200, body: { value: shown.map((agent) => agentView(agent, call)) } };
}

function readAgent(call: GraphCall): GraphReply {
  const id = call.params["onPremisesAgent-id"] ?? "";
  const agent = call.tenant.agents().find((one) => one.id === id && one.status !== "softDeleted");
  if (agent === undefined) throw resourceNotFound(id);
  return { status: 200, body: agentView(agent, call) };
}

function agentView({ id, machineName, status }: AgentRecord, { query }: GraphCall): Entity {
  return {
    id,
    machineName,
    externalIp: "203.0.113.10",
    status,
    supportedPublishingTypes: ["provisioning"],
    ...(query.$expand === "agentGroups" && { agentGroups: [] }),
  };
}
