/** Killed or unanswered at any point, the next pass goes on from what EC2 shows, and the end is the same. */
import type { CloudSyncAgent } from "../../api/cloud-sync-agent.ts";
import type { Listing, WriteOutcome } from "../../aws/instances/port.ts";
import type { AssociationId, ProfileAssociation } from "../../aws/profiles/port.ts";
import { decideAgent } from "../../fleet/agent/decide.ts";
import { anAgent, anAgentSnapshot, anInstance, INSTANCE_ID, NOW_MS } from "../../fleet/testing/builders.ts";
import type { Failure } from "../../runtime/failure.ts";
import { fakeClock } from "../../../test/support/fake-clock.ts";
import type { ActContext, ActOutcome } from "./act.ts";
import { agentMemory } from "./memory.ts";
import { swapProfile } from "./swap-profile.ts";

const BOOTSTRAP = "cloudsync-bootstrap";
const RUNTIME = "cloudsync-agent";
const NOW = new Date(NOW_MS).toISOString().replace(".000Z", "Z");
const EARLIER = "2026-11-22T07:00:00Z";
const SCOPE = { region: "ap-northeast-1", accountID: "111122223333", base: { kind: "operator" } } as const;
const LAUNCH = {
  attempt: 1,
  subnetID: "subnet-0a",
  availabilityZone: "ap-northeast-1a",
  instanceType: "m6i.large",
  imageID: "ami-0a1b2c3d4e5f60718",
  token: "token",
  intendedAt: "2026-11-21T07:59:00Z",
};

function association(profile: string, state: ProfileAssociation["state"], id = "0"): ProfileAssociation {
  const profileARN = `arn:aws:iam::111122223333:instance-profile/${profile}`;
  return { associationID: `iip-assoc-0123456789abcde${id}f` as AssociationId, profileARN, state };
}

const listed = (...items: readonly ProfileAssociation[]): Listing<ProfileAssociation> => ({ kind: "complete", items });

interface Bench {
  readonly context: ActContext;
  /** Writes in the order in which they left. */
  readonly writes: object[];
  readonly pass: () => Promise<ActOutcome>;
}

function bench(
  secrets: object | undefined,
  listing: Listing<ProfileAssociation>,
  { replace = { kind: "done" }, isConflict = false }: { replace?: WriteOutcome; isConflict?: boolean } = {},
): Bench {
  const status = { instanceID: INSTANCE_ID, launch: LAUNCH, ...(secrets === undefined ? {} : { secrets }) };
  const agent = anAgent({ passed: "all", bootstrapInstanceProfile: BOOTSTRAP, status });
  const found = anInstance("running");
  const profileARN = association(BOOTSTRAP, "associated").profileARN;
  const instances = found.instances.map((one) => ({ ...one, instanceProfileARN: profileARN }));
  const snapshot = anAgentSnapshot({ agent, instance: { kind: "found", instances } });
  const writes: object[] = [];
  const ports = {
    kube: {
      applyStatus: (_kind: unknown, current: CloudSyncAgent, sent: CloudSyncAgent["status"]) => {
        if (isConflict) return Promise.resolve({ kind: "failed", failure: failure("Conflict") });
        writes.push({ secrets: sent.secrets });
        const metadata = { ...current.metadata, resourceVersion: "11" };
        return Promise.resolve({ kind: "ok", object: { ...current, metadata, status: sent } });
      },
    },
    profiles: {
      associations: () => Promise.resolve(listing),
      replace: (_scope: unknown, change: object) => {
        writes.push(change);
        return Promise.resolve(replace);
      },
    },
    inventory: { refreshSoon: () => undefined },
    capacityMemoryMs: 300_000,
  } as unknown as ActContext["ports"];
  const memory = agentMemory(fakeClock());
  const observed = { snapshot } as unknown as ActContext["observed"];
  const context: ActContext = { ports, memory, observed, signal: new AbortController().signal };
  return { context, writes, pass: () => swapProfile(decideAgent(snapshot), SCOPE, context) };
}

function failure(failureClass: Failure["class"]): Failure {
  return { class: failureClass, reason: "Any", message: "m", fix: "f" };
}

const INTENDED = { swapIntendedAt: EARLIER };
const REPLACE = { associationID: association(BOOTSTRAP, "associated").associationID, profile: RUNTIME };

test("the intent is stored before the replacement leaves", async () => {
  const { writes, pass } = bench(undefined, listed(association(BOOTSTRAP, "associated")));
  await pass();
  expect(writes).toEqual([{ secrets: { swapIntendedAt: NOW } }, REPLACE]);
});

test("an intent that cannot be stored keeps the replacement back", async () => {
  const { writes, pass } = bench(undefined, listed(association(BOOTSTRAP, "associated")), { isConflict: true });
  expect(await pass()).toMatchObject({ next: "backOff" });
  expect(writes).toEqual([]);
});

test("killed between intent and replacement: the same replacement leaves, the intent stands", async () => {
  const { writes, pass } = bench(INTENDED, listed(association(BOOTSTRAP, "associated")));
  await pass();
  expect(writes).toEqual([REPLACE]);
});

test("killed after the replacement, or its answer lost: what EC2 shows is taken into the record, nothing is replaced", async () => {
  const { writes, pass } = bench(INTENDED, listed(association(RUNTIME, "associated", "1")));
  expect((await pass()).change).toEqual({ secrets: { ...INTENDED, replacedAt: NOW } });
  expect(writes).toEqual([]);
});

test.each([
  [
    "the new one is associating, the old one is going",
    [
      ["associating", RUNTIME],
      ["disassociating", BOOTSTRAP],
    ],
  ],
  ["only the old one shows, on its way out", [["disassociating", BOOTSTRAP]]],
  ["nothing shows yet", []],
  ["a stranger's profile is there", [["associated", "somebody"]]],
] as const)("%s: nothing is replaced, nothing is recorded", async (_sentence, shown) => {
  const items = shown.map(([state, profile], index) => association(profile, state, String(index)));
  const { writes, pass } = bench(INTENDED, listed(...items));
  expect(await pass()).toMatchObject({ change: {}, next: "rest" });
  expect(writes).toEqual([]);
});

test("a profile that was put back by hand: the waiting and the proof of before count no more", async () => {
  const before = { ...INTENDED, replacedAt: EARLIER, deniedAt: EARLIER };
  const { writes, pass } = bench(before, listed(association(BOOTSTRAP, "associated", "2")));
  await pass();
  const associationID = association(BOOTSTRAP, "associated", "2").associationID;
  expect(writes).toEqual([{ secrets: { swapIntendedAt: NOW } }, { ...REPLACE, associationID }]);
});

test("a list that EC2 refuses or does not give is no absence (S5): it is remembered and asked again", async () => {
  const { context, writes, pass } = bench(INTENDED, { kind: "failed", failure: failure("Denied") });
  expect(await pass()).toMatchObject({ failure: { class: "Denied" }, change: {} });
  expect(context.memory.hold("uid-0-1")).toMatchObject({ failure: { class: "Denied" } });
  expect(writes).toEqual([]);
});

test.each(["Denied", "Wait", "Transient", "UnknownOutcome"] as const)(
  "a replacement that ends as %s is remembered; nothing says that it is done",
  async (failureClass) => {
    const replace = { kind: "failed", failure: failure(failureClass) } as unknown as WriteOutcome;
    const { context, pass } = bench(INTENDED, listed(association(BOOTSTRAP, "associated")), { replace });
    expect(await pass()).toMatchObject({ failure: { class: failureClass }, change: {} });
    expect(context.memory.hold("uid-0-1")).toMatchObject({ failure: { class: failureClass } });
  },
);
