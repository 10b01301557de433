import { aPool, aPoolAgent, aPoolSnapshot } from "../testing/builders.ts";
import { decidePool, type PoolAction } from "./decide.ts";
import type { PoolAgent, PoolSnapshot } from "./snapshot.ts";

const SLOTS = [0, 1, 2].map((slot) => ({ slot, incarnation: 1 }));
const EMPTY = { kind: "read", orphans: [], unclaimed: [], liveCount: 0 } as const;
const gone = aPoolAgent(0, 1, { host: "gone", isReady: false });
const stopped = aPoolAgent(0, 1, { host: "stopped", isReady: false });
const leaving = aPoolAgent(0, 1, { isDeleting: true });
const [one, two] = [aPoolAgent(1, 1), aPoolAgent(2, 1)];
const young = (overrides: Partial<PoolAgent> = {}) => aPoolAgent(0, 2, { isReady: false, ...overrides });
const disruption = { agentUID: "uid-0-1", agentName: "tokyo-0-1", kind: "Replace", since: "2026-11-22T07:00:00Z" };
const going = (spec: object = {}, metadata: object = {}) =>
  aPool({ spec, status: { slots: SLOTS }, metadata: { deletionTimestamp: "2026-11-22T07:59:00Z", ...metadata } });

const rows: readonly (readonly [
  sentence: string,
  snapshot: PoolSnapshot,
  expected: Partial<PoolAction> & { readonly kind: PoolAction["kind"] },
])[] = [
  ["rests when all are Ready", aPoolSnapshot(), { kind: "rest" }],
  [
    "fills all slots at once, each in a zone of its own",
    aPoolSnapshot({ agents: [], pool: aPool(), instances: EMPTY }),
    {
      kind: "createAgents",
      agents: ["a", "c", "d"].map((zone, slot) => ({ slot, incarnation: 1, place: place(zone), reason: "Fill" })),
    },
  ],
  [
    "fills the other slots without waiting for the first, in other zones",
    aPoolSnapshot({ agents: [aPoolAgent(0, 1, { host: "unlaunched", isReady: false })], instances: EMPTY }),
    {
      kind: "createAgents",
      agents: [
        { slot: 1, incarnation: 1, place: place("c"), reason: "Fill" },
        { slot: 2, incarnation: 1, place: place("d"), reason: "Fill" },
      ],
    },
  ],
  [
    "uses a number that a crash left raised (S1)",
    aPoolSnapshot({
      agents: [one, two],
      pool: aPool({ status: { slots: [{ slot: 0, incarnation: 2 }, ...SLOTS.slice(1)] } }),
    }),
    replaces(0, 2),
  ],
  ["replaces a terminated host in its zone", aPoolSnapshot({ agents: [gone, one, two] }), replaces(0, 2)],
  [
    "forgets the terminated host once its successor exists",
    aPoolSnapshot({ agents: [gone, young({ host: "unlaunched" }), one, two] }),
    { kind: "retire", agents: [gone], reason: "InstanceTerminated" },
  ],
  [
    "makes a successor before a deleted agent goes (S3)",
    aPoolSnapshot({ agents: [leaving, one, two] }),
    replaces(0, 2),
  ],
  [
    "does not let it go before the successor is Ready (S3)",
    aPoolSnapshot({ agents: [leaving, young(), one, two] }),
    { kind: "rest" },
  ],
  [
    "takes the disruption slot first",
    aPoolSnapshot({ agents: [leaving, young({ isReady: true }), one, two] }),
    { kind: "takeDisruption", agent: leaving, disruption: "Replace" },
  ],
  [
    "takes one that was never set up before one of unknown health, when both are deleted and there is no room (S5)",
    aPoolSnapshot({
      agents: [{ ...leaving, isReady: false }, young({ isConfigured: false, isDeleting: true }), one, two],
    }),
    { kind: "takeDisruption", agent: young({ isConfigured: false, isDeleting: true }) },
  ],
  [
    "then gives the permission",
    aPoolSnapshot({
      agents: [leaving, young({ isReady: true }), one, two],
      pool: aPool({ status: { slots: SLOTS, disruption } }),
    }),
    { kind: "retire", agents: [leaving], reason: "Replaced", successorUID: "uid-0-2" },
  ],
  [
    "frees the slot when the record is gone",
    aPoolSnapshot({
      agents: [young({ isReady: true }), one, two],
      pool: aPool({ status: { slots: SLOTS, disruption } }),
    }),
    { kind: "freeDisruption" },
  ],
  [
    "keeps the floor: another agent is not Ready (S3)",
    aPoolSnapshot({
      agents: [
        leaving,
        young({ isReady: true }),
        aPoolAgent(1, 1, { isReady: false }),
        aPoolAgent(2, 1, { isReady: false }),
      ],
    }),
    { kind: "rest" },
  ],
  ["surges for a stopped host before it goes", aPoolSnapshot({ agents: [stopped, one, two] }), replaces(0, 2)],
  [
    "does not surge above replicas + maxSurge",
    aPoolSnapshot({
      agents: [leaving, aPoolAgent(1, 1, { isReady: false }), two],
      instances: { kind: "read", orphans: ["i-1"], unclaimed: [], liveCount: 4 },
    }),
    { kind: "hold", reason: "NoRoomToLaunch" },
  ],
  [
    "lets a stopped host go first where the room for its successor is used up (S3)",
    aPoolSnapshot({ agents: [stopped, young(), aPoolAgent(1, 1, { host: "stopped", isReady: false }), two] }),
    { kind: "takeDisruption", disruption: "Replace" },
  ],
  [
    "gives a taken slot back when the floor would no longer hold (S3)",
    aPoolSnapshot({
      agents: [
        leaving,
        young({ isReady: true }),
        aPoolAgent(1, 1, { isReady: false }),
        aPoolAgent(2, 1, { isReady: false }),
      ],
      pool: aPool({ status: { slots: SLOTS, disruption } }),
    }),
    { kind: "freeDisruption" },
  ],
  [
    "lets the older one go when a stopped host is back beside its Ready successor",
    aPoolSnapshot({ agents: [aPoolAgent(0, 1), young({ isReady: true }), one, two] }),
    { kind: "takeDisruption", disruption: "Replace" },
  ],
  [
    "lets nobody go while the successor of a host that is back is not Ready (S3)",
    aPoolSnapshot({ agents: [aPoolAgent(0, 1), young(), one, two] }),
    { kind: "rest" },
  ],
  [
    "lets nobody go without a successor because EC2 was not listed (S3, S5)",
    aPoolSnapshot({
      agents: [leaving, one, two],
      instances: { kind: "unread" },
      preflight: { kind: "refused", reason: "DomainDeleting", message: "" },
    }),
    { kind: "hold", reason: "DomainDeleting" },
  ],
  [
    "creates no agent whose name an agent of another UID has, and says what to do",
    aPoolSnapshot({ agents: [one, two], strangers: ["tokyo-0-1"] }),
    { kind: "hold", reason: "AgentNameTaken" },
  ],
  [
    "takes nobody whose health is unknown for dead (S5)",
    aPoolSnapshot({ agents: [aPoolAgent(0, 1, { host: "unknown", isReady: false }), one, two] }),
    { kind: "rest" },
  ],
  [
    "launches nothing while EC2 is unread (S5)",
    aPoolSnapshot({ agents: [one, two], instances: { kind: "unread" } }),
    { kind: "hold", reason: "InventoryUnread" },
  ],
  [
    "launches nothing beside instances of another pool UID (S2)",
    aPoolSnapshot({ agents: [one, two], instances: { kind: "read", orphans: [], unclaimed: ["i-1"], liveCount: 2 } }),
    { kind: "hold", reason: "UnclaimedInstances" },
  ],
  [
    "counts an instance without a record into the room (S2)",
    aPoolSnapshot({
      agents: [one, two],
      instances: { kind: "read", orphans: ["i-1", "i-2"], unclaimed: [], liveCount: 4 },
    }),
    { kind: "hold", reason: "NoRoomToLaunch" },
  ],
  [
    "launches nothing before preflight has passed",
    aPoolSnapshot({ agents: [], preflight: { kind: "refused", reason: "DomainNotConsenting", message: "" } }),
    { kind: "hold", reason: "DomainNotConsenting" },
  ],
  [
    "retires a deleted agent's dead host even when preflight fails",
    aPoolSnapshot({
      agents: [gone, young(), one, two],
      preflight: { kind: "waiting", reason: "DomainNotFound", message: "" },
    }),
    { kind: "retire", agents: [gone] },
  ],
  [
    "does nothing in Observe",
    aPoolSnapshot({ agents: [], mode: { kind: "observe", reason: "TenantObserve", message: "" } }),
    { kind: "hold", reason: "TenantObserve" },
  ],
  [
    "drops the slot of an agent that is not Ready when scaled down",
    aPoolSnapshot({ agents: [aPoolAgent(0, 1), aPoolAgent(1, 1, { isReady: false }), two], pool: scaled(2) }),
    { kind: "dropSlot", slot: 1 },
  ],
  ["drops the highest slot among equals", aPoolSnapshot({ pool: scaled(2) }), { kind: "dropSlot", slot: 2 }],
  [
    "takes the agent of a dropped slot although the floor is passed: the scale is explicit",
    aPoolSnapshot({ pool: aPool({ spec: { replicas: 0 }, status: { slots: [] } }), agents: [two] }),
    { kind: "takeDisruption", agent: two, disruption: "ScaleDown" },
  ],
  [
    "takes a compromised host at once, floor or not",
    aPoolSnapshot({ agents: [aPoolAgent(0, 1, { isTerminateNow: true }), aPoolAgent(1, 1, { isReady: false }), two] }),
    { kind: "retire", reason: "TerminateNow" },
  ],
  [
    "starts over with an agent that EC2 refused once the template has changed",
    aPoolSnapshot({
      agents: [
        aPoolAgent(0, 1, { host: "unlaunched", isReady: false, isLaunchRefused: true, isCurrent: false }),
        one,
        two,
      ],
    }),
    { kind: "retire", reason: "TemplateChanged" },
  ],
  [
    "records what is let go before the record may vanish (S2)",
    aPoolSnapshot({ agents: [{ ...leaving, isReleaseRequested: true }, one, two] }),
    { kind: "recordReleased", reason: "Released" },
  ],
  [
    "permits all agents at once when the pool goes",
    aPoolSnapshot({ pool: going() }),
    { kind: "retire", agents: [0, 1, 2].map((slot) => aPoolAgent(slot, 1)), reason: "PoolDeleted" },
  ],
  [
    "lets the pool go when no agent is left (S10)",
    aPoolSnapshot({ pool: going(), agents: [] }),
    { kind: "removeFinalizer" },
  ],
  [
    "touches nobody in orphan mode",
    aPoolSnapshot({ pool: going({}, { finalizers: ["cloudsync.dev/agents", "orphan"] }) }),
    { kind: "hold", reason: "Orphaning" },
  ],
  [
    "records each host that is retained first",
    aPoolSnapshot({ pool: going({ deletionPolicy: "Retain" }) }),
    { kind: "recordReleased", reason: "Retained" },
  ],
  [
    "waits with a deletion in Observe and names the way out",
    aPoolSnapshot({ pool: going(), mode: { kind: "observe", reason: "PoolObserve", message: "m" } }),
    { kind: "hold", reason: "PoolObserve" },
  ],
  [
    "lets hosts go in Observe when told to release",
    aPoolSnapshot({
      pool: going({}, { annotations: { "cloudsync.dev/release": "true" } }),
      mode: { kind: "observe", reason: "PoolObserve", message: "m" },
    }),
    { kind: "recordReleased", reason: "Released" },
  ],
];

for (const [sentence, snapshot, expected] of rows)
  test(sentence, () => expect(decidePool(snapshot)).toMatchObject(expected));

function scaled(replicas: number) {
  return aPool({ spec: { replicas }, status: { slots: SLOTS } });
}

function replaces(slot: number, incarnation: number) {
  return {
    kind: "createAgents",
    agents: [{ slot, incarnation, place: place(["a", "c", "d"][slot] ?? ""), reason: "Replace" }],
  } as const;
}

function place(letter: string) {
  return { subnetID: `subnet-0${letter}`, availabilityZone: `ap-northeast-1${letter}` };
}
