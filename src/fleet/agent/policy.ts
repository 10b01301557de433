/**
 * What a pool's spec says about agents that are there already. Pure.
 * Guarantees: how an agent is watched, how long its steps may take and which version it needs are its pool's words of now, so that a mistake in
 * them is undone by an edit; without a pool the agent keeps what was frozen in it.
 * Never: touches what makes one host different from another (template-hash.ts): that needs a new agent.
 */
import type { CloudSyncAgent } from "../../api/cloud-sync-agent.ts";
import type { CloudSyncAgentPool } from "../../api/cloud-sync-agent-pool.ts";

export function underPolicy(agent: CloudSyncAgent, pool: CloudSyncAgentPool | undefined): CloudSyncAgent {
  if (pool === undefined) return agent;
  const { health, timeouts, agent: wanted } = pool.spec;
  const { minimumVersion: _frozen, ...software } = agent.spec.template.agent;
  const floor = wanted.minimumVersion === undefined ? {} : { minimumVersion: wanted.minimumVersion };
  const template = { ...agent.spec.template, health, timeouts, agent: { ...software, ...floor } };
  return { ...agent, spec: { ...agent.spec, template } };
}
