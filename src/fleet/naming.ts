/**
 * Names and tokens derived from identity: the same agent, attempt and zone always give the same text.
 * Never: anything random, anything that a restart would change.
 */
import { sha256Hex } from "../runtime/hash.ts";

/** `<pool>-<slot>-<incarnation>`: deterministic, so that a repeated create is idempotent. */
export function agentName(poolName: string, slot: number, incarnation: number): string {
  return `${poolName}-${slot}-${incarnation}`;
}

/**
 * The EC2 client token of one attempt: 64 ASCII characters, the most that EC2 accepts.
 * The zone is part of it: a token re-used with a subnet of another zone launches a second host (S1).
 * @see EC2 Developer Guide, "Ensuring idempotency"
 */
export function launchToken(launch: { agentUID: string; attempt: number; availabilityZone: string }): string {
  return sha256Hex("launch", launch.agentUID, launch.attempt, launch.availabilityZone);
}

/** The idempotency key of one attempt at one host step: a host that sees it twice answers with its first result. */
export function stepOperationID(step: { agentUID: string; step: string; attempt: number }): string {
  return sha256Hex("step", step.agentUID, step.step, step.attempt).slice(0, 32);
}

const COMPUTER_NAME_LENGTH_MAX = 15; // NetBIOS limit

/**
 * Prefix plus hash of the agent's UID, at most 15 characters, never used twice: re-use of a computer object needs the same creator
 * since KB5020276 (aws reference, 6.5), so every incarnation joins under a name of its own.
 */
export function computerName(prefix: string, agentUID: string): string {
  const head = prefix.toUpperCase();
  return (
    head +
    sha256Hex("computer", agentUID)
      .toUpperCase()
      .slice(0, COMPUTER_NAME_LENGTH_MAX - head.length)
  );
}

/** Name of the Lease that holds a domain's registration slot: a hash, because a DNS name may be longer than an object name. */
export function registrationSlotName(dnsName: string): string {
  return `cloudsync-slot-${sha256Hex("slot", dnsName.toLowerCase()).slice(0, 16)}`;
}
