/** Scope mode All: written only behind its flag, with a filter, and below the vendor's limits; what cannot be counted is no permission. */
import { configurationBench, type ConfigurationBench } from "./testing/configuration-bench.ts";
import { condition, filtered, group, job, objectMapping, running, runningAll } from "./testing/questions.ts";

const WITH_FLAG = { allowedUnverified: ["all-scope"] };
const ALL = { ...filtered("All", "sg-a"), start: { withoutTest: true } };

function groups(bench: ConfigurationBench, count: number): void {
  bench.graph.groups = Array.from({ length: count }, (_, at) => group(at, "sg-a"));
}
const isAllWritten = ({ graph }: ConfigurationBench): boolean =>
  graph.configurations[0]?.secrets.some(({ key, value }) => key === "SyncAll" && value === "true") === true;

test("below all limits it is written, the filters first", async () => {
  const bench = configurationBench({ ...WITH_FLAG, spec: ALL });
  groups(bench, 30);
  bench.graph.tenantSize = { users: 200_000, groups: 40_000 };
  bench.graph.memberCounts.set("g-0", 499_000);
  await bench.settle();
  expect(bench.graph.writes).toEqual(["instantiate", "createJob", "replaceSchema", "replaceSecrets", "start"]);
  expect(isAllWritten(bench)).toBe(true);
});

const limits: readonly (readonly [sentence: string, exceed: (bench: ConfigurationBench) => void, says: RegExp])[] = [
  [
    "one user too many",
    ({ graph }) => void (graph.tenantSize = { users: 200_001, groups: 1 }),
    /200000 users.* 200001/,
  ],
  ["one group too many", ({ graph }) => void (graph.tenantSize = { users: 1, groups: 40_001 }), /40000 groups.* 40001/],
  ["one admitted group too many", (bench) => groups(bench, 20_001), /admit 20001 groups.* 20000/],
  ["one membership too many", ({ graph }) => void graph.memberCounts.set("g-0", 500_001), /admit 500001 memberships/],
];
for (const [sentence, exceed, says] of limits) {
  test(`${sentence}: a new configuration gets neither filters nor switch, and is told which limit`, async () => {
    const bench = configurationBench({ ...WITH_FLAG, spec: ALL });
    groups(bench, 1);
    exceed(bench);
    await bench.settle();
    expect(bench.graph.writes).toEqual(["instantiate", "createJob"]);
    expect(condition(bench, "Stalled")).toBe("True/OverLimit");
    expect(bench.at().status.conditions?.find(({ type }) => type === "Ready")?.message).toMatch(says);
  });

  test(`${sentence}: Selected to All is refused as well, and taking it back ends that`, async () => {
    const bench = await running(WITH_FLAG);
    groups(bench, 1);
    exceed(bench);
    bench.edit(filtered("All", "sg-a"));
    await bench.settle();
    expect(condition(bench)).toBe("False/OverLimit");
    bench.edit(filtered("Selected"));
    await bench.settle();
    expect(condition(bench)).toBe("True/InSync");
    expect(bench.graph.writes).toEqual([]);
  });
}

test("a wider filter under All is judged by the same limits", async () => {
  const bench = await runningAll();
  bench.graph.groups = Array.from({ length: 20_002 }, (_, at) => group(at, at === 0 ? "sg-a" : "sg-b"));
  bench.edit(filtered("All", "sg-b"));
  await bench.settle();
  expect(condition(bench)).toBe("False/OverLimit");
  expect(bench.graph.writes).toEqual([]);
});

test.each([
  [20_001, "False/LimitUnknown"],
  [20_000, "True/InSync"],
])("a regular expression over %i groups that it may admit: %s", async (count, ready) => {
  const bench = configurationBench({ ...WITH_FLAG, spec: { ...ALL, ...filtered("All", "^sg", "REGEX MATCH") } });
  groups(bench, count);
  await bench.settle();
  if (bench.graph.configurations[0]?.jobs[0] !== undefined) job(bench).lastGoodMs = bench.kube.clock.nowMs();
  await bench.settle();
  expect(condition(bench)).toBe(ready);
  expect(isAllWritten(bench)).toBe(ready === "True/InSync");
});

test("the members of many groups are counted over several passes, and nothing is written meanwhile", async () => {
  const bench = await running(WITH_FLAG);
  groups(bench, 5_000);
  bench.edit(filtered("All", "sg-a"));
  await bench.pass();
  expect(condition(bench)).toBe("False/CountingMembers");
  expect(bench.graph.writes).toEqual([]);
  await bench.settle();
  expect(bench.graph.writes).toEqual(["replaceSchema", "replaceSecrets", "restart"]);
});

test("a tenant whose users may not be counted is not known to be small enough: nothing is written, and the right is named", async () => {
  const bench = await running(WITH_FLAG);
  groups(bench, 1);
  bench.graph.ports.tenant.count = () =>
    Promise.resolve({
      kind: "failed",
      failure: { class: "Denied", reason: "PermissionMissing", message: "Denied.", fix: "Grant User.Read.All." },
    });
  bench.edit(filtered("All", "sg-a"));
  await bench.settle();
  expect(condition(bench, "Stalled")).toBe("True/ScopeUnread");
  expect(bench.at().status.conditions?.find(({ type }) => type === "Stalled")?.message).toContain("User.Read.All");
  expect(bench.graph.writes).toEqual([]);
});

test("All without a filter is refused, also where the API server let it pass", async () => {
  const bench = await running(WITH_FLAG);
  bench.edit(filtered("All"));
  await bench.settle();
  expect(condition(bench, "Stalled")).toBe("True/AllWithoutFilter");
  expect(bench.graph.writes).toEqual([]);
});

test("an adopted All is shown without the flag, and neither switched nor counted", async () => {
  const bench = configurationBench({ spec: { ...filtered("Selected"), mode: "Observe" } });
  const foreign = bench.graph.addForeign("corp.example.com");
  foreign.secrets = [...foreign.secrets, { key: "SyncAll", value: "true" }];
  bench.edit({ adopt: { servicePrincipalID: foreign.id } });
  await bench.settle();
  expect(bench.at().status.drift).toContainEqual({
    path: "scope.mode (unverified storage)",
    wanted: "Selected",
    found: "All",
  });
  bench.edit({ mode: "Enforce" });
  await bench.settle();
  expect(condition(bench)).toBe("False/UnverifiedStorage");
  expect(bench.graph.writes).toEqual([]);
});

test.each([
  ["an operator that the job does not know", "SOUNDS LIKE", ["a"], /SOUNDS LIKE cannot be used.*EQUALS/],
  ["values for an operator that takes none", "IS NOT NULL", ["a"], /remove its values/],
  ["no value for one that compares", "EQUALS", [], /give it values/],
])("%s is refused before anything is written", async (_sentence, operator, values, says) => {
  const bench = await runningAll();
  const { entraToAD } = filtered("All", "sg-a");
  const clauses = [{ attribute: "displayName", operator, values }];
  bench.edit({ entraToAD: { ...entraToAD, scope: { mode: "All", attributeFilters: [{ name: "by-name", clauses }] } } });
  await bench.settle();
  expect(condition(bench, "Stalled")).toBe("True/FilterRefused");
  expect(bench.at().status.conditions?.find(({ type }) => type === "Stalled")?.message).toMatch(says);
  expect(bench.graph.writes).toEqual([]);
});

test("a cloud without the list of operators leaves the judgement to Entra", async () => {
  const bench = configurationBench({ ...WITH_FLAG, spec: { ...ALL, ...filtered("All", "3", "GREATER_THAN") } });
  groups(bench, 1);
  bench.graph.ports.schema.filterOperators = () =>
    Promise.resolve({
      kind: "failed",
      failure: { class: "NotFound", reason: "NotFound", message: "No such call.", fix: "None." },
    });
  await bench.settle();
  expect(objectMapping(job(bench).schema).scope.groups.map(({ name }) => name)).toContain("by-name");
});
