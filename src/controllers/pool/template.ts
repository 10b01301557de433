/**
 * Builds the frozen template of a pool's agents from what its references resolved to. Pure.
 * Guarantees: everything that launch, host steps and retirement need is in it; nothing is looked up again later.
 */
import type { AgentTemplate } from "../../api/cloud-sync-agent.ts";
import type { CloudSyncAgentPool } from "../../api/cloud-sync-agent-pool.ts";
import type { ResolvedReferences } from "../../fleet/pool/preflight.ts";
import type { PlacementSubnet } from "../../fleet/placement.ts";

export function agentTemplateOf(
  pool: CloudSyncAgentPool,
  { tenant, domain, installer, accountID }: ResolvedReferences,
  imageID: string,
  placement: PlacementSubnet,
): AgentTemplate {
  const { spec } = pool;
  const { aws, agent } = spec;
  const { name, kind: _kind, ...installerFields } = installer;
  return {
    owner: { poolName: pool.metadata.name, poolUID: pool.metadata.uid, namespace: pool.metadata.namespace ?? "" },
    aws: {
      region: aws.region,
      accountID,
      ...(aws.serviceAccountRef === undefined ? {} : { serviceAccountRef: aws.serviceAccountRef }),
      ...(aws.assumeRole === undefined ? {} : { assumeRole: aws.assumeRole }),
      instanceProfile: aws.instanceProfile,
      ...(aws.bootstrapInstanceProfile === undefined ? {} : { bootstrapInstanceProfile: aws.bootstrapInstanceProfile }),
      instanceTypes: aws.instanceTypes,
      imageID,
      rootVolume: aws.rootVolume,
      securityGroupIDs: aws.securityGroupIDs,
      tags: aws.tags,
    },
    placement: { subnetID: placement.subnetID, availabilityZone: placement.availabilityZone },
    tenant: {
      name: tenant.metadata.name,
      namespace: tenant.metadata.namespace ?? "",
      tenantID: tenant.spec.tenantID,
      cloud: tenant.spec.cloud,
    },
    domain: domainPart(domain),
    agent: {
      kind: agent.kind,
      installer: { name, ...installerFields },
      ...(agent.minimumVersion === undefined ? {} : { minimumVersion: agent.minimumVersion }),
      registration: agent.registration,
      ...(agent.proxy === undefined ? {} : { proxyURL: agent.proxy.url }),
    },
    health: spec.health,
    timeouts: spec.timeouts,
    deletionPolicy: spec.deletionPolicy,
  };
}

function domainPart(domain: ResolvedReferences["domain"]): AgentTemplate["domain"] {
  const { spec, metadata } = domain;
  const { gmsa } = spec;
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? "",
    dnsName: spec.dnsName,
    netBIOSName: spec.netBIOSName,
    domainControllers: spec.domainControllers ?? [],
    ...(spec.preferredDomainControllers === undefined
      ? {}
      : { preferredDomainControllers: spec.preferredDomainControllers }),
    organizationalUnit: spec.join.organizationalUnit,
    computerNamePrefix: spec.join.computerNamePrefix,
    joinSecretARN: spec.join.credential.secretARN,
    ...(spec.leave === undefined ? {} : { leaveSecretARN: spec.leave.credential.secretARN }),
    gmsa: {
      mode: gmsa.mode,
      ...(gmsa.name === undefined ? {} : { name: gmsa.name }),
      ...(gmsa.hostGroup === undefined ? {} : { hostGroup: gmsa.hostGroup }),
      ...(gmsa.setupCredential === undefined ? {} : { setupSecretARN: gmsa.setupCredential.secretARN }),
      permissionsMode: gmsa.permissions.mode,
      // Only what is asked for: absent, it is no reason for another host.
      ...(gmsa.permissions.types === undefined ? {} : { permissionTypes: gmsa.permissions.types }),
      ...(gmsa.permissions.restrictAccount ? { restrictsAccount: true } : {}),
    },
    ...(spec.agentOptions === undefined ? {} : { agentOptions: spec.agentOptions }),
  };
}
