/** Operators that are wrong on purpose: each breaks one rule that an invariant rests on, and a campaign must catch it. */
import type { Edit } from "./edits.ts";

export interface WrongOperator {
  readonly name: string;
  /** What a reviewer would have to see. */
  readonly sentence: string;
  readonly edits: readonly Edit[];
}

const ACT = "src/controllers/agent/act.ts";
const SLOT = "src/controllers/agent/registration-slot.ts";
const AGENT_RETIRE = "src/fleet/agent/retire.ts";

export const WRONG_OPERATORS: readonly WrongOperator[] = [
  {
    name: "no-intent-before-launch",
    sentence: "The launch is not stored before RunInstances leaves.",
    edits: [
      {
        file: ACT,
        find: "  let current = agent;\n  if (!isStored) {\n",
        replace: "  let current = agent;\n  if (!isStored && agent.metadata.name === '') {\n",
      },
    ],
  },
  {
    name: "token-without-attempt",
    sentence: "A second attempt at a launch has the token of the first.",
    edits: [
      {
        file: "src/fleet/naming.ts",
        find: 'sha256Hex("launch", launch.agentUID, launch.attempt, launch.availabilityZone)',
        replace: 'sha256Hex("launch", launch.agentUID, launch.availabilityZone)',
      },
    ],
  },
  {
    name: "not-found-is-gone",
    sentence: "An instance that one list does not show counts as gone.",
    edits: [
      {
        file: "src/fleet/agent/launch.ts",
        find: "    instance.answers >= limits.absenceAnswersMin &&\n    instance.sinceAgeMs >= limits.absenceWindowMs\n",
        replace: "    limits.absenceAnswersMin > 0\n",
      },
    ],
  },
  {
    name: "cache-trusted-after-own-write",
    sentence: "A key is looked at again before the cache shows what was written for it.",
    edits: [
      {
        file: "src/kube/expectations.ts",
        find: "      if (list === undefined) return false;\n",
        replace: "      if (list !== undefined || list === undefined) return false;\n",
      },
    ],
  },
  {
    name: "finalizer-removed-on-error",
    sentence: "A host whose end is refused is let go of, and its record vanishes.",
    edits: [
      {
        file: ACT,
        find: "  // Refused: perhaps somebody protected it again in between.\n",
        replace:
          "  await releaseFinalizer(heldAgent(agent, ports), signal);\n  if (outcome.kind !== 'done') return { current: agent, change: NOTHING, next: 'gone' };\n",
      },
    ],
  },
  {
    name: "lease-not-checked",
    sentence: "Whoever has led once goes on changing the cloud, whoever leads now.",
    edits: [
      {
        file: "src/process/operator.ts",
        find: "elector.isLeader() && elector.leaseRemainderMs() > remainderMinMs",
        replace: "elector.leaseRemainderMs() > -remainderMinMs * 1e6",
      },
    ],
  },
  {
    name: "empty-list-is-truth",
    sentence: "A host that a list of EC2 does not show is replaced.",
    edits: [
      {
        file: "src/controllers/pool/pool-agent.ts",
        find: '    return instanceID === undefined && launched?.status === "False" ? "unlaunched" : "unknown";\n',
        replace: '    return instanceID === undefined && launched?.status === "False" ? "unlaunched" : "gone";\n',
      },
    ],
  },
  {
    name: "floor-ignored",
    sentence: "An agent goes as soon as somebody wants it gone, whoever else is Ready.",
    edits: [
      {
        file: "src/fleet/pool/retire.ts",
        find: "  if (!isInSlots(snapshot, agent)) return true;\n",
        replace: "  if (isInSlots(snapshot, agent) || !isInSlots(snapshot, agent)) return true;\n",
      },
    ],
  },
  {
    name: "released-host-reclaimed",
    sentence: "A host that was let go is ended with its record.",
    edits: [
      {
        file: AGENT_RETIRE,
        find: "  if (isReleased(snapshot)) return letGo(snapshot);\n",
        replace: "  if (isReleased(snapshot) && snapshot.pool.kind === 'unread') return letGo(snapshot);\n",
      },
      {
        file: ACT,
        find: '    live.object.metadata.annotations?.[ANNOTATIONS.release] === "true"\n',
        replace: '    live.object.metadata.annotations?.[ANNOTATIONS.release] === "never"\n',
      },
    ],
  },
  {
    name: "drain-without-permission",
    sentence: "A deleted agent's host is drained and ended before its pool has said so.",
    edits: [
      {
        file: AGENT_RETIRE,
        find: "  const isPermitted = isUrgent || agent.status.retirement !== undefined;\n",
        replace: "  const isPermitted = isUrgent || agent.status !== undefined;\n",
      },
    ],
  },
  {
    name: "permanent-error-retried",
    sentence: "A launch that only a person can mend is asked for again every second.",
    edits: [
      {
        file: "src/controllers/agent/memory.ts",
        find: "const PERSON_RECHECK_MS = 5 * 60_000;\n",
        replace: "const PERSON_RECHECK_MS = 1_000;\n",
      },
    ],
  },
  {
    name: "slot-only-in-memory",
    sentence: "Who registers is known to the process alone.",
    edits: [
      {
        file: SLOT,
        find: "  const holder = slotHolder(ports, agent.spec.template.domain.dnsName);\n  if (holder === undefined)",
        replace:
          "  const holder = inMemory(ports).get(agent.spec.template.domain.dnsName);\n  if (holder === undefined)",
      },
      {
        file: SLOT,
        find: "  const key = slotKey(ports, dnsName);\n",
        replace:
          "  const key = slotKey(ports, dnsName);\n  const agentKey = { namespace: agent.metadata.namespace ?? '', name: agent.metadata.name };\n  inMemory(ports).set(dnsName, { agentUID: agent.metadata.uid, agentKey, deadlineMs: ports.clock.nowMs() + timeoutMs });\n  if (key.name !== '') return { kind: 'done' };\n",
      },
      {
        file: SLOT,
        find: "export type SlotWrite =",
        replace:
          "const memories = new WeakMap();\nfunction inMemory(ports) {\n  if (!memories.has(ports)) memories.set(ports, new Map());\n  return memories.get(ports);\n}\n\nexport type SlotWrite =",
      },
      {
        file: SLOT,
        find: "  if (current?.spec?.holderIdentity !== agent.metadata.uid) return",
        replace:
          "  inMemory(ports).delete(agent.spec.template.domain.dnsName);\n  if (current?.spec?.holderIdentity !== agent.metadata.uid) return",
      },
    ],
  },
];

export function wrongOperator(name: string): WrongOperator {
  const found = WRONG_OPERATORS.find((operator) => operator.name === name);
  if (found === undefined)
    throw new Error(
      `no wrong operator is named ${name}; there are ${WRONG_OPERATORS.map((one) => one.name).join(", ")}`,
    );
  return found;
}
