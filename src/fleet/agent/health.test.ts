import { anAgent, anAgentSnapshot, anInstance, HEALTHY_FACTS, INSTANCE_ID } from "../testing/builders.ts";
import { decideAgent } from "./decide.ts";
import { judgeLinks } from "./links.ts";
import type { AgentSnapshot } from "./snapshot.ts";
import { agentFindings } from "./summary.ts";

const STATUS = {
  instanceID: INSTANCE_ID,
  launch: {
    attempt: 1,
    subnetID: "subnet-0a",
    availabilityZone: "ap-northeast-1a",
    instanceType: "m6i.large",
    imageID: "ami-0a1b2c3d4e5f60718",
    token: "token",
    intendedAt: "2026-11-22T07:59:00Z",
  },
};
const RETIREMENT = { permittedAt: "2026-11-22T07:59:31Z", reason: "Replaced" };

test("Ready needs evidence younger than evidenceMaxAge, and carries over a start for as long (S12)", () => {
  const healthOf = (snapshot: AgentSnapshot) => judgeLinks(snapshot).find(({ type }) => type === "Healthy");
  const ready = configured();
  expect(healthOf(ready)).toMatchObject({ status: "True" });
  expect(healthOf({ ...ready, probe: { kind: "read", facts: HEALTHY_FACTS, ageMs: 15 * 60_000 + 1 } })).toMatchObject({
    status: "Unknown",
    reason: "EvidenceStale",
  });
  expect(healthOf({ ...ready, probe: { kind: "unread" }, processAgeMs: 1_000 })).toMatchObject({ status: "True" });
  expect(healthOf({ ...ready, probe: { kind: "unread" }, processAgeMs: 15 * 60_000 + 1 })).toMatchObject({
    status: "Unknown",
  });
  expect(healthOf({ ...ready, instance: anInstance("terminated"), processAgeMs: 1_000 })).toMatchObject({
    status: "False",
    reason: "InstanceTerminated",
  });
});

test("each fact of the probe that is wrong is named", () => {
  const wrong: readonly (readonly [Partial<typeof HEALTHY_FACTS>, string])[] = [
    [{ domain: null }, "NotDomainJoined"],
    [{ isDomainTrusted: false }, "DomainTrustBroken"],
    [{ isGMSAUsable: false }, "GMSAUnusable"],
    [{ agentService: "Stopped" }, "AgentServiceNotRunning"],
    [{ serviceAccount: "NT SERVICE\\AADConnectProvisioningAgent" }, "VirtualServiceAccount"],
    [{ tenantID: null }, "NotRegistered"],
    [{ tenantID: "00000000-0000-4000-8000-000000000000" }, "WrongTenant"],
    [{ configuredDomains: [] }, "DomainNotConfigured"],
    [{ certificateNotAfter: "2026-01-01T00:00:00Z" }, "CertificateExpired"],
    [{ unreachableDomainControllers: ["10.0.1.10"] }, "DomainControllersUnreachable"],
    [{ isEntraReachable: false }, "EntraUnreachable"],
  ];
  for (const [facts, reason] of wrong) {
    const snapshot = {
      ...configured(),
      probe: { kind: "read", facts: { ...HEALTHY_FACTS, ...facts }, ageMs: 0 } as const,
    };
    expect(judgeLinks(snapshot).at(-1)).toMatchObject({ type: "Healthy", status: "False", reason });
  }
});

test("a deleted agent stays Ready while it serves, until its pool lets it go (S3)", () => {
  const readyOf = (snapshot: AgentSnapshot) =>
    agentFindings(snapshot, decideAgent(snapshot)).find(({ type }) => type === "Ready");
  expect(readyOf(deleted({}))).toMatchObject({ status: "True" });
  expect(
    readyOf({
      ...deleted({}),
      probe: { kind: "read", facts: { ...HEALTHY_FACTS, agentService: "Stopped" }, ageMs: 0 },
    }),
  ).toMatchObject({ status: "False", reason: "AgentServiceNotRunning" });
  expect(readyOf(deleted({ retirement: RETIREMENT }))).toMatchObject({ status: "False", reason: "Deleting" });
});

function configured(status: object = {}, metadata: object = {}): AgentSnapshot {
  return anAgentSnapshot({ agent: anAgent({ passed: "all", status: { ...STATUS, ...status }, metadata }) });
}

function deleted(status: object): AgentSnapshot {
  return configured(status, { deletionTimestamp: "2026-11-22T07:59:30Z" });
}
