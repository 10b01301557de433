/**
 * What is stored before an effect leaves: the launch and the step as they will be repeated after a crash. Pure.
 * Guarantees: the same agent, attempt and template give the same token, operation id and parameters (S1).
 */
import type { CloudSyncAgent } from "../../api/cloud-sync-agent.ts";
import type { AgentLaunch, AgentStep } from "../../api/cloud-sync-agent-status.ts";
import { OWNERSHIP_TAGS, type LaunchIntent } from "../../aws/instances/port.ts";
import type { HostStep } from "../../fleet/agent/steps.ts";
import { instantText } from "../../fleet/instant.ts";
import { launchToken, stepOperationID } from "../../fleet/naming.ts";

export function newLaunch(agent: CloudSyncAgent, attempt: number, nowText: string): AgentLaunch {
  const { aws, placement } = agent.spec.template;
  return {
    attempt,
    subnetID: placement.subnetID,
    availabilityZone: placement.availabilityZone,
    instanceType: aws.instanceTypes[0] ?? "",
    imageID: aws.imageID,
    token: launchToken({ agentUID: agent.metadata.uid, attempt, availabilityZone: placement.availabilityZone }),
    intendedAt: nowText,
  };
}

/** The RunInstances call of a stored launch: only stored and frozen values, so that a repeat is byte for byte the same. */
export function launchIntent(agent: CloudSyncAgent, launch: AgentLaunch, ownerID: string): LaunchIntent {
  const { aws, owner } = agent.spec.template;
  const { metadata, spec } = agent;
  return {
    clientToken: launch.token,
    subnetID: launch.subnetID,
    availabilityZone: launch.availabilityZone,
    instanceType: launch.instanceType,
    imageID: launch.imageID,
    // With a bootstrap profile the host starts with the rights that its set-up needs, and loses them once it is Configured (S9).
    instanceProfile: aws.bootstrapInstanceProfile ?? aws.instanceProfile,
    securityGroupIDs: aws.securityGroupIDs,
    rootVolume: aws.rootVolume,
    tags: {
      ...aws.tags,
      Name: `${owner.namespace}/${metadata.name}`,
      [OWNERSHIP_TAGS.ownerID]: ownerID,
      [OWNERSHIP_TAGS.namespace]: owner.namespace,
      [OWNERSHIP_TAGS.pool]: owner.poolName,
      [OWNERSHIP_TAGS.poolUID]: owner.poolUID,
      [OWNERSHIP_TAGS.agent]: metadata.name,
      [OWNERSHIP_TAGS.agentUID]: metadata.uid,
      [OWNERSHIP_TAGS.slot]: String(spec.slot),
      [OWNERSHIP_TAGS.attempt]: String(launch.attempt),
    },
  };
}

export function newStep(agent: CloudSyncAgent, step: HostStep, attempt: number, nowMs: number): AgentStep {
  return {
    name: step.name,
    operationID: stepOperationID({ agentUID: agent.metadata.uid, step: step.name, attempt }),
    startedAt: instantText(nowMs),
    deadline: instantText(nowMs + step.timeoutMs(agent.spec.template)),
    attempts: attempt,
  };
}

/** At most 100 characters (SSM API Reference, SendCommand Comment); unique by the operation id. */
export function stepComment(step: AgentStep): string {
  return `cloudsync ${step.name} ${step.operationID}`;
}
