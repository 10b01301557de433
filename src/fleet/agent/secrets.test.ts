import { anAgent, anAgentSnapshot, anInstance, INSTANCE_ID, NOW_MS } from "../testing/builders.ts";
import { decideAgent, type AgentAction } from "./decide.ts";
import { isProfile, judgeSecrets } from "./secrets.ts";
import type { AgentSnapshot } from "./snapshot.ts";
import { agentFindings } from "./summary.ts";

const HOUR_MS = 3_600_000;
const BOOTSTRAP = "cloudsync-bootstrap";
const STATUS = {
  instanceID: INSTANCE_ID,
  launch: {
    attempt: 1,
    subnetID: "subnet-0a",
    availabilityZone: "ap-northeast-1a",
    instanceType: "m6i.large",
    imageID: "ami-0a1b2c3d4e5f60718",
    token: "token",
    intendedAt: "2026-11-21T07:59:00Z",
  },
};
const INTENDED = { swapIntendedAt: instant(-13 * HOUR_MS) };
const EXPIRING = { ...INTENDED, replacedAt: instant(-11 * HOUR_MS) };
const EXPIRED = { ...INTENDED, replacedAt: instant(-12 * HOUR_MS) };
const DENIED = { class: "Denied", reason: "ActionDenied", message: "m", fix: "f" } as const;
const BUSY = { class: "Throttled", reason: "Throttled", message: "m", fix: "f" } as const;

function instant(fromNowMs: number): string {
  return new Date(NOW_MS + fromNowMs).toISOString().replace(".000Z", "Z");
}

interface Case {
  readonly secrets?: object;
  /** What EC2 shows on the instance. */
  readonly carried?: string | undefined;
  readonly passed?: readonly string[] | "all";
  readonly status?: object;
  readonly metadata?: object;
  readonly changes?: Partial<AgentSnapshot>;
}

function host(shown: Case): AgentSnapshot {
  const { secrets, passed = "all", status = {}, metadata = {}, changes = {} } = shown;
  const found = anInstance("running");
  const arn = "carried" in shown ? shown.carried : BOOTSTRAP;
  const instanceProfileARN = arn === undefined ? undefined : `arn:aws:iam::111122223333:instance-profile/${arn}`;
  return anAgentSnapshot({
    agent: anAgent({
      passed,
      bootstrapInstanceProfile: BOOTSTRAP,
      status: { ...STATUS, ...status, ...(secrets === undefined ? {} : { secrets }) },
      metadata,
    }),
    instance: { ...found, instances: found.instances.map((one) => ({ ...one, instanceProfileARN })) },
    ...changes,
  });
}

const RUNTIME = "cloudsync-agent";
const PROOF = {
  name: "ProveSecretDenied",
  operationID: "a".repeat(32),
  startedAt: instant(-60_000),
  deadline: instant(600_000),
  attempts: 1,
};

type Row = readonly [
  sentence: string,
  shown: Case,
  action: Partial<AgentAction> & { readonly kind: AgentAction["kind"] },
  words: readonly [status: string, reason: string],
];

const rows: readonly Row[] = [
  [
    "a host that is being set up keeps its bootstrap profile",
    { passed: ["Launched", "Online", "PreflightPassed"] },
    { kind: "step" },
    ["False", "AwaitingConfiguration"],
  ],
  ["a configured one is to have it replaced", {}, { kind: "swapProfile" }, ["False", "AwaitingProfileSwap"]],
  [
    "the answer of a replacement that was lost is looked for in EC2 again",
    { secrets: { swapIntendedAt: instant(-1_000) } },
    { kind: "swapProfile" },
    ["False", "AwaitingProfileSwap"],
  ],
  [
    "a replacement that EC2 does not show in time is told, and asked for again",
    { secrets: INTENDED },
    { kind: "swapProfile" },
    ["False", "ProfileSwapTimedOut"],
  ],
  [
    "the inventory alone does not say when it was replaced",
    { carried: RUNTIME, secrets: INTENDED },
    { kind: "swapProfile" },
    ["False", "ProfileSwapTimedOut"],
  ],
  [
    "a refusal waits, with its own words",
    { changes: { hold: { failure: DENIED, untilMs: NOW_MS + 1 } } },
    { kind: "rest", untilMs: NOW_MS + 1 },
    ["False", "ActionDenied"],
  ],
  [
    "what passes by itself waits, and is no reason",
    { changes: { hold: { failure: BUSY, untilMs: NOW_MS + 1 } } },
    { kind: "rest", untilMs: NOW_MS + 1 },
    ["False", "AwaitingProfileSwap"],
  ],
  [
    "a person's request ends the wait",
    {
      metadata: { annotations: { "cloudsync.dev/requested-at": "2026-11-22T07:59:00Z" } },
      changes: { hold: { failure: DENIED, untilMs: NOW_MS + 1 } },
    },
    { kind: "swapProfile" },
    ["False", "ActionDenied"],
  ],
  [
    "credentials of before are waited out, with an end",
    { carried: RUNTIME, secrets: EXPIRING },
    { kind: "rest", untilMs: NOW_MS + HOUR_MS },
    ["False", "AwaitingCredentialExpiry"],
  ],
  [
    "then the host is asked",
    { carried: RUNTIME, secrets: EXPIRED },
    { kind: "step", progress: { kind: "begin", attempt: 1, takesSlot: false } },
    ["Unknown", "AwaitingProof"],
  ],
  [
    "a host that is not online is not asked",
    {
      carried: RUNTIME,
      secrets: EXPIRED,
      changes: {
        node: { kind: "listed", isOnline: false, pingAgeMs: 9e6, computerName: "", ssmAgentVersion: "3.3.3050.0" },
      },
    },
    { kind: "rest" },
    ["Unknown", "AwaitingProof"],
  ],
  [
    "a denial is the proof",
    {
      carried: RUNTIME,
      secrets: EXPIRED,
      status: { step: PROOF },
      changes: { step: { kind: "succeeded", facts: { isDenied: true, openSecretARNs: [] } } },
    },
    { kind: "step", progress: { kind: "complete", facts: { isDenied: true, openSecretARNs: [] } } },
    ["Unknown", "AwaitingProof"],
  ],
  [
    "a secret that can be read is none, whatever the command says",
    {
      carried: RUNTIME,
      secrets: EXPIRED,
      status: { step: PROOF },
      changes: { step: { kind: "succeeded", facts: { isDenied: false, openSecretARNs: ["arn:one"] } } },
    },
    { kind: "step" },
    ["False", "SecretStillReadable"],
  ],
  [
    "facts that say nothing are no proof",
    {
      carried: RUNTIME,
      secrets: EXPIRED,
      status: { step: PROOF },
      changes: { step: { kind: "succeeded", facts: {} } },
    },
    { kind: "step" },
    ["False", "SecretStillReadable"],
  ],
  [
    "proved, it rests",
    { carried: RUNTIME, secrets: { ...EXPIRED, deniedAt: instant(-1_000) } },
    { kind: "rest" },
    ["True", "SecretsDenied"],
  ],
  [
    "a bootstrap profile that was put back by hand opens the way again",
    { secrets: { ...EXPIRED, deniedAt: instant(-1_000) } },
    { kind: "swapProfile" },
    ["False", "AwaitingProfileSwap"],
  ],
  [
    "a stranger's profile is left alone and told",
    { carried: "somebody", secrets: { ...EXPIRED, deniedAt: instant(-1_000) } },
    { kind: "rest" },
    ["False", "ForeignInstanceProfile"],
  ],
  [
    "an instance without a profile is told",
    { carried: undefined, secrets: EXPIRED },
    { kind: "rest" },
    ["False", "ForeignInstanceProfile"],
  ],
];

for (const [sentence, shown, action, [status, reason]] of rows) {
  test(sentence, () => {
    const snapshot = host(shown);
    expect(decideAgent(snapshot).action).toMatchObject(action);
    expect(judgeSecrets(snapshot)).toMatchObject({ status, reason });
  });
}

test("what EC2 did not show changes nothing that was said (S5)", () => {
  const released = { type: "SecretsReleased", status: "True", reason: "SecretsDenied", message: "m" };
  const stored = { ...released, observedGeneration: 1, lastTransitionTime: "2026-11-22T07:00:00Z" };
  const snapshot = host({ carried: RUNTIME, secrets: { ...EXPIRED, deniedAt: instant(-1_000) } });
  const { agent } = snapshot;
  const conditions = [...(agent.status.conditions ?? []), stored as NonNullable<typeof agent.status.conditions>[0]];
  const known = { ...snapshot, agent: { ...agent, status: { ...agent.status, conditions } } };
  for (const instance of [{ kind: "unread" }, anInstance("stopped")] as const) {
    expect(judgeSecrets({ ...known, instance })).toMatchObject(released);
    expect(judgeSecrets({ ...snapshot, instance })).toMatchObject({ status: "Unknown", reason: "NotRead" });
  }
});

test("one profile for everything is said as it is, and nothing is asked of EC2 or the host", () => {
  const snapshot = anAgentSnapshot({ agent: anAgent({ passed: "all", status: STATUS }) });
  expect(judgeSecrets(snapshot)).toMatchObject({ status: "Unknown", reason: "NoBootstrapProfile" });
  expect(decideAgent(snapshot).action).toEqual({ kind: "rest" });
});

test("what a person has to do about it stalls the agent, and leaves it Ready", () => {
  const foreign = host({ carried: "somebody" });
  const findings = agentFindings(foreign, decideAgent(foreign));
  expect(findings).toContainEqual(
    expect.objectContaining({ type: "Stalled", status: "True", reason: "ForeignInstanceProfile" }),
  );
  expect(findings).toContainEqual(expect.objectContaining({ type: "Ready", status: "True" }));
  const waiting = host({ carried: RUNTIME, secrets: EXPIRING });
  expect(agentFindings(waiting, decideAgent(waiting))).toContainEqual(
    expect.objectContaining({ type: "Stalled", status: "False" }),
  );
});

test.each([
  ["cloudsync-agent", "arn:aws:iam::111122223333:instance-profile/cloudsync-agent", true],
  ["cloudsync-agent", "arn:aws:iam::111122223333:instance-profile/team/cloudsync-agent", true],
  ["agent", "arn:aws:iam::111122223333:instance-profile/cloudsync-agent", false],
  [
    "arn:aws:iam::111122223333:instance-profile/team/cloudsync-agent",
    "arn:aws:iam::111122223333:instance-profile/team/cloudsync-agent",
    true,
  ],
  [
    "arn:aws:iam::111122223333:instance-profile/cloudsync-agent",
    "arn:aws:iam::111122223333:instance-profile/team/cloudsync-agent",
    false,
  ],
])("%s is %s: %s", (declared, carried, expected) => expect(isProfile(declared, carried)).toBe(expected));
