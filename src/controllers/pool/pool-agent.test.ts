import { anAgent } from "../../fleet/testing/builders.ts";
import { poolAgent, type Wanted } from "./pool-agent.ts";

const HASH = "0123456789abcdef";
const subnet = (subnetID: string) => [{ subnetID, availabilityZone: "ap-northeast-1a" }];
const isCurrent = (wanted: Wanted): boolean => poolAgent(anAgent(), { kind: "unread" }, wanted).isCurrent;

test("an agent of the present template in a subnet of the pool is current", () => {
  expect(isCurrent({ templateHash: HASH, subnets: subnet("subnet-0a") })).toBe(true);
});

test("one in a subnet that the pool gave up is not, whatever its template", () => {
  expect(isCurrent({ templateHash: HASH, subnets: subnet("subnet-0c") })).toBe(false);
});

test("one of another template is not", () => {
  expect(isCurrent({ templateHash: "fedcba9876543210", subnets: subnet("subnet-0a") })).toBe(false);
});

test("what could not be read judges nobody (S5)", () => {
  expect(isCurrent({})).toBe(true);
});

test("a launch that EC2 refused for want of capacity counts as refused", () => {
  const launched = { type: "Launched", status: "False", reason: "NoCapacity", message: "", observedGeneration: 1 };
  const agent = anAgent({ status: { conditions: [{ ...launched, lastTransitionTime: "2026-11-22T07:00:00Z" }] } });
  expect(poolAgent(agent, { kind: "unread" }, {}).isLaunchRefused).toBe(true);
});

test.each([
  ["is no matter of its pool while it runs", { status: "Unknown", message: "" }, undefined],
  ["is none when all is as it should be", { status: "True", message: "" }, undefined],
  [
    "is told when a check failed in it",
    { status: "True", message: "A port." },
    { isFailed: false, message: "A port." },
  ],
  ["is told when it failed", { status: "False", message: "Too old." }, { isFailed: true, message: "Too old." }],
])("a host's preflight %s", (_sentence, { status, message }, told) => {
  const condition = { type: "PreflightPassed", status, reason: "R", message, observedGeneration: 1 };
  const agent = anAgent({ status: { conditions: [{ ...condition, lastTransitionTime: "2026-11-22T07:00:00Z" }] } });
  const wanted = told === undefined ? undefined : { ...told, reason: "R" };
  expect(poolAgent(agent, { kind: "unread" }, {}).hostPreflight).toEqual(wanted);
});
