/**
 * Calls to AWS whose answer is lost, late, doubled or refused: the fleet ends as without, and nothing is launched twice (S1, S5).
 * Each row is one life of a fleet in a world of its own trouble: create, a person's delete, the end of the pool.
 */
import type { FaultRule, StoredRule } from "../../../sim/src/core/faults.ts";
import type { StepRecord } from "../../../sim/src/hosts/truth.ts";
import { Life, startBench, type Bench } from "./crash-campaign.ts";

interface Row {
  readonly sentence: string;
  readonly rules: readonly FaultRule[];
  /** On top: what the hosts' own records must show. */
  readonly stepResults?: readonly string[];
  /** Default 2. One where every step takes long by itself. */
  readonly agents?: number;
}

const lost = (service: "ec2" | "ssm", action: string, times: number): FaultRule => ({
  service,
  action,
  times,
  effect: { kind: "lostResponse", symptom: "reset" },
});

const rows: readonly Row[] = [
  { sentence: "answers of RunInstances are lost after the effect", rules: [lost("ec2", "RunInstances", 3)] },
  {
    // Neither a list nor the tags show the first launch when it is asked for again: only its token keeps it the only one.
    sentence: "answers of RunInstances are lost and what they launched shows late",
    rules: [
      lost("ec2", "RunInstances", 2),
      { service: "ec2", effect: { kind: "notFoundWindow", windowMs: 8_000 } },
      { service: "ec2", effect: { kind: "tagLag", lagMs: 8_000 } },
    ],
  },
  {
    sentence: "RunInstances takes effect and the client runs into its deadline",
    rules: [{ service: "ec2", action: "RunInstances", times: 1, effect: { kind: "lostResponse", symptom: "timeout" } }],
  },
  {
    sentence: "requests of RunInstances never arrive",
    rules: [{ service: "ec2", action: "RunInstances", times: 2, effect: { kind: "lostRequest", symptom: "reset" } }],
  },
  {
    sentence: "answers of TerminateInstances are lost after the effect",
    rules: [lost("ec2", "TerminateInstances", 2)],
  },
  { sentence: "answers of SendCommand are lost after the effect", rules: [lost("ssm", "SendCommand", 12)] },
  {
    sentence: "launched instances and their tags show late",
    rules: [
      { service: "ec2", effect: { kind: "notFoundWindow", windowMs: 4_000 } },
      { service: "ec2", effect: { kind: "tagLag", lagMs: 6_000 } },
    ],
  },
  {
    sentence: "every command is delivered twice",
    rules: [{ service: "ssm", action: "SendCommand", effect: { kind: "duplicateDelivery", copies: 2 } }],
  },
  {
    sentence: "join and installation ask for a restart again and again",
    rules: [
      { service: "host", action: "Join", times: 3, effect: { kind: "hostExit", exitCode: 3010 } },
      { service: "host", action: "Install", times: 3, effect: { kind: "hostExit", exitCode: 3010 } },
    ],
    stepResults: ["reboot"],
  },
  {
    // Each throttled answer halves the operator's own rate: right, and slow.
    sentence: "half of all calls are throttled",
    rules: [{ probability: 0.5, effect: { kind: "throttle" } }],
    agents: 1,
  },
];

let bench: Bench;

beforeAll(async () => {
  bench = await startBench();
  bench.startOperator();
}, 120_000);

afterAll(() => bench.stop(), 60_000);

test.each(rows)(
  "$sentence: the same end, and no second launch",
  async ({ rules, stepResults = [], agents = 2 }) => {
    const { control } = bench.stack.world;
    for (const rule of rules) await control.ask("POST", "/faults", rule);
    try {
      const life = await Life.begin(bench, agents);
      await life.clean("create");
      if (agents > 1) await life.clean("delete");
      const results = await stepResultsOf(life);
      await life.clean("deletePool");
      const struck = (await control.ask("GET", "/faults")) as readonly StoredRule[];
      expect(struck.filter(({ strikes }) => strikes === 0)).toEqual([]);
      expect(results).toEqual(expect.arrayContaining([...stepResults]));
    } finally {
      await control.ask("DELETE", "/faults");
    }
  },
  900_000,
);

/** Results of all steps; fails when one operation took effect twice on its host. */
async function stepResultsOf(life: Life): Promise<readonly string[]> {
  const records: readonly StepRecord[] = (await life.hosts()).flatMap(({ truth }) => truth?.steps ?? []);
  const done = records.filter(({ result, step }) => result === "succeeded" && step !== "Probe");
  const ids = done.map(({ operationID }) => operationID);
  expect(ids).toHaveLength(new Set(ids).size);
  expect(done.length).toBeGreaterThan(0);
  return records.map(({ result }) => result);
}
