import { anAgent, anAgentSnapshot, anInstance, NOW_MS } from "../testing/builders.ts";
import { decideAgent, type AgentAction } from "./decide.ts";
import type { AgentSnapshot } from "./snapshot.ts";

const UP_TO_INSTALLED = ["Launched", "Online", "PreflightPassed", "Joined", "Installed"] as const;
const INSTANCE_ID = "i-0123456789abcdef0";
const DELETED = { deletionTimestamp: "2026-11-22T07:59:30Z" };
const COMPROMISED = { ...DELETED, annotations: { "cloudsync.dev/terminate-now": INSTANCE_ID } };
const REGISTER = {
  name: "Register",
  operationID: "a".repeat(32),
  commandID: "c",
  startedAt: "2026-11-22T07:50:00Z",
  deadline: "2026-11-22T08:10:00Z",
  attempts: 1,
};
const OVERDUE = { ...REGISTER, deadline: "2026-11-22T07:59:59Z" };
const PAUSED = { mode: { kind: "paused", reason: "PoolPaused", message: "" } } as const;
const ENDED = { step: { kind: "succeeded", facts: {} } } as const;

/** An agent that holds the slot for another minute, and whose Register runs on the host. */
function registering(
  change: Partial<AgentSnapshot> = {},
  { metadata = {}, step = REGISTER }: { readonly metadata?: object; readonly step?: object } = {},
): AgentSnapshot {
  const status = {
    instanceID: INSTANCE_ID,
    step,
    retirement: { permittedAt: "2026-11-22T07:59:31Z", reason: "Replaced" },
  };
  return anAgentSnapshot({
    agent: anAgent({ passed: [...UP_TO_INSTALLED], status, metadata }),
    slot: { kind: "mine", deadlineMs: NOW_MS + 60_000 },
    step: { kind: "running", statusDetails: "InProgress" },
    ...change,
  });
}

const rows: readonly (readonly [sentence: string, snapshot: AgentSnapshot, expected: Partial<AgentAction>])[] = [
  [
    "a paused agent keeps the slot while a set-up runs on its host",
    registering(PAUSED),
    { kind: "hold", reason: "PoolPaused" },
  ],
  [
    "a paused agent gives it back when the set-up has ended",
    registering({ ...PAUSED, ...ENDED }),
    { kind: "releaseSlot" },
  ],
  [
    "a paused agent gives it back when the set-up is overdue",
    registering(PAUSED, { step: OVERDUE }),
    { kind: "releaseSlot" },
  ],
  [
    "a paused agent whose host is pending keeps the slot",
    registering({ ...PAUSED, instance: anInstance("pending") }),
    { kind: "hold" },
  ],
  [
    "a paused agent whose host is unknown keeps the slot",
    registering({ ...PAUSED, instance: anInstance("unknown") }),
    { kind: "hold" },
  ],
  [
    "a paused agent whose host is stopped gives it back",
    registering({ ...PAUSED, instance: anInstance("stopped") }),
    { kind: "releaseSlot" },
  ],
  [
    "a deleted agent waits for the set-up on its host",
    registering({}, { metadata: DELETED }),
    { kind: "hold", reason: "SetUpUnderWay" },
  ],
  [
    "a set-up whose send has an unknown outcome may run as well",
    registering({ step: { kind: "notSent" } }, { metadata: DELETED }),
    { kind: "hold", reason: "SetUpUnderWay" },
  ],
  [
    "a deleted agent gives the slot back first when the set-up has ended",
    registering(ENDED, { metadata: DELETED }),
    { kind: "releaseSlot", reason: "Deleted" },
  ],
  [
    "a compromised host is not waited for",
    registering({}, { metadata: COMPROMISED }),
    { kind: "terminate", reason: "TerminateNow" },
  ],
];

for (const [sentence, snapshot, expected] of rows)
  test(`${sentence} (S11)`, () => expect(decideAgent(snapshot).action).toMatchObject(expected));
