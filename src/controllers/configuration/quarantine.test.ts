/** A quarantined job: nothing is written but the one counted restart, or what an approval of exactly these deletions says. */
import type { JobPort } from "../../entra/jobs/port.ts";
import { configurationBench, type ConfigurationBench } from "./testing/configuration-bench.ts";
import { condition, job } from "./testing/questions.ts";

async function quarantined(reason: string, spec: object = {}): Promise<ConfigurationBench> {
  const bench = configurationBench({ spec: { start: { withoutTest: true }, ...spec } });
  await bench.settle();
  job(bench).lastGoodMs = bench.kube.clock.nowMs();
  await bench.settle();
  await bench.kube.clock.advance(3_600_000);
  impose(bench, reason);
  bench.graph.writes.length = 0;
  return bench;
}

function impose(bench: ConfigurationBench, reason: string): void {
  const beganMs = bench.kube.clock.nowMs();
  job(bench).quarantine = {
    reason,
    beganMs,
    seriesBeganMs: beganMs,
    seriesCount: 1,
    nextAttemptMs: beganMs + 86_400_000,
    errorCode: undefined,
  };
}

function stage(bench: ConfigurationBench, ...names: readonly string[]): void {
  bench.graph.log = names.map((name, at) => ({
    id: `e-${at}`,
    atMs: bench.kube.clock.nowMs(),
    jobID: job(bench).id,
    action: "stageddelete",
    status: "success",
    sourceID: `g-${name}`,
    sourceDisplayName: name,
    targetID: undefined,
    errorCode: undefined,
    reason: undefined,
  }));
}

async function wait(bench: ConfigurationBench, forMs: number): Promise<void> {
  for (let leftMs = forMs; leftMs > 0;) {
    const waitMs = Math.min(await bench.pass(), 600_000);
    await bench.kube.clock.advance(waitMs);
    leftMs -= waitMs;
  }
}

test("one restart of state and escrows for a series, then never again while the job does no work", async () => {
  const bench = await quarantined("EncounteredQuarantineException");
  await bench.settle();
  expect(bench.graph.writes).toEqual([]);
  expect(condition(bench, "JobsHealthy")).toBe("False/Quarantined");
  await wait(bench, 2 * 3_600_000);
  expect(job(bench).restarts).toEqual(["QuarantineState,Escrows"]);
  impose(bench, "EncounteredQuarantineException"); // at once again, and as another series
  await wait(bench, 12 * 3_600_000);
  expect(job(bench).restarts).toHaveLength(1);
  expect(condition(bench, "Stalled")).toBe("True/Quarantined");
  expect(bench.graph.writes).toEqual(["restart"]);
});

test("killed around that restart, the job is restarted once for all that anybody can know", async () => {
  const bench = await quarantined("EncounteredQuarantineException");
  bench.graph.fault = (write, when) => (write === "restart" && when === "after" ? "dead" : "none");
  await wait(bench, 2 * 3_600_000);
  bench.restart();
  await wait(bench, 2 * 3_600_000);
  expect(job(bench).restarts).toHaveLength(1);
});

test("Never means never", async () => {
  const bench = await quarantined("EncounteredQuarantineException", { quarantine: { restart: "Never" } });
  await wait(bench, 4 * 3_600_000);
  expect(bench.graph.writes).toEqual([]);
});

test("the condition names reason, since, next attempt, last good time and the end, as instants", async () => {
  const bench = await quarantined("EncounteredBaseEscrowThreshold");
  await bench.settle();
  const [shown] = bench.at().status.jobs ?? [];
  expect(shown?.quarantine?.reason).toBe("EncounteredBaseEscrowThreshold");
  expect(shown?.quarantine?.nextAttempt).toBeDefined();
  expect(Date.parse(shown?.quarantine?.disabledAt ?? "") - Date.parse(shown?.quarantine?.began ?? "")).toBe(
    28 * 86_400_000,
  );
  expect(shown?.lastSuccess).toBeDefined();
  expect(bench.kube.events.some(({ reason }) => reason === "Quarantined")).toBe(true);
  const writes = bench.kube.writes.length;
  await wait(bench, 1_800_000);
  expect(bench.kube.writes.length).toBe(writes);
});

const messageOf = (bench: ConfigurationBench, type: string): string =>
  bench.at().status.conditions?.find((one) => one.type === type)?.message ?? "";

test("condition and event say reason, since, count, next attempt, last good time and the end in words, and what happens next", async () => {
  const bench = await quarantined("EncounteredEscrowProportionThreshold");
  await bench.settle();
  const { began = "", nextAttempt = "", disabledAt = "" } = bench.at().status.jobs?.[0]?.quarantine ?? {};
  const { lastSuccess = "" } = bench.at().status.jobs?.[0] ?? {};
  const parts = ["EncounteredEscrowProportionThreshold", began, "series count 1", nextAttempt, lastSuccess, disabledAt];
  for (const part of parts) expect(messageOf(bench, "JobsHealthy")).toContain(part);
  const event = bench.kube.events.findLast(({ reason }) => reason === "Quarantined");
  for (const part of [...parts, "restarted once when it has lasted for an hour"])
    expect(event?.message).toContain(part);
  expect(event?.type).toBe("Warning");
});

test("after four weeks the vendor has disabled the job: nothing is sent any more, and it is a person's to start it", async () => {
  const bench = await quarantined("EncounteredQuarantineException", { quarantine: { restart: "Once" } });
  job(bench).isDisabled = true;
  await wait(bench, 4 * 3_600_000);
  expect(bench.graph.writes).toEqual([]);
  expect(condition(bench, "Stalled")).toBe("True/JobDisabled");
  expect(condition(bench, "JobsHealthy")).toBe("False/Quarantined");
  expect(messageOf(bench, "Stalled")).toMatch(/disabled it, as after four weeks: .*start it in the portal/);
  expect(messageOf(bench, "Stalled")).not.toContain("tries again");
});

test.each(["forceDeletes", "rejectDeletes"])(
  "%s of a job that the vendor has disabled sends nothing",
  async (answer) => {
    const bench = await quarantined("TooManyDeletes");
    stage(bench, "a");
    await bench.settle();
    const { began, stagedDeletesHash } = bench.at().status.jobs![0]!.quarantine!;
    job(bench).isDisabled = true;
    bench.edit({ approvals: { [answer]: { quarantineBegan: began, stagedDeletesHash } } });
    await bench.settle();
    expect(bench.graph.writes).toEqual([]);
  },
);

test("what to do about held deletions is in the condition, however long the groups' names are", async () => {
  const bench = await quarantined("TooManyDeletes");
  stage(bench, "a".repeat(256), "b".repeat(256), "c".repeat(256));
  await bench.settle();
  expect(messageOf(bench, "Ready")).toMatch(/approvals.forceDeletes.*approvals.rejectDeletes.*stagedDeletesHash/);
});

test("the threshold is neither raised nor switched off while it holds deletions back", async () => {
  const bench = await quarantined("TooManyDeletes");
  stage(bench, "a");
  const before = structuredClone(bench.graph.configurations[0]?.secrets);
  for (const deletionThreshold of [
    { enabled: true, value: 5_000 },
    { enabled: false, value: 50 },
  ]) {
    bench.edit({ deletionThreshold });
    await wait(bench, 3_600_000);
  }
  expect(bench.graph.writes).toEqual([]);
  expect(bench.graph.configurations[0]?.secrets).toEqual(before);
  expect(condition(bench)).toBe("False/TooManyDeletes");
});

test("a restart that is owed for an edit waits until the quarantine is over", async () => {
  const bench = await quarantined("EncounteredBaseEscrowThreshold", { quarantine: { restart: "Never" } });
  job(bench).quarantine = undefined;
  bench.edit({
    entraToAD: {
      ...bench.at().spec.entraToAD,
      attributeMappings: [{ target: "cn", expression: 'Append("X",[objectId])' }],
    },
  });
  while (!bench.graph.writes.includes("replaceSchema")) await bench.pass();
  impose(bench, "EncounteredBaseEscrowThreshold");
  await wait(bench, 3_600_000);
  expect(bench.graph.writes).toEqual(["replaceSchema"]);
  job(bench).quarantine = undefined;
  await bench.settle();
  expect(bench.graph.writes).toEqual(["replaceSchema", "restart"]);
});

test("no edit is written while the job is quarantined", async () => {
  const bench = await quarantined("EncounteredBaseEscrowThreshold", { quarantine: { restart: "Never" } });
  bench.edit({ deletionThreshold: { enabled: false, value: 5_000 }, state: "Paused" });
  await wait(bench, 3_600_000);
  expect(bench.graph.writes).toEqual([]);
});

test("pausing and resuming by whatever hand does not clear it: start is not called", async () => {
  const bench = await quarantined("TooManyDeletes");
  stage(bench, "a");
  await bench.settle();
  job(bench).code = "Paused"; // in the portal; Entra shows no quarantine of a paused job
  await wait(bench, 3_600_000);
  expect(bench.graph.writes).toEqual([]);
  expect(condition(bench)).toBe("False/Quarantined");
});

test("held deletions are let through by the approval of exactly these, once", async () => {
  const bench = await quarantined("TooManyDeletes");
  stage(bench, "a", "b");
  await wait(bench, 3 * 3_600_000);
  expect(bench.graph.writes).toEqual([]);
  const { quarantine } = bench.at().status.jobs![0]!;
  expect(condition(bench)).toBe("False/TooManyDeletes");
  const approval = { quarantineBegan: quarantine?.began, stagedDeletesHash: quarantine?.stagedDeletesHash };
  stage(bench, "a", "b", "c");
  bench.edit({ approvals: { forceDeletes: approval } });
  await bench.settle();
  expect(condition(bench)).toBe("False/ApprovalStale");
  expect(bench.graph.writes).toEqual([]);
  stage(bench, "a", "b");
  bench.isTrusted = false;
  await bench.pass();
  expect(condition(bench)).toBe("False/ApprovalNotTrusted");
  bench.isTrusted = true;
  await bench.settle();
  expect(job(bench).restarts).toEqual(["ForceDeletes"]);
  impose(bench, "TooManyDeletes");
  await wait(bench, 3_600_000);
  expect(job(bench).restarts).toHaveLength(1);
});

test("a log of which a page failed gives no hash and lets nothing through", async () => {
  const bench = await quarantined("TooManyDeletes");
  stage(bench, "a", "b");
  await bench.settle();
  const { quarantine } = bench.at().status.jobs![0]!;
  const { provisioningLog } = bench.graph.ports;
  const whole = { ...provisioningLog };
  provisioningLog.entries = async (...given) => {
    const listing = await whole.entries(...given);
    return listing.kind === "complete"
      ? {
          ...listing,
          kind: "partial",
          failure: { class: "Transient", reason: "PageFailed", message: "Page 2 failed.", fix: "None: read again." },
        }
      : listing;
  };
  bench.edit({
    approvals: {
      forceDeletes: { quarantineBegan: quarantine?.began, stagedDeletesHash: quarantine?.stagedDeletesHash },
    },
  });
  await bench.settle();
  expect(bench.at().status.jobs![0]!.quarantine?.stagedDeletesHash).toBeUndefined();
  expect(bench.graph.writes).toEqual([]);
});

test("a rejection restarts the job without letting them through", async () => {
  const bench = await quarantined("TooManyDeletes");
  stage(bench, "a");
  await bench.settle();
  const { quarantine } = bench.at().status.jobs![0]!;
  bench.edit({
    approvals: {
      rejectDeletes: { quarantineBegan: quarantine?.began, stagedDeletesHash: quarantine?.stagedDeletesHash },
    },
  });
  await bench.settle();
  expect(job(bench).restarts).toEqual(["QuarantineState,Watermark,Escrows"]);
});

test("a quarantine that begins between the decision and the call stops the call", async () => {
  const bench = await quarantined("EncounteredBaseEscrowThreshold");
  job(bench).quarantine = undefined;
  await bench.settle();
  bench.edit({ state: "Paused" });
  const { jobs } = bench.graph.ports;
  const whole = { ...jobs };
  (jobs as { job: JobPort["job"] }).job = (...given) => {
    impose(bench, "EncounteredBaseEscrowThreshold");
    return whole.job(...given);
  };
  await bench.pass();
  expect(bench.graph.writes).toEqual([]);
});

test("a last success that grows old is noticed although the job says Active", async () => {
  const bench = await quarantined("EncounteredBaseEscrowThreshold");
  job(bench).quarantine = undefined;
  await wait(bench, 7 * 3_600_000);
  expect(condition(bench, "JobsHealthy")).toBe("False/SuccessStale");
  expect(condition(bench)).toBe("False/SuccessStale");
});

test("a job that never ended a cycle well is unknown for a day, then failing: the year 1 is never, not long ago", async () => {
  const bench = configurationBench({ spec: { start: { withoutTest: true } } });
  await bench.settle();
  await wait(bench, 20 * 3_600_000);
  expect(condition(bench, "JobsHealthy")).toBe("Unknown/FirstCycle");
  await wait(bench, 5 * 3_600_000);
  expect(condition(bench, "JobsHealthy")).toBe("False/NeverSucceeded");
  expect(messageOf(bench, "JobsHealthy")).not.toContain("0001");
});
