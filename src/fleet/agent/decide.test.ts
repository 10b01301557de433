import { anAgent, anAgentSnapshot, anInstance, INSTANCE_ID, NOW_MS } from "../testing/builders.ts";
import { decideAgent, type AgentAction } from "./decide.ts";
import { judgeLinks } from "./links.ts";
import type { AgentSnapshot } from "./snapshot.ts";

const LAUNCH = {
  attempt: 1,
  subnetID: "subnet-0a",
  availabilityZone: "ap-northeast-1a",
  instanceType: "m6i.large",
  imageID: "ami-0a1b2c3d4e5f60718",
  token: "token",
  intendedAt: "2026-11-22T07:59:00Z",
};
const OLD_LAUNCH = { ...LAUNCH, intendedAt: "2026-11-21T07:59:00Z" };
const NOT_LISTED = { kind: "notListed", answers: 1, sinceAgeMs: 0 } as const;
const PROVEN_ABSENT = { kind: "notListed", answers: 3, sinceAgeMs: 300_000 } as const;
const DELETED = { deletionTimestamp: "2026-11-22T07:59:30Z" };
const RUNNING_STATUS = { launch: LAUNCH, instanceID: INSTANCE_ID };
const REFUSED = { class: "Quota", reason: "VcpuLimit", message: "m", fix: "f" } as const;
const UP_TO_INSTALLED = ["Launched", "Online", "PreflightPassed", "Joined", "Installed"];
const JOIN_STEP = {
  name: "Join",
  operationID: "a".repeat(32),
  startedAt: "2026-11-22T07:50:00Z",
  deadline: "2026-11-22T08:20:00Z",
  attempts: 1,
};
const PRESENT = {
  kind: "present",
  isDeleting: false,
  hasReleased: false,
  isOfferedRegistration: false,
  wantsHost: true,
} as const;
const RETIREMENT = { permittedAt: "2026-11-22T07:59:31Z", reason: "Replaced" };

type Row = readonly [
  sentence: string,
  snapshot: AgentSnapshot,
  expected: Partial<AgentAction> & { readonly kind: AgentAction["kind"] },
];

const launchRows: readonly Row[] = [
  ["asks for a first launch, to be stored first", fresh({}), { kind: "launch", attempt: 1, isStored: false }],
  [
    "repeats a stored launch of unknown outcome with the same attempt (S1)",
    fresh({ launch: LAUNCH }),
    { kind: "launch", attempt: 1, isStored: true },
  ],
  [
    "does not repeat an old launch before its absence is proven (S1, S5)",
    fresh({ launch: OLD_LAUNCH }),
    { kind: "hold", reason: "ProvingAbsence" },
  ],
  [
    "raises the attempt of an old launch once absence is proven",
    { ...fresh({ launch: OLD_LAUNCH }), instance: PROVEN_ABSENT },
    { kind: "launch", attempt: 2, isStored: false },
  ],
  [
    "waits out a remembered refusal",
    { ...fresh({ launch: LAUNCH }), hold: { failure: REFUSED, untilMs: NOW_MS + 1 } },
    { kind: "hold", reason: "VcpuLimit" },
  ],
  [
    "asks again when the refusal is over",
    { ...fresh({ launch: LAUNCH }), hold: { failure: REFUSED, untilMs: NOW_MS } },
    { kind: "launch", isStored: true },
  ],
  [
    "launches nothing beside instances of another pool UID (S2)",
    { ...fresh({}), unclaimedInstanceIDs: ["i-1"] },
    { kind: "hold", reason: "UnclaimedInstances" },
  ],
  [
    "launches nothing while EC2 has not been listed (S5)",
    { ...fresh({}), instance: { kind: "unread" } },
    { kind: "hold", reason: "InventoryUnread" },
  ],
  [
    "launches nothing when paused",
    { ...fresh({}), mode: { kind: "paused", reason: "PoolPaused", message: "" } },
    { kind: "hold", reason: "PoolPaused" },
  ],
  [
    "launches nothing without an identity",
    { ...fresh({}), identityFailure: { ...REFUSED, reason: "IdentityNotGranted" } },
    { kind: "hold", reason: "IdentityNotGranted" },
  ],
  [
    "launches nothing for a pool that is going",
    { ...fresh({}), pool: { ...PRESENT, isDeleting: true } },
    { kind: "hold", reason: "PoolDeleting" },
  ],
  [
    "launches nothing for a pool that was scaled down and has not chosen who goes (S3)",
    { ...fresh({}), pool: { ...PRESENT, wantsHost: false } },
    { kind: "hold", reason: "PoolUndecided" },
  ],
  [
    "launches nothing for a pool that is gone: a restored record may have a host already (S1, S2)",
    { ...fresh({}), pool: { kind: "absent" } },
    { kind: "hold", reason: "PoolAbsent" },
  ],
  [
    "launches nothing while its pool is unread (S5)",
    { ...fresh({}), pool: { kind: "unread" } },
    { kind: "hold", reason: "PoolUnread" },
  ],
  ["does not launch again when a known instance is not listed (S5)", fresh(RUNNING_STATUS), { kind: "hold" }],
  [
    "does not launch again when EC2 says the instance is terminated",
    { ...fresh(RUNNING_STATUS), instance: anInstance("terminated") },
    { kind: "hold", reason: "InstanceDead" },
  ],
  [
    "takes over the instance of a launch whose answer was lost",
    { ...fresh({ launch: LAUNCH }), instance: anInstance("running") },
    { kind: "hold", reason: "InstanceFound" },
  ],
];

const stepRows: readonly Row[] = [
  [
    "starts with preflight",
    running({ passed: ["Launched", "Online"] }),
    { kind: "step", step: named("Preflight"), progress: { kind: "begin", attempt: 1, takesSlot: false } },
  ],
  [
    "sends nothing to a host that is not online",
    { ...running({ passed: ["Launched"] }), node: { kind: "notListed" } },
    { kind: "hold", reason: "Booting" },
  ],
  [
    "gives a host that vanished from the lists its time to come online from its launch on (L2)",
    {
      ...running({ passed: ["Launched"] }),
      agent: anAgent({
        passed: ["Launched"],
        status: { ...RUNNING_STATUS, launch: { ...LAUNCH, intendedAt: "2026-11-22T07:00:00Z" } },
      }),
      instance: { kind: "notListed", answers: 1, sinceAgeMs: 0 },
      node: { kind: "notListed" },
    },
    { kind: "hold", reason: "OnlineTimedOut" },
  ],
  [
    "judges the answer of a step although the ping is late",
    {
      ...running({ passed: ["Launched", "Online", "PreflightPassed"], step: { ...JOIN_STEP, commandID: "c" } }),
      node: { kind: "notListed" },
      step: { kind: "succeeded", facts: {} },
    },
    { kind: "step", progress: { kind: "complete", facts: {} } },
  ],
  [
    "looks for a step whose send has an unknown outcome before it sends again",
    { ...running({ passed: ["Launched", "Online", "PreflightPassed"], step: JOIN_STEP }), step: { kind: "notSent" } },
    { kind: "step", progress: { kind: "resume" } },
  ],
  [
    "tells a step as failed that was never sent and whose time is over, though the host is not there (L2)",
    {
      ...running({
        passed: ["Launched", "Online", "PreflightPassed"],
        step: { ...JOIN_STEP, deadline: "2026-11-22T07:59:59Z" },
      }),
      node: { kind: "notListed" },
      step: { kind: "notSent" },
    },
    { kind: "step", progress: expect.objectContaining({ kind: "fail", mustCancel: false }) as never },
  ],
  [
    "takes the domain's slot before it registers (S11)",
    running({ passed: UP_TO_INSTALLED }),
    { kind: "step", step: named("Register"), progress: { kind: "begin", attempt: 1, takesSlot: true } },
  ],
  [
    "waits while another host registers (S11)",
    { ...running({ passed: UP_TO_INSTALLED }), slot: { kind: "held", holder: "a/b", deadlineMs: NOW_MS + 1 } },
    { kind: "step", progress: { kind: "awaitSlot", holder: "a/b", untilMs: NOW_MS + 1 } },
  ],
  [
    "registers under its own slot",
    { ...running({ passed: UP_TO_INSTALLED }), slot: mine(1) },
    { kind: "step", step: named("Register"), progress: { kind: "begin", attempt: 1, takesSlot: false } },
  ],
  [
    "gives the slot back when paused",
    {
      ...running({ passed: UP_TO_INSTALLED }),
      slot: mine(1),
      mode: { kind: "paused", reason: "PoolPaused", message: "" },
    },
    { kind: "releaseSlot" },
  ],
  [
    "gives the slot back when its host is dead",
    { ...running({ passed: UP_TO_INSTALLED }), slot: mine(1), instance: anInstance("stopped") },
    { kind: "releaseSlot", reason: "InstanceDead" },
  ],
  [
    "gives the slot back when it is Ready",
    { ...running({ passed: "all" }), slot: mine(1) },
    { kind: "releaseSlot", reason: "Ready" },
  ],
  [
    "keeps the slot until it is Ready",
    {
      ...running({ passed: "all" }),
      slot: mine(1),
      probe: { kind: "unread" },
      agent: anAgent({ passed: [...UP_TO_INSTALLED, "Registered", "Configured"], status: RUNNING_STATUS }),
    },
    { kind: "rest" },
  ],
  ["rests when it is Ready", running({ passed: "all" }), { kind: "rest" }],
];

const retireRows: readonly Row[] = [
  ["waits for the pool's permission (S3)", deleted({}), { kind: "hold", reason: "AwaitingPermission" }],
  ["drains a permitted host that answers", deleted({ retirement: RETIREMENT }), { kind: "step", step: named("Drain") }],
  [
    "terminates after the drain",
    deleted({ retirement: RETIREMENT, step: { ...JOIN_STEP, name: "Drain", endedAt: "2026-11-22T07:59:59Z" } }),
    { kind: "terminate", reason: "Replaced" },
  ],
  [
    "terminates a permitted host that does not answer",
    { ...deleted({ retirement: RETIREMENT }), node: { kind: "notListed" } },
    { kind: "terminate" },
  ],
  [
    "goes on alone when the pool is absent",
    { ...deleted({}), pool: { kind: "absent" }, node: { kind: "notListed" } },
    { kind: "terminate", reason: "PoolAbsent" },
  ],
  [
    "does nothing while the pool is unread (S5)",
    { ...deleted({}), pool: { kind: "unread" } },
    { kind: "hold", reason: "PoolUnread" },
  ],
  [
    "terminates at once when a person says terminate-now of this very instance",
    {
      ...deleted({}),
      agent: anAgent({
        passed: "all",
        status: RUNNING_STATUS,
        metadata: { ...DELETED, annotations: { "cloudsync.dev/terminate-now": INSTANCE_ID } },
      }),
    },
    { kind: "terminate", reason: "TerminateNow" },
  ],
  [
    "ignores terminate-now of another instance",
    {
      ...deleted({}),
      agent: anAgent({
        passed: "all",
        status: RUNNING_STATUS,
        metadata: { ...DELETED, annotations: { "cloudsync.dev/terminate-now": "i-0ffffffffffffffff" } },
      }),
    },
    { kind: "hold" },
  ],
  [
    "waits in Observe and names the way out",
    { ...deleted({ retirement: RETIREMENT }), mode: { kind: "observe", reason: "TenantObserve", message: "m" } },
    { kind: "hold", reason: "TenantObserve" },
  ],
  [
    "keeps the record until EC2 says terminated (S10)",
    { ...deleted({ retirement: RETIREMENT }), instance: anInstance("shutting-down") },
    { kind: "hold", reason: "ShuttingDown" },
  ],
  [
    "forgets a terminated host",
    { ...deleted({ retirement: RETIREMENT }), instance: anInstance("terminated") },
    { kind: "removeFinalizer", reason: "InstanceTerminated" },
  ],
  [
    "does not take one missing answer for gone (S5)",
    { ...deleted({ retirement: RETIREMENT }), instance: NOT_LISTED },
    { kind: "hold", reason: "ProvingAbsence" },
  ],
  [
    "forgets a host whose absence is proven",
    { ...deleted({ retirement: RETIREMENT }), instance: PROVEN_ABSENT },
    { kind: "removeFinalizer", reason: "AbsenceProven" },
  ],
  [
    "forgets at once what never launched",
    { ...deleted({}), agent: anAgent({ metadata: DELETED }), instance: NOT_LISTED },
    { kind: "removeFinalizer", reason: "NeverLaunched" },
  ],
  [
    "waits until the pool has recorded what is let go (S2)",
    released(false),
    { kind: "hold", reason: "AwaitingReleaseRecord" },
  ],
  ["lets go without touching anything", released(true), { kind: "removeFinalizer", reason: "Released" }],
];

for (const [sentence, snapshot, expected] of [...launchRows, ...stepRows, ...retireRows]) {
  test(sentence, () => expect(decideAgent(snapshot).action).toMatchObject(expected));
}

test("a step that is late is cancelled and tried again, and a refused credential never is", () => {
  const late = {
    ...running({
      passed: ["Launched", "Online", "PreflightPassed"],
      step: { ...JOIN_STEP, commandID: "c", deadline: "2026-11-22T07:59:59Z" },
    }),
    step: { kind: "running", statusDetails: "InProgress" } as const,
  };
  expect(decideAgent(late).action).toMatchObject({
    progress: { kind: "fail", mustCancel: true, isStalled: false, error: { reason: "JoinTimedOut" } },
  });
  const error = { class: "Credential", reason: "BindRefused", message: "m", fix: "f" };
  const refused = { ...late, step: { kind: "failed", error } as const };
  expect(decideAgent(refused).action).toMatchObject({
    progress: { kind: "fail", isStalled: true, retryAtMs: undefined },
  });
});

test("a failed step waits for its retry, and a person's request brings it forward", () => {
  const stored = { ...JOIN_STEP, lastError: { class: "Credential", reason: "BindRefused", message: "m", fix: "f" } };
  const waiting = running({ passed: ["Launched", "Online", "PreflightPassed"], step: stored });
  expect(decideAgent(waiting).action).toMatchObject({ progress: { kind: "retryLater", isStalled: true } });
  const agent = anAgent({
    passed: ["Launched", "Online", "PreflightPassed"],
    status: { ...RUNNING_STATUS, step: stored },
    metadata: { annotations: { "cloudsync.dev/requested-at": "now" } },
  });
  expect(decideAgent({ ...waiting, agent }).action).toMatchObject({ progress: { kind: "begin", attempt: 2 } });
});

test("two live instances of one agent are an alarm, never a reason to terminate", () => {
  const [one] = anInstance("running").instances;
  if (one === undefined) throw new Error("no instance");
  const twins = {
    ...running({ passed: "all" }),
    instance: { kind: "found", instances: [one, { ...one, instanceID: "i-0ffffffffffffffff" }] } as const,
  };
  expect(decideAgent(twins).action.kind).toBe("rest");
  expect(judgeLinks(twins).at(-1)).toMatchObject({ status: "False", reason: "TwinInstances" });
});

function fresh(status: object): AgentSnapshot {
  return anAgentSnapshot({
    agent: anAgent({ status }),
    instance: NOT_LISTED,
    node: { kind: "notListed" },
    probe: { kind: "unread" },
  });
}

function running({
  passed,
  step,
}: {
  readonly passed: readonly string[] | "all";
  readonly step?: object;
}): AgentSnapshot {
  return anAgentSnapshot({
    agent: anAgent({ passed, status: { ...RUNNING_STATUS, ...(step === undefined ? {} : { step }) } }),
  });
}

function deleted(status: object): AgentSnapshot {
  return anAgentSnapshot({
    agent: anAgent({ passed: "all", status: { ...RUNNING_STATUS, ...status }, metadata: DELETED }),
  });
}

function released(hasReleased: boolean): AgentSnapshot {
  const agent = anAgent({
    passed: "all",
    status: RUNNING_STATUS,
    metadata: { ...DELETED, annotations: { "cloudsync.dev/release": "true" } },
  });
  return anAgentSnapshot({
    agent,
    pool: { ...PRESENT, hasReleased },
  });
}

function mine(leftMs: number): AgentSnapshot["slot"] {
  return { kind: "mine", deadlineMs: NOW_MS + leftMs };
}

function named(name: string) {
  return expect.objectContaining({ name }) as never;
}
