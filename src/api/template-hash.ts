/**
 * The hash by which a pool sees that an agent was made from another template.
 * Guarantees: equal for equal templates whatever the order of keys; the same for all slots of a pool.
 * Never: covers what can change without a new host (times, policy), how AWS is reached, or where a slot stands.
 */
import { createHash } from "node:crypto";
import { canonicalJSON } from "../runtime/canonical-json.ts";
import type { AgentTemplate } from "./cloud-sync-agent.ts";

/** Raised when this file changes what it covers: agents are then re-stamped, never rolled (operator-engineering reference, 2.4). */
export const TEMPLATE_HASH_VERSION = 1;

/** First 16 hex digits of SHA-256 over the canonical JSON of what makes one host different from another. */
export function templateHash({ aws, tenant, domain, agent }: AgentTemplate): string {
  const { serviceAccountRef: _identity, assumeRole: _role, ...host } = aws;
  const { tenantID, cloud } = tenant;
  // Addresses of domain controllers change by themselves: they are read by the next step, and need no new host.
  const {
    name: _domain,
    namespace: _namespace,
    domainControllers: _addresses,
    leaveSecretARN: _leave,
    ...joined
  } = domain;
  const { minimumVersion: _floor, installer, ...software } = agent;
  // How a setup is proven makes no other host: hash and version of the object say what it is.
  const { bucketOwner: _owner, productName: _product, signer: _signer, ...setup } = installer;
  const covered = canonicalJSON({ host, tenantID, cloud, joined, software: { ...software, installer: setup } });
  return createHash("sha256").update(covered).digest("hex").slice(0, 16);
}
