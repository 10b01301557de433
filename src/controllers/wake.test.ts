/** Which changes of an object's status concern others: equal facts wake nobody (C2). */
import { anAgent, aPool, INSTANCE_ID } from "../fleet/testing/builders.ts";
import { agentForDomain, agentForPool, permission, poolForAgents } from "./wake.ts";

const LAUNCH = {
  attempt: 1,
  subnetID: "subnet-0a",
  availabilityZone: "ap-northeast-1a",
  instanceType: "m6i.large",
  imageID: "ami-0a1b2c3d4e5f60718",
  token: "token",
  intendedAt: "2026-11-22T07:59:00Z",
};
const STEP = {
  name: "Join",
  operationID: "a".repeat(32),
  startedAt: "2026-11-22T07:50:00Z",
  deadline: "2026-11-22T08:20:00Z",
  attempts: 1,
};
const UP_TO_JOINED = ["Launched", "Online", "PreflightPassed", "Joined"];
const before = anAgent({ passed: UP_TO_JOINED.slice(0, 3), status: { launch: LAUNCH, instanceID: INSTANCE_ID } });
const retirement = { permittedAt: "2026-11-22T08:00:00Z", reason: "Replaced" };
const failure = { view: "Host", reason: "JoinFailed", since: "2026-11-22T08:00:00Z", message: "m" };

test("a step on the way to Ready concerns neither pool nor domain", () => {
  const status = { launch: LAUNCH, instanceID: INSTANCE_ID, step: STEP, phase: "Installing" };
  const after = anAgent({ passed: UP_TO_JOINED, status });
  expect(agentForPool(after)).toEqual(agentForPool(before));
  expect(agentForDomain(after)).toEqual(agentForDomain(before));
  expect(permission(after)).toEqual(permission(before));
});

const poolRows: readonly (readonly [sentence: string, after: ReturnType<typeof anAgent>])[] = [
  ["its instance", anAgent({ passed: UP_TO_JOINED.slice(0, 3), status: { launch: LAUNCH } })],
  [
    "that it is Ready",
    anAgent({ passed: [...UP_TO_JOINED, "Ready"], status: { launch: LAUNCH, instanceID: INSTANCE_ID } }),
  ],
  ["its first failure", anAgent({ passed: [], status: { ...before.status, firstFailure: failure } })],
  ["its version", anAgent({ passed: [], status: { ...before.status, agentVersion: "1.1.2505.0" } })],
  ["its permission to go", anAgent({ passed: [], status: { ...before.status, retirement } })],
  ["that it was deleted", anAgent({ passed: [], metadata: { deletionTimestamp: "2026-11-22T08:00:00Z" } })],
];
for (const [sentence, after] of poolRows) {
  test(`a pool reads of an agent ${sentence}`, () => {
    expect(agentForPool(after)).not.toEqual(agentForPool(before));
  });
}

test("a domain reads what its hosts have shown of it, an agent its permission", () => {
  expect(agentForDomain(anAgent({ passed: [...UP_TO_JOINED, "Configured"] }))).not.toEqual(agentForDomain(before));
  expect(permission(anAgent({ status: { retirement } }))).not.toEqual(permission(before));
});

test("an agent reads of its pool which slots stay, what was released and who is offered to the person, not its counts", () => {
  const pool = aPool({ status: { readyReplicas: 1, summary: { ready: "1/3", reason: "AgentsNotReady" } } });
  expect(poolForAgents(pool)).toEqual(poolForAgents(aPool()));
  const offered = aPool({ status: { awaitingRegistrationOn: "tokyo-0-1" } });
  expect(poolForAgents(offered)).not.toEqual(poolForAgents(aPool()));
  const judged = aPool({ status: { observedGeneration: 2 } });
  expect(poolForAgents(judged)).not.toEqual(poolForAgents(aPool()));
  const filled = aPool({ status: { slots: [{ slot: 0, incarnation: 1 }] } });
  expect(poolForAgents(filled)).not.toEqual(poolForAgents(aPool()));
  const entry = {
    instanceID: INSTANCE_ID,
    agentName: "tokyo-0-1",
    agentUID: "u",
    availabilityZone: "ap-northeast-1a",
    reason: "Released",
    releasedAt: "2026-11-22T08:00:00Z",
  };
  expect(poolForAgents(aPool({ status: { released: [entry] } }))).not.toEqual(poolForAgents(aPool()));
});
