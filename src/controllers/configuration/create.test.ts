/** Creation, recognition and adoption: one application and one job, whatever crashes and whoever else was there. */
import { configurationBench, type ConfigurationBench } from "./testing/configuration-bench.ts";
import type { KubePort } from "../../kube/port.ts";
import { aModelJob, type GraphModel } from "./testing/graph-model.ts";
import { condition } from "./testing/questions.ts";

const DNS = "corp.example.com";

test("a new configuration is made, written, and stays paused until its gate passes; then it is started once and at rest nothing is written", async () => {
  const bench = configurationBench();
  await bench.settle();
  expect(bench.graph.writes).toEqual(["instantiate", "createJob", "replaceSecrets", "replaceSchema"]);
  expect(condition(bench, "Ready")).toBe("False/GateNotFound");
  bench.passGate();
  await bench.settle();
  expect(bench.graph.writes.slice(4)).toEqual(["start"]);
  const [one] = bench.graph.configurations;
  expect(one?.jobs[0]?.code).toBe("Active");
  one!.jobs[0]!.lastGoodMs = bench.kube.clock.nowMs();
  await bench.settle();
  expect(condition(bench, "Ready")).toBe("True/InSync");
  const before = [bench.graph.writes.length, bench.kube.writes.length];
  for (let hour = 0; hour < 24; hour += 1) {
    one!.jobs[0]!.lastGoodMs = bench.kube.clock.nowMs();
    await bench.pass();
    await bench.kube.clock.advance(3_600_000);
  }
  expect([bench.graph.writes.length, bench.kube.writes.length]).toEqual(before);
});

test.each([
  ["no gate at all", { start: {} }, "False/NoGate"],
  ["a gate that failed", { start: { gateRef: { name: "canary" } } }, "False/GateNotFound"],
])("%s keeps the job paused", async (_sentence, spec, ready) => {
  const bench = configurationBench({ spec });
  await bench.settle();
  expect(condition(bench, "Ready")).toBe(ready);
  expect(bench.graph.writes).not.toContain("start");
});

test("a test of another schema is no gate", async () => {
  const bench = configurationBench();
  await bench.settle();
  bench.passGate();
  bench.graph.configurations[0]!.jobs[0]!.schema = structuredClone(bench.graph.configurations[0]!.jobs[0]!.schema);
  bench.edit({
    entraToAD: {
      ...bench.at().spec.entraToAD,
      attributeMappings: [{ target: "cn", expression: 'Append("X",[objectId])' }],
    },
  });
  await bench.settle();
  expect(condition(bench, "Ready")).toBe("False/GateStale");
  expect(bench.graph.writes).not.toContain("start");
});

test("withoutTest starts at once", async () => {
  const bench = configurationBench({ spec: { start: { withoutTest: true } } });
  await bench.settle();
  expect(bench.graph.writes.at(-1)).toBe("start");
});

/** Kills the process at the n-th chance, before or after a write's effect, then lets a new one go on. */
function killAt(bench: ConfigurationBench, chance: number): void {
  let chances = 0;
  const strike = (): boolean => {
    chances += 1;
    if (chances === chance) bench.kube.isSevered = true;
    return bench.kube.isSevered;
  };
  bench.graph.fault = () => (strike() ? "dead" : "none");
  const { kube } = bench.kube.ports;
  const whole = { ...kube };
  (kube as { applyStatus: KubePort["applyStatus"] }).applyStatus = (...given) => {
    strike();
    return whole.applyStatus(...given);
  };
}

async function reviveAndSettle(bench: ConfigurationBench): Promise<void> {
  bench.kube.isSevered = false;
  bench.graph.fault = () => "none";
  bench.restart();
  await bench.settle();
}

test("killed at any write, before or after its effect, the end is one application, one job, one start", async () => {
  for (let chance = 1; chance <= 30; chance += 1) {
    const bench = configurationBench({ spec: { start: { withoutTest: true } } });
    killAt(bench, chance);
    for (let passes = 0; passes < 30 && !bench.kube.isSevered; passes += 1)
      await bench.kube.clock.advance(Math.min(await bench.pass(), 60_000));
    await reviveAndSettle(bench);
    const told = { chance, writes: bench.graph.writes };
    expect({ ...told, count: bench.graph.configurations.length }).toEqual({ ...told, count: 1 });
    expect({ ...told, jobs: bench.graph.configurations[0]?.jobs.map(({ code }) => code) }).toEqual({
      ...told,
      jobs: ["Active"],
    });
    expect(bench.graph.writes.filter((write) => write === "restart")).toEqual([]);
  }
});

test.each(["instantiate", "createJob", "replaceSecrets", "replaceSchema", "start"])(
  "an answer to %s that is lost changes nothing of the end",
  async (lost) => {
    const bench = configurationBench({ spec: { start: { withoutTest: true } } });
    let isLost = false;
    bench.graph.fault = (write, when) => {
      if (write !== lost || when === "before" || isLost) return "none";
      isLost = true;
      return "lost";
    };
    await bench.settle();
    expect(isLost).toBe(true);
    expect(bench.graph.configurations).toHaveLength(1);
    expect(bench.graph.configurations[0]?.jobs).toHaveLength(1);
    expect(bench.graph.writes.filter((write) => write === lost)).toHaveLength(1);
  },
);

test("while the new application is not visible, no second one is asked for; after the window one is", async () => {
  const bench = configurationBench();
  let isDropped = false;
  bench.graph.fault = (write, when) => {
    if (write !== "instantiate" || when !== "before" || isDropped) return "none";
    isDropped = true;
    return "lost"; // The call never arrived, which nobody can know.
  };
  for (let passes = 0; passes < 10; passes += 1) await bench.kube.clock.advance(Math.min(await bench.pass(), 30_000));
  expect(bench.graph.writes).toEqual([]);
  expect(condition(bench, "Ready")).toBe("False/CreationUnanswered");
  await bench.kube.clock.advance(600_000);
  await bench.settle();
  expect(bench.graph.configurations).toHaveLength(1);
});

test("a job that replicas show after 12 s is seen within half a minute of its creation, and is not made twice", async () => {
  const bench = configurationBench({ spec: { start: { withoutTest: true } } });
  const { clock } = bench.kube;
  let madeMs = Infinity;
  bench.graph.fault = (write, when) => {
    if (write === "createJob" && when === "after") madeMs = clock.nowMs();
    return "none";
  };
  const { jobs } = bench.graph.ports;
  const whole = { ...jobs };
  jobs.list = (...given) =>
    clock.nowMs() - madeMs < 12_000 ? Promise.resolve({ kind: "complete", items: [] }) : whole.list(...given);
  while (bench.at().status.jobs === undefined && clock.nowMs() - madeMs < 60_000)
    await clock.advance(Math.max(1, await bench.pass()));
  expect(clock.nowMs() - madeMs).toBeLessThan(30_000);
  await bench.settle();
  expect(bench.graph.configurations[0]?.jobs.map(({ code }) => code)).toEqual(["Active"]);
});

test("what stays invisible is looked for every half minute, not more often", async () => {
  const bench = configurationBench();
  bench.graph.fault = (write) => (write === "createJob" ? "lost" : "none");
  for (let passes = 0; passes < 12; passes += 1) await bench.kube.clock.advance(Math.max(1, await bench.pass()));
  expect(condition(bench)).toBe("False/CreationUnanswered");
  expect(await bench.pass()).toBe(30_000);
});

const refusals: readonly (readonly [sentence: string, arrange: (graph: GraphModel) => void, reason: string])[] = [
  [
    "a candidate that cannot be read may be a twin",
    (graph) => void graph.addForeign("other.example.com", { isUnreadable: true }),
    "CandidateUnreadable",
  ],
  [
    "a masked domain may be ours",
    (graph) => void graph.addForeign(undefined, { secrets: [{ key: "Domain", value: "****" }] }),
    "CandidateUnreadable",
  ],
  ["a foreign configuration of the domain is named", (graph) => void graph.addForeign(DNS), "ConfigurationExists"],
  ["two of the domain are named", (graph) => [DNS, DNS].forEach((dnsName) => graph.addForeign(dnsName)), "TwinsFound"],
  [
    "the third waits for the licence word",
    (graph) => ["a.example.com", "b.example.com"].forEach((dnsName) => graph.addForeign(dnsName)),
    "LicenseNotAcknowledged",
  ],
  ["a list of which a page failed decides nothing", (graph) => void (graph.isPageFailing = true), "PageFailed"],
];
for (const [sentence, arrange, reason] of refusals)
  test(`${sentence}: nothing is created`, async () => {
    const bench = configurationBench();
    arrange(bench.graph);
    await bench.settle();
    await bench.kube.clock.advance(16 * 60_000);
    await bench.pass();
    expect(bench.graph.writes).toEqual([]);
    expect(condition(bench, "Ready")).toBe(`False/${reason}`);
  });

test("and with the word it is made", async () => {
  const bench = configurationBench({ tenantSpec: { governanceLicense: "Acknowledged" } });
  bench.graph.addForeign("a.example.com");
  bench.graph.addForeign("b.example.com");
  await bench.settle();
  expect(bench.graph.writes[0]).toBe("instantiate");
});

test("a service principal that does not offer the job gets nothing more", async () => {
  const bench = configurationBench();
  bench.graph.offered = ["AD2AADProvisioning"];
  await bench.settle();
  expect(bench.graph.writes).toEqual(["instantiate"]);
  expect(condition(bench, "Ready")).toBe("False/TemplateNotOffered");
});

test("a pruned manifest that is applied again finds its configuration by its owner, and creates nothing", async () => {
  const bench = configurationBench();
  await bench.settle();
  const posts = bench.graph.writes.length;
  const again = configurationBench();
  again.graph.configurations.push(...bench.graph.configurations);
  await again.settle();
  expect(posts).toBe(4);
  expect(again.graph.writes).toEqual([]);
  expect(again.at().status.adoption?.by).toBe("Recognised");
});

test("what was made in the portal is taken over by id: the first passes only read, in Observe for ever", async () => {
  const bench = configurationBench({ spec: { mode: "Observe" } });
  const foreign = bench.graph.addForeign(DNS, {
    jobs: [aModelJob({ code: "Active", lastGoodMs: bench.kube.clock.nowMs() })],
  });
  bench.edit({ adopt: { servicePrincipalID: foreign.id } });
  await bench.settle();
  expect(bench.graph.writes).toEqual([]);
  expect(bench.at().status.drift?.map(({ path }) => path)).toContain("mapping parentDistinguishedName");
  const shown = bench.at().status.drift;
  bench.edit({ mode: "Enforce" });
  await bench.pass();
  expect(bench.graph.writes).toEqual([]);
  expect(bench.at().status.drift).toEqual(shown);
});

test("an adopted job that runs is paused before its first change and starts again behind the gate only", async () => {
  const bench = configurationBench();
  const foreign = bench.graph.addForeign(DNS, {
    jobs: [aModelJob({ code: "Active", lastGoodMs: bench.kube.clock.nowMs() })],
  });
  bench.edit({ adopt: { servicePrincipalID: foreign.id } });
  await bench.settle();
  expect(bench.graph.writes).toEqual(["pause", "replaceSecrets", "replaceSchema"]);
  bench.passGate();
  await bench.settle();
  expect(bench.graph.writes.slice(3)).toEqual(["start", "restart"]);
});

test("a foreign join key blocks every write", async () => {
  const bench = configurationBench();
  const text = JSON.stringify(aModelJob().schema).replace(
    'Append(\\"Group_\\", [objectId])',
    'Append(\\"G_\\", [objectId])',
  );
  const foreign = bench.graph.addForeign(DNS, { jobs: [aModelJob({ schema: JSON.parse(text) as never })] });
  bench.edit({ adopt: { servicePrincipalID: foreign.id } });
  await bench.settle();
  expect(bench.graph.writes).toEqual([]);
  expect(condition(bench, "Ready")).toBe("False/JoinKeyChanged");
});

test("an older object for the same tenant and domain keeps it, whichever objects name them", async () => {
  const bench = configurationBench();
  const older = bench.at();
  bench.kube.put({
    ...older,
    metadata: { ...older.metadata, name: "elder", uid: "uid-elder", creationTimestamp: "2020-01-01T00:00:00Z" },
  });
  await bench.settle();
  expect(bench.graph.writes).toEqual([]);
  expect(condition(bench, "Stalled")).toBe("True/DomainTaken");
});

test("a connector that is not served says so and is left alone", async () => {
  const bench = configurationBench();
  bench.edit({ connector: "ADToEntra", entraToAD: undefined, adToEntra: { domainRef: { name: "corp" } } });
  await bench.settle();
  expect(condition(bench, "Ready")).toBe("Unknown/ConnectorNotServed");
  expect(bench.graph.writes).toEqual([]);
});
