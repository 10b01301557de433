import type { CloudSyncAgent } from "../../api/cloud-sync-agent.ts";
import { anAgent, anAgentSnapshot, INSTANCE_ID, NOW_MS } from "../testing/builders.ts";
import { decideAgent } from "./decide.ts";
import { judgeJoinProof } from "./join-proof.ts";
import { judgeLinks } from "./links.ts";
import type { AgentSnapshot } from "./snapshot.ts";

const MINUTE_MS = 60_000;
const BOOTED = ["Launched", "Online", "PreflightPassed"];
const instant = (fromNowMs: number): string => new Date(NOW_MS + fromNowMs).toISOString().replace(".000Z", "Z");

interface Peer {
  readonly step?: object;
  readonly passed?: readonly string[];
  readonly metadata?: object;
  readonly gmsa?: object;
}

function peer({ step, passed = BOOTED, metadata = {}, gmsa = {} }: Peer): CloudSyncAgent {
  const status = { instanceID: "i-0fedcba9876543210", ...(step === undefined ? {} : { step: joining(step) }) };
  return anAgent({ passed, gmsa, status, metadata: { name: "tokyo-1-1", uid: "uid-1-1", ...metadata } });
}

function joining(parts: object): object {
  return {
    name: "Join",
    operationID: "b".repeat(32),
    startedAt: instant(-MINUTE_MS),
    deadline: instant(30 * MINUTE_MS),
    attempts: 1,
    ...parts,
  };
}

const refusedWith = (errorClass: string, reason: string) => ({
  lastError: { class: errorClass, reason, message: "The domain refused the join account.", fix: "Correct the secret." },
});

const rows: readonly (readonly [sentence: string, peers: readonly Peer[], kind: string])[] = [
  ["nobody else is there", [], "open"],
  ["others boot", [{ passed: ["Launched"] }], "open"],
  ["another one joins", [{ step: {} }], "awaited"],
  ["another one has joined", [{ passed: [...BOOTED, "Joined"] }], "open"],
  [
    "one has joined and another was refused: the account is proven",
    [
      { passed: [...BOOTED, "Joined"] },
      { step: refusedWith("Credential", "CredentialRefused"), metadata: { name: "tokyo-2-1", uid: "uid-2-1" } },
    ],
    "open",
  ],
  ["another one hangs in its join", [{ step: { startedAt: instant(-11 * MINUTE_MS) } }], "open"],
  ["the account was refused", [{ step: refusedWith("Credential", "CredentialRefused") }], "refused"],
  ["the account has too few rights", [{ step: refusedWith("Person", "HostGroupDenied") }], "refused"],
  ["the unit is not there", [{ step: refusedWith("Permanent", "OrganizationalUnitNotFound") }], "refused"],
  ["another host's own trouble", [{ step: refusedWith("Permanent", "ComputerNameTaken") }], "open"],
  ["a trouble that passes by itself", [{ step: refusedWith("Transient", "DomainControllerUnreachable") }], "open"],
  [
    "the refused one is on its way out",
    [{ step: refusedWith("Person", "JoinDenied"), metadata: { deletionTimestamp: instant(0) } }],
    "open",
  ],
  [
    "another group for another account",
    [{ step: {}, gmsa: { hostGroup: "CN=Other,DC=corp,DC=example,DC=com" } }],
    "open",
  ],
];

test.each(rows)("%s", (_sentence, peers, kind) => {
  const agent = anAgent({ passed: BOOTED });
  expect(judgeJoinProof(agent, [agent, ...peers.map(peer)], NOW_MS).kind).toBe(kind);
});

test("a host that has tried goes on by itself, so that two that began together do not wait for each other", () => {
  const agent = anAgent({ passed: BOOTED, status: { step: joining(refusedWith("Person", "JoinDenied")) } });
  const other = peer({ step: refusedWith("Person", "JoinDenied") });
  expect(judgeJoinProof(agent, [other], NOW_MS).kind).toBe("open");
});

describe("the host that waits", () => {
  const status = { instanceID: INSTANCE_ID };
  const waiting = (joinProof: AgentSnapshot["joinProof"], changes: Partial<AgentSnapshot> = {}) =>
    anAgentSnapshot({ agent: anAgent({ passed: BOOTED, status }), joinProof, ...changes });

  test("sends nothing, and looks again when the other one's time is over", () => {
    const untilMs = NOW_MS + MINUTE_MS;
    const plan = decideAgent(waiting({ kind: "awaited", untilMs }));
    expect(plan).toMatchObject({ action: { kind: "hold", reason: "AwaitingFirstJoin" }, revisitAtMs: untilMs });
  });

  test("says what the other one was told, and is not stalled itself", () => {
    const snapshot = waiting({ kind: "refused", message: "tokyo-1-1 was refused: m" });
    expect(decideAgent(snapshot).action).toMatchObject({ kind: "hold", reason: "JoinAccountRefused" });
    const joined = judgeLinks(snapshot).find(({ type }) => type === "Joined");
    expect(joined).toMatchObject({ status: "Unknown", message: "tokyo-1-1 was refused: m" });
    expect(joined?.isStalled).toBeUndefined();
  });

  test("does not join in the pass that ends its preflight either", () => {
    const step = { ...joining({}), name: "Preflight" };
    const agent = anAgent({ passed: BOOTED.slice(0, 2), status: { ...status, step } });
    const answered: AgentSnapshot["step"] = { kind: "succeeded", facts: {} };
    const at = (joinProof: AgentSnapshot["joinProof"]) =>
      decideAgent(anAgentSnapshot({ agent, step: answered, joinProof })).action;
    expect(at({ kind: "open" })).toMatchObject({ kind: "step", then: { step: { name: "Join" } } });
    const held = at({ kind: "awaited", untilMs: NOW_MS + 1 });
    expect(held).toMatchObject({ kind: "step", progress: { kind: "complete" } });
    expect(held).not.toHaveProperty("then");
  });

  test("joins when nothing speaks against it", () => {
    expect(decideAgent(waiting({ kind: "open" })).action).toMatchObject({ kind: "step", step: { name: "Join" } });
  });
});
