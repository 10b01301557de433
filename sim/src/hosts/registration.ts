/** An agent becomes known to its tenant: certificate, registry value, record in Entra (agent-host reference, 4 and 5). */
import type { Tenant } from "../entra/tenant.ts";
import type { HostDirectory } from "./directory.ts";
import type { PassThroughAgent, Registration } from "./disk.ts";
import type { Host } from "./host.ts";

export function registerAgent(host: Host, tenant: Tenant): Registration {
  const { id, certificateNotAfterMs } = tenant.register(host.machine.instanceID, host.disk.computerName);
  const registration = { tenantID: tenant.tenantID, agentID: id, certificateNotAfterMs };
  host.disk.registration = registration;
  tenant.setSilent(id, !host.isServiceRunning);
  return registration;
}

/** The Pass-through Authentication agent's own record, beside that of a provisioning agent. */
export function registerPassThrough(host: Host, agent: PassThroughAgent, tenant: Tenant): Registration {
  const { id, certificateNotAfterMs } = tenant.register(host.machine.instanceID, host.disk.computerName);
  const registration = { tenantID: tenant.tenantID, agentID: id, certificateNotAfterMs };
  agent.registration = registration;
  tenant.setSilent(id, !host.isPassThroughRunning);
  return registration;
}

/**
 * A person signs in to the wizard on the host's desktop; MFA is no obstacle to a person.
 * @throws Error with a sentence when the host is not waiting for it
 */
export function finishByHand(host: Host, directory: HostDirectory): void {
  const { disk } = host;
  const { instanceID } = host.machine;
  if (!host.isUp || host.isFrozen)
    throw new Error(`${instanceID} shows no desktop: it is ${host.isFrozen ? "frozen" : host.power}`);
  if (disk.agent === undefined) throw new Error(`${instanceID} has no agent installed yet`);
  if (disk.registration !== undefined) throw new Error(`${instanceID} is registered already`);
  if (host.domain === undefined) throw new Error(`${instanceID} is not joined to a domain yet`);
  const tenant = directory.tenants.get(host.domain.tenantID);
  if (tenant?.isReachable(host.zone) !== true) throw new Error(`${instanceID} does not reach its tenant`);
  const close = directory.watch.open(host.domain.dnsName, instanceID, "ManualRegistration");
  registerAgent(host, tenant);
  close();
}
