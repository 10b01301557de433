/** How fast one client calls one tenant, measured at the transport: the sources are those of rate-limits.ts. */
import { batchAnswers } from "../testing/scripted-transport.ts";
import { ACCESS, NEVER_ABORTED, scriptedEntra } from "../testing/scripted-entra.ts";

const SP = "33333333-3333-4333-8333-333333333333";
const JOB = { servicePrincipalID: SP, jobID: "AAD2ADGroupProvisioning.x" };
const WINDOW_MS = 150_000;
/** Half of the vendor's 3,000, what the bucket holds when nobody has written for a while, and what one batch gathers before it leaves. */
const WRITES_MAX = 1_500 + 30 + 20;

test("all writes of a client share one bucket of half the vendor's quota, whatever proves it and whichever loop sends them", async () => {
  const writtenMs: number[] = [];
  const batch = batchAnswers(({ body }) => {
    writtenMs.push(clock.monotonicMs());
    return { status: 201, body: { id: "x", appRoleId: "r", ...(body as object) } };
  });
  const { entra, clock } = scriptedEntra((request) => {
    if (request.path === "/$batch") return batch(request);
    writtenMs.push(clock.monotonicMs());
    return { status: 204 };
  });
  const bySecret = ACCESS;
  const byServiceAccount = { ...ACCESS, proof: { kind: "serviceAccount", namespace: "b", name: "entra" } } as const;
  const request = {
    servicePrincipalID: SP,
    appRoleID: "r",
    groupIDs: Array.from({ length: 20 }, (_, group) => `g-${group}`),
  };
  // Far more than the bucket gives: 20 assignments and two other writes every second, by two proofs of one client.
  for (let second = 0; second < 400; second += 1) {
    void entra.assignments.assign(bySecret, request, NEVER_ABORTED);
    void entra.jobs.start(byServiceAccount, JOB, NEVER_ABORTED);
    void entra.secrets.replace(bySecret, SP, [{ key: "Domain", value: "d" }], NEVER_ABORTED);
    await clock.advance(1_000);
  }
  const most = writtenMs.map((since) => writtenMs.filter((at) => at >= since && at < since + WINDOW_MS).length);
  expect(Math.max(...most)).toBeLessThanOrEqual(WRITES_MAX);
  expect(Math.max(...most)).toBeGreaterThan(1_400);
});

test("the provisioning log is read five times in any ten seconds, runs on demand not counted among them", async () => {
  const readMs: number[] = [];
  const ranMs: number[] = [];
  const { entra, clock } = scriptedEntra(({ method }) => {
    (method === "GET" ? readMs : ranMs).push(clock.monotonicMs());
    return method === "GET"
      ? { status: 200, body: { value: [] } }
      : { status: 200, body: { key: '{"result":"Success"}', value: "{}" } };
  });
  const run = { ...JOB, ruleID: "rule", groupID: "g", memberIDs: [] };
  for (let round = 0; round < 16; round += 1) {
    for (let call = 0; call < 4; call += 1) {
      void entra.provisioningLog.entries(ACCESS, { jobID: JOB.jobID, sinceMs: 0 }, NEVER_ABORTED);
      void entra.onDemand.provision(ACCESS, run, NEVER_ABORTED);
    }
    await clock.advance(2_500);
  }
  for (const times of [readMs, ranMs]) {
    const most = times.map((since) => times.filter((at) => at >= since && at < since + 10_000).length);
    expect(Math.max(...most)).toBeLessThanOrEqual(5);
    // Neither waits for the other: each has what it may.
    expect(times.length).toBeGreaterThanOrEqual(14);
  }
});
