/**
 * Whether a host may use the domain's join account now: the first host that does proves it for all others.
 * Guarantees: a password that is wrong, or an account with too few rights, is met by one host, not by as many as boot together (each refused bind counts
 * towards a lockout of the account); a host that hangs or fails for reasons of its own holds nobody up for long (L2).
 * Never: a lock: two hosts that begin in the same moment both go on; holds a host that has tried already.
 * Why not before the first launch: docs/adr/join-account-is-proven-by-the-first-host.md.
 */
import type { CloudSyncAgent } from "../../api/cloud-sync-agent.ts";
import { sentenceOf } from "../../runtime/failure.ts";

export type JoinProof =
  | { readonly kind: "open" } // proven, or nobody is at it
  | { readonly kind: "awaited"; readonly untilMs: number } // another host is joining
  | { readonly kind: "refused"; readonly message: string }; // another host was told why the account cannot

/** A join takes minutes; a host that takes longer proves nothing about the account any more. */
const PROOF_WAIT_MS = 10 * 60_000;

/** Reasons of contracts/host/join.json that every other host would meet too, beside the classes Credential and Person. */
const SHARED_REASONS: ReadonlySet<string> = new Set(["OrganizationalUnitNotFound", "HostGroupNotFound"]);

/** @param others agents that name the same domain, the host's own record among them or not */
export function judgeJoinProof(agent: CloudSyncAgent, others: readonly CloudSyncAgent[], nowMs: number): JoinProof {
  const peers = others.filter((other) => other.metadata.uid !== agent.metadata.uid && usesSameAccount(other, agent));
  if (agent.status.step?.name === "Join" || peers.some(hasJoined)) return { kind: "open" };
  const trying = peers.flatMap(({ metadata, status: { step } }) =>
    metadata.deletionTimestamp === undefined && step?.name === "Join" ? [{ name: metadata.name, step }] : [],
  );
  const refused = trying.find(
    ({ step: { lastError } }) =>
      lastError !== undefined &&
      (lastError.class === "Credential" || lastError.class === "Person" || SHARED_REASONS.has(lastError.reason)),
  );
  if (refused?.step.lastError !== undefined) {
    const told = sentenceOf(refused.step.lastError);
    return { kind: "refused", message: `${refused.name} was refused: ${told} ${GO_ON}` };
  }
  const waits = trying
    .filter(({ step }) => step.lastError === undefined)
    .map(({ step }) => Date.parse(step.startedAt) + PROOF_WAIT_MS)
    .filter((untilMs) => nowMs < untilMs);
  return waits.length === 0 ? { kind: "open" } : { kind: "awaited", untilMs: Math.min(...waits) };
}

const GO_ON = "This host joins once that one has, or is deleted.";

function usesSameAccount({ spec: { template: left } }: CloudSyncAgent, { spec: { template: right } }: CloudSyncAgent) {
  return (
    left.domain.dnsName === right.domain.dnsName &&
    left.domain.joinSecretARN === right.domain.joinSecretARN &&
    left.domain.organizationalUnit === right.domain.organizationalUnit &&
    left.domain.gmsa.hostGroup === right.domain.gmsa.hostGroup
  );
}

function hasJoined({ status }: CloudSyncAgent): boolean {
  return status.conditions?.some(({ type, status: value }) => type === "Joined" && value === "True") === true;
}
