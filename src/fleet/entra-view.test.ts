/** The Entra side of a domain as its agents show it; and that its trouble never costs a host (S5), beside what does. */
import { aCondition, aConfiguration, JOB_ID } from "../sync/testing.ts";
import { decideAgent } from "./agent/decide.ts";
import { judgeLinks } from "./agent/links.ts";
import { agentFindings, agentViews, firstFailure } from "./agent/summary.ts";
import { judgeEntraView, jobFacts, type EntraView } from "./entra-view.ts";
import { decidePool } from "./pool/decide.ts";
import { poolFindings, poolSummary } from "./pool/summary.ts";
import {
  aPoolAgent,
  aPoolSnapshot,
  anAgent,
  anAgentSnapshot,
  anInstance,
  HEALTHY_FACTS,
  INSTANCE_ID,
} from "./testing/builders.ts";

const quarantine = { began: "2026-11-22T07:00:00Z", reason: "TooManyDeletes" };
const job = (overrides: object = {}) => ({ id: JOB_ID, templateID: "x", state: "Active", ...overrides });
const judged = (status: "True" | "False" | "Unknown", reason = "Any", name = "corp-groups") =>
  aConfiguration({
    status: { jobs: [job()], conditions: [aCondition("JobsHealthy", status, reason)] },
    metadata: { name },
  });

const rows: readonly (readonly [
  sentence: string,
  configurations: Parameters<typeof judgeEntraView>[0],
  status: string,
  reason: string,
])[] = [
  ["no configuration", [], "Unknown", "NoConfiguration"],
  ["jobs that are well", [judged("True")], "True", "JobsHealthy"],
  ["a job that is stale", [judged("False", "Stale")], "False", "Stale"],
  [
    "a quarantine, whatever the condition says",
    [aConfiguration({ status: { jobs: [job({ quarantine })], conditions: [aCondition("JobsHealthy", "True")] } })],
    "False",
    "Quarantined",
  ],
  ["jobs that could not be read", [judged("Unknown", "JobsUnread")], "Unknown", "JobsUnread"],
  ["jobs that nobody judged yet", [aConfiguration({ status: { conditions: [] } })], "Unknown", "JobsNotJudged"],
  ["one of two failing", [judged("Unknown", "JobsUnread", "a"), judged("False", "Stale", "b")], "False", "Stale"],
];
test.each(rows)("%s", (_sentence, configurations, status, reason) => {
  expect(judgeEntraView(configurations)).toMatchObject({ status, reason });
  expect(judgeEntraView([...configurations].reverse())).toEqual(judgeEntraView(configurations));
});

test("when a job last ran wakes no agent; that it is quarantined does", () => {
  const facts = (overrides: object) =>
    jobFacts(aConfiguration({ status: { jobs: [job(overrides)], conditions: [aCondition("JobsHealthy", "True")] } }));
  expect(facts({ lastSuccess: "2026-11-22T07:00:00Z" })).toEqual(facts({ lastSuccess: "2026-11-22T08:00:00Z" }));
  expect(facts({ quarantine })).not.toEqual(facts({}));
});

const TROUBLE: EntraView = { status: "False", reason: "Quarantined", message: "identity/corp-groups: quarantined" };
const readyStatus = { instanceID: INSTANCE_ID, phase: "Ready" };
const ready = (entra: EntraView) => anAgentSnapshot({ agent: anAgent({ passed: "all", status: readyStatus }), entra });

test("a quarantined job is shown by each agent, and changes nothing that is decided, judged or told as a failure (S5)", () => {
  const [well, troubled] = [ready({ status: "True", reason: "JobsHealthy", message: "" }), ready(TROUBLE)];
  const views = agentViews(troubled, judgeLinks(troubled), "2026-11-22T08:00:00Z");
  expect(views.find(({ name }) => name === "Entra")).toMatchObject({ status: "Failing", reason: "Quarantined" });
  expect(views.filter(({ name }) => name !== "Entra").every(({ status }) => status === "Ok")).toBe(true);
  const plan = decideAgent(troubled);
  expect(plan).toEqual(decideAgent(well));
  expect(plan.action.kind).toBe("rest");
  expect(judgeLinks(troubled)).toEqual(judgeLinks(well));
  expect(agentFindings(troubled, plan)).toEqual(agentFindings(well, plan));
  expect(firstFailure(troubled, judgeLinks(troubled), "2026-11-22T08:00:00Z")).toBeUndefined();
});

test("the twin: a host that EC2 reports terminated is replaced, with Entra's trouble and without", () => {
  const agents = [0, 1, 2].map((slot) => aPoolAgent(slot, 1, slot === 1 ? { host: "gone", isReady: false } : {}));
  const well = aPoolSnapshot({ agents });
  const troubled = aPoolSnapshot({ agents, entra: TROUBLE });
  expect(decidePool(troubled)).toEqual(decidePool(well));
  expect(decidePool(troubled).kind).not.toBe("rest");
  const healthy = aPoolSnapshot({ entra: TROUBLE });
  expect(decidePool(healthy)).toEqual({ kind: "rest" });
  expect(poolFindings(healthy, decidePool(healthy))).toEqual(poolFindings(aPoolSnapshot(), { kind: "rest" }));
  expect(poolSummary(healthy, { kind: "rest" })).toMatchObject({ ready: "3/3", entra: "Quarantined", reason: "Ready" });
});

test("what the host itself says of its way to Entra stands before the jobs", () => {
  const probe = { kind: "read" as const, facts: { ...HEALTHY_FACTS, isEntraReachable: false }, ageMs: 1_000 };
  const snapshot = { ...ready(TROUBLE), probe, instance: anInstance("running") };
  const views = agentViews(snapshot, judgeLinks(snapshot), "2026-11-22T08:00:00Z");
  expect(views.find(({ name }) => name === "Entra")).toMatchObject({ status: "Failing", reason: "EntraUnreachable" });
});
