import { exercises } from "../facts.ts";
import { CONTAINER, DOMAIN, GMSA, OTHER_CONTAINER, SERVICE_PRINCIPAL, SyncBench, TENANT_ID } from "./test-bench.ts";

const HOUR_MS = 3_600_000;
const settings = (bench: SyncBench, more: Readonly<Record<string, string>>) =>
  bench.sync("PUT", "secrets", {
    value: Object.entries({ Domain: JSON.stringify({ domain: DOMAIN }), ...more }).map(([key, value]) => ({
      key,
      value,
    })),
  });

test("an assigned group arrives in the container of the schema, under the names of the vendor's table", () => {
  exercises("4 default mappings", "8.1 empty groups are made", "8.1 universal security group");
  const bench = new SyncBench();
  const id = bench.assigned({ displayName: "  Sales Japan ", description: "all of them" });
  bench.startedJob();
  expect(bench.ad()).toEqual([`CN=Sales Japan_000000000001,${CONTAINER} 0`]);
  expect(bench.adGroup(id)?.attributes).toEqual({
    cn: "Sales Japan_000000000001",
    displayName: "  Sales Japan ",
    description: "all of them",
    adminDescription: `Group_${id}`,
    "msDS-ExternalDirectoryObjectId": `Group_${id}`,
    groupType: "-2147483640",
    sAMAccountName: expect.stringMatching(/^\$/) as unknown,
  });
});

test("what is put in scope after a cycle arrives with the next one, 20 minutes later", () => {
  exercises("8.1 a cycle every 20 minutes");
  const bench = new SyncBench();
  const { lastExecution } = bench.job(bench.startedJob()).status;
  bench.assigned();
  const dueMs = Date.parse(lastExecution?.timeBegan ?? "") + 20 * 60_000;
  bench.clock.advance(dueMs - bench.clock.nowMs() - 1);
  expect(bench.ad()).toEqual([]);
  bench.clock.advance(60_000);
  expect(bench.ad()).toHaveLength(1);
});

test("a group without an assignment of the scope role, and one with another role, does not arrive", () => {
  exercises("1 role checked by cloud");
  const bench = new SyncBench();
  const id = bench.group();
  const other = "11111111-0000-4000-8000-000000000000";
  bench.directory.update("servicePrincipal", SERVICE_PRINCIPAL, {
    appRoles: [
      { id: other, displayName: "Other", description: "", value: null, isEnabled: true, allowedMemberTypes: ["User"] },
    ],
  });
  bench.directory.assign({ principalId: id, resourceId: SERVICE_PRINCIPAL, appRoleId: other });
  bench.group();
  bench.startedJob();
  expect(bench.ad()).toEqual([]);
});

const ineligible: readonly (readonly [sentence: string, changes: Parameters<SyncBench["group"]>[0]])[] = [
  ["mail-enabled", { mailEnabled: true }],
  ["not security-enabled", { securityEnabled: false, groupTypes: ["Unified"] }],
  ["owned by AD", { onPremisesSyncEnabled: true }],
];
for (const [sentence, changes] of ineligible) {
  test(`the built-in filter keeps out a group that is ${sentence}, even from a schema without filters`, () => {
    exercises("3.2 built-in filter");
    const bench = new SyncBench();
    bench.assigned(changes);
    const id = bench.configuredJob();
    bench.changeSchema(id, (mapping) => (mapping["scope"] = null));
    bench.restart(id);
    expect(bench.ad()).toEqual([]);
  });
}

test("a group that turns into an AD-owned one keeps its object: sync stops", () => {
  exercises("8.1 rolled back to AD");
  const bench = new SyncBench();
  const group = bench.assigned();
  bench.startedJob();
  bench.directory.update("group", group, { onPremisesSyncEnabled: true, displayName: "renamed" });
  bench.cycle();
  expect(bench.adGroup(group)?.attributes["displayName"]).toBe("sg-1");
});

test("SyncAll puts every eligible group in scope, where the world obeys it", () => {
  exercises("3.1 SyncAll");
  const bench = new SyncBench();
  bench.group();
  bench.group({ mailEnabled: true });
  const id = bench.configuredJob();
  settings(bench, { SyncAll: "true" });
  bench.restart(id);
  expect(bench.ad()).toHaveLength(1);
  bench.service.switches = { ...bench.service.switches, obeysSyncAll: false };
  const second = new SyncBench({ layout: { obeysSyncAll: false } });
  second.group();
  const job = second.configuredJob();
  settings(second, { SyncAll: "true" });
  second.restart(job);
  expect(second.ad()).toEqual([]);
});

test("a filter in scope.groups deprovisions what it leaves out; one in inputFilterGroups ignores it", () => {
  exercises("2.7 scope.groups deprovisions, inputFilterGroups ignores");
  const clauses = [
    { sourceOperandName: "displayName", operatorName: "REGEX MATCH", targetOperand: { values: ["^AD-.*"] } },
  ];
  for (const [member, left] of [
    ["groups", 0],
    ["inputFilterGroups", 1],
  ] as const) {
    const bench = new SyncBench();
    const group = bench.assigned({ displayName: "AD-sales" });
    const id = bench.startedJob();
    bench.changeSchema(
      id,
      (mapping) => (mapping["scope"] = { groups: [], inputFilterGroups: [], [member]: [{ name: "own", clauses }] }),
    );
    bench.restart(id);
    expect(bench.ad()).toHaveLength(1);
    bench.directory.update("group", group, { displayName: "sales" });
    bench.cycle();
    expect(bench.ad()).toHaveLength(left);
  }
});

test("a changed schema counts for what changes; all else waits for a restart", () => {
  exercises("2.7 a schema needs a restart");
  const bench = new SyncBench();
  const [touched, untouched] = [bench.assigned(), bench.assigned()];
  const id = bench.startedJob();
  bench.mapContainer(id, OTHER_CONTAINER);
  bench.directory.update("group", touched, { description: "changed" });
  bench.cycle();
  expect([touched, untouched].map((group) => bench.adGroup(group)?.container)).toEqual([OTHER_CONTAINER, CONTAINER]);
  bench.restart(id);
  expect(bench.adGroup(untouched)?.container).toBe(OTHER_CONTAINER);
});

test("a container that flows only when an object is made moves nothing", () => {
  exercises("4 a changed container moves");
  const bench = new SyncBench();
  const group = bench.assigned();
  const id = bench.startedJob();
  bench.changeMapping(id, "parentDistinguishedName", { defaultValue: OTHER_CONTAINER, flowType: "ObjectAddOnly" });
  const made = bench.assigned();
  bench.restart(id);
  expect([group, made].map((one) => bench.adGroup(one)?.container)).toEqual([CONTAINER, OTHER_CONTAINER]);
});

test("a Switch gives the container by name", () => {
  exercises("4 Switch routes containers");
  const bench = new SyncBench();
  const [sales, rest] = [bench.assigned({ displayName: "Sales" }), bench.assigned({ displayName: "Rest" })];
  const id = bench.configuredJob();
  const expression = `Switch([displayName],"${CONTAINER}","Sales","${OTHER_CONTAINER}")`;
  const { parsedExpression } = bench.sync("POST", `jobs/${id}/schema/parseExpression`, { expression });
  bench.changeMapping(id, "parentDistinguishedName", { source: parsedExpression });
  bench.restart(id);
  expect([sales, rest].map((one) => bench.adGroup(one)?.container)).toEqual([OTHER_CONTAINER, CONTAINER]);
});

const twice: readonly (readonly [sentence: string, expression: string, arrived: number])[] = [
  ["with different values fails", "[mailNickname]", 0],
  ["with the same value merges", "[displayName]", 1],
];
for (const [sentence, expression, arrived] of twice) {
  test(`a target that is mapped twice ${sentence}`, () => {
    exercises("2.7 duplicate targets fail or merge");
    const bench = new SyncBench();
    bench.assigned({ displayName: "one", mailNickname: "other" });
    const id = bench.configuredJob();
    bench.changeSchema(id, (mapping) => {
      const mappings = mapping["attributeMappings"] as Record<string, unknown>[];
      const source = { type: "Attribute", name: expression.slice(1, -1), expression, parameters: [] };
      mapping["attributeMappings"] = [...mappings, { targetAttributeName: "displayName", source }];
    });
    bench.restart(id);
    expect(bench.ad()).toHaveLength(arrived);
    expect(bench.job(id).status.lastExecution?.state).toBe(arrived === 1 ? "Succeeded" : "EntryLevelErrors");
  });
}

test("a group whose container has no value is an error of that group", () => {
  const bench = new SyncBench();
  bench.assigned();
  const id = bench.configuredJob();
  bench.changeMapping(id, "parentDistinguishedName", { defaultValue: null });
  bench.restart(id);
  expect(bench.log()[0]?.provisioningStatusInfo.errorInformation?.errorCode).toBe("MissingRequiredAttribute");
});

const refused: readonly (readonly [sentence: string, spoil: (bench: SyncBench, id: string) => void, code: string])[] = [
  [
    "a container that does not exist",
    (bench, id) => bench.mapContainer(id, "OU=None,DC=corp,DC=example,DC=com"),
    "ObjectNotFound",
  ],
  ["a container that somebody deleted", (bench) => bench.domain.removeUnit(CONTAINER), "ObjectNotFound"],
  [
    "a right that somebody took away",
    (bench) => bench.domain.access.revoke(CONTAINER, GMSA),
    "InsufficientAccessRights",
  ],
  [
    "a domain in which nobody has rights",
    (bench, id) => bench.mapContainer(id, "CN=Users,DC=corp,DC=example,DC=com"),
    "InsufficientAccessRights",
  ],
];
for (const [sentence, spoil, code] of refused) {
  test(`${sentence} fails the group, not the run, and it is tried again after 6 hours`, () => {
    const bench = new SyncBench();
    bench.assigned();
    const id = bench.configuredJob();
    spoil(bench, id);
    bench.restart(id);
    expect(bench.ad()).toEqual([]);
    expect(bench.job(id).status).toMatchObject({
      code: "Active",
      lastExecution: { state: "EntryLevelErrors", countEscrowed: 1 },
    });
    expect(bench.log()[0]?.provisioningStatusInfo.errorInformation?.errorCode).toContain(code);
    bench.mapContainer(id, OTHER_CONTAINER);
    bench.clock.advance(5 * HOUR_MS);
    expect(bench.ad()).toEqual([]);
    bench.clock.advance(2 * HOUR_MS);
    expect(bench.ad()).toHaveLength(1);
    expect(bench.job(id).status).toMatchObject({ lastExecution: { countEscrowed: 0 } });
  });
}

test("a group that is in AD already is taken over by its join key, and renamed", () => {
  exercises("8.1 matched by the join key");
  const bench = new SyncBench();
  const id = bench.assigned({ displayName: "Sales" });
  const attributes = { cn: "Group_old", "msDS-ExternalDirectoryObjectId": `Group_${id}` };
  const { sid } = bench.domain.groups.create({ container: CONTAINER, attributes });
  bench.startedJob();
  expect(bench.ad()).toEqual([`CN=Sales_000000000001,${CONTAINER} 0`]);
  expect(bench.adGroup(id)?.sid).toBe(sid);
});

test("two objects with one join key fail the group", () => {
  const bench = new SyncBench();
  const id = bench.assigned();
  for (const cn of ["a", "b"]) {
    bench.domain.groups.create({
      container: CONTAINER,
      attributes: { cn, "msDS-ExternalDirectoryObjectId": `Group_${id}` },
    });
  }
  bench.startedJob();
  expect(bench.log()[0]?.provisioningStatusInfo.errorInformation?.errorCode).toContain(
    "UnexpectedDuplicateEntriesFound",
  );
});

test("what somebody changes in AD stays until the group changes in Entra: nothing is reconciled", () => {
  exercises("8.1 no reconciliation");
  const bench = new SyncBench();
  const id = bench.assigned();
  bench.startedJob();
  const group = bench.adGroup(id)!;
  bench.domain.groups.change(group.objectGUID, {
    container: CONTAINER,
    attributes: { ...group.attributes, displayName: "by hand" },
  });
  bench.clock.advance(24 * HOUR_MS);
  expect(bench.adGroup(id)?.attributes["displayName"]).toBe("by hand");
  bench.directory.update("group", id, { description: "changed" });
  bench.cycle();
  expect(bench.adGroup(id)?.attributes["displayName"]).toBe("sg-1");
});

test("a group that leaves the scope: deleted by default, kept where the world plays that; kept when the setting skips deletions", () => {
  exercises("2.5 SkipOutOfScopeDeletions", "8.1 group leaving scope");
  const left = (layout: ConstructorParameters<typeof SyncBench>[0], more: Readonly<Record<string, string>> = {}) => {
    const bench = new SyncBench(layout);
    const group = bench.assigned();
    bench.startedJob();
    settings(bench, more);
    bench.unassign(group);
    bench.cycle();
    return bench.ad().length;
  };
  expect(left({})).toBe(0);
  expect(left({ layout: { leavingGroup: "kept" } })).toBe(1);
  expect(left({}, { SkipOutOfScopeDeletions: "True" })).toBe(0);
  expect(left({ layout: { obeysSkipOutOfScopeDeletions: true } }, { SkipOutOfScopeDeletions: "True" })).toBe(1);
});

test("a group that was kept is adopted when it comes back; one that was deleted gets another SID", () => {
  exercises("8.1 another SID when made again");
  for (const leavingGroup of ["kept", "deleted"] as const) {
    const bench = new SyncBench({ layout: { leavingGroup } });
    const group = bench.assigned();
    bench.startedJob();
    const before = bench.adGroup(group)?.sid;
    bench.unassign(group);
    bench.cycle();
    bench.assign(group);
    bench.cycle();
    expect(bench.adGroup(group)?.sid === before).toBe(leavingGroup === "kept");
  }
});

test("a group that is deleted for good is deleted in AD, also where leaving groups are kept", () => {
  exercises("8.1 hard-deleted group");
  const bench = new SyncBench({ layout: { leavingGroup: "kept" } });
  const group = bench.assigned();
  bench.startedJob();
  bench.directory.remove(group, { isSoft: true });
  bench.cycle();
  expect(bench.ad()).toHaveLength(1);
  bench.directory.purge(group);
  bench.cycle();
  expect(bench.ad()).toEqual([]);
});

test("nothing is written while a job is paused, and all of it afterwards", () => {
  exercises("8.1 paused writes nothing");
  const bench = new SyncBench();
  const id = bench.startedJob();
  bench.sync("POST", `jobs/${id}/pause`);
  bench.assigned();
  bench.clock.advance(24 * HOUR_MS);
  expect(bench.ad()).toEqual([]);
  bench.sync("POST", `jobs/${id}/start`);
  bench.clock.advance(5 * 60_000);
  expect(bench.ad()).toHaveLength(1);
});

test("a day of cycles over 10,000 groups with nothing changed costs nothing but marks", () => {
  const bench = new SyncBench();
  for (let count = 0; count < 10_000; count += 1) bench.assigned();
  const id = bench.startedJob();
  expect(bench.ad()).toHaveLength(10_000);
  let reads = 0;
  const read = bench.directory.get.bind(bench.directory);
  bench.directory.get = ((...given: Parameters<typeof read>) => {
    reads += 1;
    return read(...given);
  }) as typeof read;
  bench.clock.advance(24 * HOUR_MS);
  expect(reads).toBe(0);
  expect(bench.job(id).status).toMatchObject({ lastExecution: { countImported: 0, countEntitled: 10_000 } });
});

test("the same seed and the same hands give the same world", () => {
  const run = () => {
    const bench = new SyncBench();
    bench.assigned();
    const id = bench.startedJob();
    return JSON.stringify([bench.job(id), bench.log(), bench.ad(), bench.domain.groups.list()]);
  };
  expect(run()).toBe(run());
  expect(run()).toContain(TENANT_ID);
});
