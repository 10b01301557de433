import type { Plan } from "../run/plan.ts";
import { honestReady } from "./honest-ready.ts";
import { Sight } from "./sight/sight.ts";
import { hostOf, Stage } from "./stage.ts";

const AGENT = "tokyo-0-1";
const HOST = hostOf(AGENT);

/** A host that serves, and an agent that does not say so yet. */
function unready(plan: Partial<Plan> = {}): Stage {
  const stage = new Stage(honestReady(new Sight()), plan);
  stage.pool();
  stage.launched(AGENT);
  stage.deed({ kind: "apply" });
  stage.time();
  return stage;
}

function saysReady(stage: Stage, observedGeneration = 1): string | undefined {
  stage.ready(AGENT, "True", observedGeneration);
  return stage.kube(`cloudsyncagents/${AGENT}`);
}

const faults: readonly (readonly [what: string, truth: Readonly<Record<string, unknown>>, fault: string])[] = [
  ["is not joined", { joinedDomain: null }, "its domain is null"],
  ["has lost its trust", { isDomainTrusted: false }, "its domain trust is broken"],
  ["belongs to another tenant", { registeredTenantID: "tenant-2" }, "its tenant is tenant-2"],
  ["has no set-up for the domain", { configuredDomains: [] }, "its domain is not set up"],
  ["does not run the service", { serviceState: "Stopped" }, "its service is Stopped"],
  ["runs it as another", { serviceAccount: "NT SERVICE\\Agent" }, "its service runs as agent"],
  ["hangs", { frozen: true }, "it hangs"],
  ["does not run", { booted: false }, "it is not booted"],
];
for (const [what, truth, fault] of faults) {
  test(`Ready of a host that ${what} is named, once the evidence must be older`, () => {
    expect(saysReady(unready())).toBeUndefined();
    for (const [minutes, speaks] of [
      [10, false],
      [20, true],
    ] as const) {
      const stage = unready();
      stage.truth(HOST, truth);
      stage.time();
      stage.advance({ minutes });
      const said = saysReady(stage);
      if (speaks) expect(said).toBe(`${AGENT} turned Ready although ${HOST} last served 20.0 min ago: ${fault}`);
      else expect(said).toBeUndefined();
    }
  });
}

test("Ready without a host, on a host that never served, or for an earlier generation is named", () => {
  const never = new Stage(honestReady(new Sight()));
  never.launched(AGENT);
  never.truth(HOST, { serviceState: "Missing" });
  never.time();
  expect(saysReady(never)).toBe(`${AGENT} turned Ready although ${HOST} has never served: its service is Missing`);

  const without = new Stage(honestReady(new Sight()));
  without.agent(AGENT);
  expect(saysReady(without)).toBe(`${AGENT} turned Ready without a host`);

  const earlier = unready();
  earlier.agent(AGENT, { metadata: { generation: 2 } });
  expect(saysReady(earlier)).toBe(`${AGENT} turned Ready for generation 1, its present one is 2`);
});

/** Ready for long, then the host breaks. */
function broken(plan: Partial<Plan> = {}): Stage {
  const stage = unready(plan);
  saysReady(stage);
  stage.advance({ minutes: 60 });
  stage.truth(HOST, { serviceState: "Stopped" });
  stage.time();
  return stage;
}

test("Ready that stays on a broken host is named after the age of evidence and the time to notice", () => {
  expect(broken().advance({ minutes: 20 }).time()).toBeUndefined();
  expect(broken().advance({ minutes: 23 }).time()).toBe(
    `${AGENT} is still Ready, led for 83.0 min, although ${HOST} last served 23.0 min ago: its service is Stopped`,
  );
});

test("an operator that has led for less has that long to notice", () => {
  const stage = broken().advance({ minutes: 60 });
  stage.ledSinceMs = 115 * 60_000;
  expect(stage.time()).toBeUndefined();
  stage.ledSinceMs = undefined;
  expect(stage.advance({ minutes: 60 }).time()).toBeUndefined();
});

test("a status that the API server did not take is not held against it, until that has ended for as long", () => {
  const fault = { on: "kube", fromMs: 0, forMs: 80 * 60_000, probability: 1, effect: { kind: "refused", status: 500 } };
  const stage = broken({ faults: [fault as Plan["faults"][number]] });
  expect(stage.advance({ minutes: 30 }).time()).toBeUndefined();
  expect(stage.advance({ minutes: 20 }).time()).toContain("is still Ready");
});

test("an agent that is honest about its broken host is silent", () => {
  const stage = broken();
  stage.ready(AGENT, "False");
  stage.kube(`cloudsyncagents/${AGENT}`);
  expect(stage.advance({ minutes: 60 }).time()).toBeUndefined();
});
