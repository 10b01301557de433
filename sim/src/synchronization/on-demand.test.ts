import { CONTAINER, SyncBench } from "./test-bench.ts";
import { LOG_LIMIT } from "./log-operation.ts";
import { ON_DEMAND_LIMIT, synchronizationOperations } from "./operations.ts";

const ON = { layout: { membershipOfOnPremisesUsers: "on" } } as const;
const types = (answer: ReturnType<SyncBench["onDemand"]>) =>
  answer.value.provisioningSteps?.map(({ type, status }) => `${type} ${status}`);

test("a group is provisioned on demand by a job that was never started, and arrives in AD", () => {
  const bench = new SyncBench();
  const group = bench.assigned();
  const id = bench.configuredJob();
  const answer = bench.onDemand(id, group);
  expect(answer.key).toEqual({ result: "Success", details: {} });
  expect(types(answer)).toEqual(["Import Success", "Scoping Success", "Matching Success", "Export Success"]);
  expect(answer.value).toMatchObject({
    action: "Create",
    statusInfo: { status: "Success" },
    sourceIdentity: { id: group },
  });
  expect(bench.ad()).toEqual([`CN=sg-1_000000000001,${CONTAINER} 0`]);
  expect(bench.job(id).status).toMatchObject({ code: "Paused", lastExecution: null });
});

test("the same again is a skip: RedundantExport", () => {
  const bench = new SyncBench();
  const group = bench.assigned();
  const id = bench.configuredJob();
  bench.onDemand(id, group);
  const answer = bench.onDemand(id, group);
  expect(answer.key).toMatchObject({ result: "Skipped", details: { errorCode: "RedundantExport" } });
  expect(types(answer)?.at(-1)).toBe("Export Skipped");
});

test("named members are added, none is removed, and those who are no members are not", () => {
  const bench = new SyncBench(ON);
  const group = bench.assigned();
  const users = Array.from({ length: 4 }, () => bench.user());
  for (const user of users.slice(0, 3)) bench.directory.addMember(group, user);
  const id = bench.configuredJob();
  bench.onDemand(id, group, users.slice(0, 1));
  expect(bench.members(group)).toHaveLength(1);
  bench.onDemand(id, group, [users[1] ?? "", users[3] ?? ""]);
  expect(bench.members(group)).toHaveLength(2);
});

test("more than five members, another rule, two groups and a user are refused", () => {
  const bench = new SyncBench();
  const group = bench.assigned();
  const id = bench.configuredJob();
  expect(() =>
    bench.onDemand(
      id,
      group,
      Array.from({ length: 6 }, (_, count) => String(count)),
    ),
  ).toThrow("5 members");
  const subject = { objectId: group, objectTypeName: "Group" };
  const ask = (parameters: unknown) => bench.refusal("POST", `jobs/${id}/provisionOnDemand`, { parameters });
  expect(ask([{ ruleId: "other", subjects: [subject] }])).toBe("400 Request_BadRequest");
  const { synchronizationRules } = bench.sync("GET", `jobs/${id}/schema`) as { synchronizationRules: { id: string }[] };
  const ruleId = synchronizationRules[0]?.id;
  expect(ask([{ ruleId, subjects: [subject, subject] }])).toBe("400 Request_BadRequest");
  expect(ask([{ ruleId, subjects: [{ ...subject, objectTypeName: "User" }] }])).toBe("400 Request_BadRequest");
});

const skipped: readonly (readonly [sentence: string, group: (bench: SyncBench) => string, reason: string])[] = [
  ["a group that is not assigned", (bench) => bench.group(), "NotEffectivelyEntitled"],
  [
    "a group that the built-in filter keeps out",
    (bench) => bench.assigned({ mailEnabled: true }),
    "NotASupportedGroup",
  ],
];
for (const [sentence, make, errorCode] of skipped) {
  test(`${sentence} is skipped at Scoping and changes nothing`, () => {
    const bench = new SyncBench();
    const group = make(bench);
    const answer = bench.onDemand(bench.configuredJob(), group);
    expect(answer.key).toMatchObject({ result: "Skipped", details: { errorCode } });
    expect(types(answer)).toEqual(["Import Success", "Scoping Skipped"]);
    expect(bench.ad()).toEqual([]);
  });
}

test("a deleted group is not handled: nothing happens to its object in AD", () => {
  const bench = new SyncBench();
  const group = bench.assigned();
  const id = bench.configuredJob();
  bench.onDemand(id, group);
  bench.directory.remove(group, { isSoft: false });
  expect(bench.onDemand(id, group).key).toMatchObject({ result: "Failure" });
  expect(bench.ad()).toHaveLength(1);
});

test("a missing container and a missing agent fail at Export, each with its own code", () => {
  const bench = new SyncBench();
  const group = bench.assigned();
  const id = bench.configuredJob("OU=None,DC=corp,DC=example,DC=com");
  expect(bench.onDemand(id, group)).toMatchObject({
    key: { result: "Failure", details: { errorCode: "HybridSynchronizationActiveDirectoryObjectNotFound" } },
    value: { statusInfo: { status: "Failure" } },
  });
  bench.path = () => ({ kind: "unreached", code: "HybridIdentityServiceNoActiveAgents", message: "none" });
  expect(bench.onDemand(id, group).key).toMatchObject({
    details: { errorCode: "HybridIdentityServiceNoActiveAgents" },
  });
  expect(bench.ad()).toEqual([]);
});

test("the value may be empty for groups, where the world plays that", () => {
  const bench = new SyncBench({ layout: { onDemandValue: "empty" } });
  const group = bench.assigned();
  expect(bench.onDemand(bench.configuredJob(), group)).toEqual({ key: { result: "Success", details: {} }, value: {} });
});

test("a cycle after a run on demand writes the members that were not named", () => {
  const bench = new SyncBench(ON);
  const group = bench.assigned();
  for (let count = 0; count < 3; count += 1) bench.directory.addMember(group, bench.user());
  const id = bench.configuredJob();
  bench.onDemand(id, group);
  bench.sync("POST", `jobs/${id}/start`);
  bench.clock.advance(5 * 60_000);
  expect(bench.members(group)).toHaveLength(3);
});

test("runs on demand and the log have their limits of 5 in 10 seconds", () => {
  const bench = new SyncBench();
  const limits = synchronizationOperations(() => bench.service).flatMap((operation) =>
    (operation.limits ?? []).map((limit) => `${operation.path.split("/").at(-1) ?? ""} ${limit.calls}/${limit.perMs}`),
  );
  expect(limits).toEqual(["provisionOnDemand 5/10000", "provisioning 5/10000"]);
  expect(ON_DEMAND_LIMIT.name).not.toBe(LOG_LIMIT.name);
});

test("the log: newest first, filtered, in pages; other filters and $count are refused; letter case varies", () => {
  const bench = new SyncBench();
  const groups = Array.from({ length: 5 }, () => bench.assigned());
  const id = bench.startedJob();
  const all = bench.log();
  expect(all.map(({ sourceIdentity }) => sourceIdentity.id)).toEqual(groups.toReversed());
  expect(new Set(all.map(({ provisioningAction }) => provisioningAction))).toEqual(new Set(["create", "Create"]));
  const [group] = groups;
  expect(bench.log(`jobId eq '${id}' and sourceIdentity/id eq '${group ?? ""}'`)).toHaveLength(1);
  expect(bench.log(`jobId eq '${id.toUpperCase()}'`)).toEqual([]);
  expect(bench.log("activityDateTime gt 2030-01-01T00:00:00Z")).toEqual([]);
  expect(bench.log("contains(sourceIdentity/displayName,'sg-3')")).toHaveLength(1);
  for (const filter of ["status ne 'x'", "nothing eq 'x'", "startswith(jobId,'x')"])
    expect(() => bench.log(filter)).toThrow("Invalid filter");
  const seen: string[] = [];
  for (let path: string | undefined = "/v1.0/auditLogs/provisioning?$top=2"; path !== undefined;) {
    const body = bench.call("GET", path).body as { value: { id: string }[]; "@odata.nextLink"?: string };
    seen.push(...body.value.map((one) => one.id));
    path = body["@odata.nextLink"];
  }
  expect(seen).toEqual(all.map((one) => one.id));
  expect(() => bench.call("GET", "/v1.0/auditLogs/provisioning?$count=true")).toThrow("counted");
});
