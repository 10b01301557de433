/** Operators that are wrong about the fleet: hosts, their records, and who may act. */
import { created } from "../draw/lives.ts";
import { quietPlan, RUN_FLAGS } from "../draw/setting.ts";
import type { CloudFault, Plan } from "../run/plan.ts";
import type { WrongOperator } from "./wrong-operator.ts";

const ACT = "src/controllers/agent/act.ts";
const SLOT = "src/controllers/agent/registration-slot.ts";
const AGENT_RETIRE = "src/fleet/agent/retire.ts";

/** One agent, created and left alone. */
function lonely(seed: number): Plan {
  const shape = { replicas: 1, registration: "Credential" } as const;
  return quietPlan(seed, shape, created(shape));
}

const POOL_DELETED = { kind: "deletePool", propagation: "Background" } as const;
const AGENT_RELEASED = {
  kind: "annotate",
  on: "agent",
  annotation: "cloudsync.dev/release",
  value: "true",
  index: 0,
} as const;
const OPERATOR_KILLED = { kind: "operator", action: "kill", index: 0, forMs: 0 } as const;

/** The same, and its pool is deleted while the launch is young. */
function goingSoon(seed: number): Plan {
  const plan = lonely(seed);
  return { ...plan, acts: [...plan.acts, { afterMs: 8_000, isSettledFirst: false, deed: POOL_DELETED }] };
}

function during(fromMs: number, forMs: number, action: string, effect: CloudFault["rule"]["effect"]): CloudFault {
  return { on: "cloud", fromMs, forMs, rule: { action, effect } };
}

export const FLEET_WRONG_OPERATORS: readonly WrongOperator[] = [
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
    plan: {
      ...lonely(21),
      flags: [...RUN_FLAGS, "--launch-token-trust=1m", "--absence-proof-window=30s", "--inventory-interval=10s"],
      faults: [during(0, 300_000, "RunInstances", { kind: "lostRequest", symptom: "reset" })],
    },
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
    plan: {
      ...goingSoon(22),
      faults: [during(0, 60_000, "RunInstances", { kind: "notFoundWindow", windowMs: 90_000 })],
    },
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
    plan: {
      ...lonely(23),
      acts: [...lonely(23).acts, { afterMs: 1_000, isSettledFirst: true, deed: POOL_DELETED }],
      faults: [during(0, 1_200_000, "TerminateInstances", { kind: "error", code: "InternalError", httpStatus: 500 })],
    },
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
    plan: {
      ...quietPlan(159, { replicas: 3, registration: "Credential" }, [
        ...created({ replicas: 3, registration: "Credential" }),
        // It stands still while a pass waits for EC2's answer; when it wakes, another leads, and the pass goes on.
        { afterMs: 8_883, isSettledFirst: false, deed: { kind: "operator", action: "pause", index: 0, forMs: 60_000 } },
      ]),
      pool: {},
      flags: [],
      operators: 2,
      faults: [during(0, 600_000, "DescribeSubnets", { kind: "latency", delayMs: 8_000 })],
    },
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
    plan: {
      ...lonely(27),
      acts: [
        ...lonely(27).acts,
        { afterMs: 1_000, isSettledFirst: true, deed: AGENT_RELEASED },
        { afterMs: 1_000, isSettledFirst: false, deed: { kind: "deleteAgent", index: 0 } },
      ],
    },
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
    plan: { ...lonely(24), faults: [during(0, 600_000, "RunInstances", { kind: "accessDenied" })] },
    edits: [
      {
        file: "src/controllers/agent/memory.ts",
        find: "const PERSON_RECHECK_MS = 5 * 60_000;\n",
        replace: "const PERSON_RECHECK_MS = 1_000;\n",
      },
    ],
  },
  {
    name: "credentials-not-waited-out",
    sentence: "The denial is proved at once, while credentials of the bootstrap profile are still valid.",
    edits: [
      {
        file: "src/fleet/agent/secrets.ts",
        find: "  if (nowMs < untilMs) return",
        replace: "  if (nowMs < Date.parse(replacedAt)) return",
      },
    ],
  },
  {
    name: "slot-only-in-memory",
    sentence: "Who registers is known to the process alone.",
    plan: {
      ...quietPlan(
        26,
        { replicas: 3, registration: "Credential" },
        created({ replicas: 3, registration: "Credential" }),
      ),
      pool: {},
      flags: [],
      // Hosts that take their time: two set-ups have to last to overlap.
      delays: "real",
      acts: [
        ...lonely(26).acts,
        ...[500_000, ...Array<number>(12).fill(50_000)].map((afterMs) => ({
          afterMs,
          isSettledFirst: false,
          deed: OPERATOR_KILLED,
        })),
      ],
    },
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
