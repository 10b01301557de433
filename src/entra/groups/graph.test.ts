import { ACCESS, NEVER_ABORTED, scriptedEntra } from "../testing/scripted-entra.ts";
import { batchAnswers, graphError } from "../testing/scripted-transport.ts";
import { countOf } from "../call/wire.ts";

const LINK = "https://graph.microsoft.com/v1.0/groups/delta?$deltatoken=abc";

test("a name with quotes and signs stays one literal of one filter", async () => {
  const { entra, transport } = scriptedEntra(() => ({ status: 200, body: { value: [] } }));
  const name = "O'Brien & Søns' or displayName ne 'x";
  await entra.groups.byDisplayName(ACCESS, name, NEVER_ABORTED);
  expect(transport.seen[0]?.query["$filter"]).toBe(`displayName eq 'O''Brien & Søns'' or displayName ne ''x'`);
  expect(Object.keys(transport.seen[0]?.query ?? {})).toEqual(["$filter", "$select", "$top"]);
});

test("a selector is an advanced query", async () => {
  const { entra, transport } = scriptedEntra(() => ({ status: 200, body: { value: [] } }));
  await entra.groups.byFilter(ACCESS, "mailEnabled ne true", NEVER_ABORTED);
  expect(transport.seen[0]).toMatchObject({ query: { $count: "true" }, headers: { consistencylevel: "eventual" } });
});

test("null and absent are unknown; null of a readable object of the cloud is not synced", async () => {
  const { entra } = scriptedEntra(({ path }) => ({
    status: 200,
    body: path.endsWith("/members")
      ? {
          value: [
            { "@odata.type": "#microsoft.graph.user", id: "hidden", displayName: null, accountEnabled: null },
            { "@odata.type": "#microsoft.graph.user", id: "basic", displayName: "B", onPremisesSyncEnabled: null },
            { "@odata.type": "#microsoft.graph.user", id: "cloud", displayName: "C", accountEnabled: true },
            { "@odata.type": "#microsoft.graph.user", id: "synced", accountEnabled: true, onPremisesSyncEnabled: true },
            { "@odata.type": "#microsoft.graph.group", id: "nested", securityEnabled: true },
            { "@odata.type": "#microsoft.graph.tomorrow", id: "new" },
          ],
        }
      : { id: "g", displayName: "G", securityEnabled: null, onPremisesSyncEnabled: null, groupTypes: null },
  }));
  expect(await entra.groups.group(ACCESS, "g", NEVER_ABORTED)).toEqual({
    kind: "found",
    value: {
      id: "g",
      displayName: "G",
      isSecurityEnabled: undefined,
      isMailEnabled: undefined,
      isSyncedFromAD: undefined,
      groupTypes: undefined,
    },
  });
  const members = await entra.groups.members(ACCESS, "g", NEVER_ABORTED);
  const told =
    members.kind === "complete" ? members.items.map(({ id, kind, isSyncedFromAD: is }) => [id, kind, is]) : [];
  expect(told).toEqual([
    ["hidden", "user", undefined],
    ["basic", "user", undefined],
    ["cloud", "user", false],
    ["synced", "user", true],
    ["nested", "group", false],
    ["new", "other", undefined],
  ]);
});

test("a cloud that does not know the unverified property is asked without it from then on", async () => {
  const { entra, transport } = scriptedEntra(({ query }) =>
    query["$select"]?.includes("onPremisesObjectIdentifier") === true
      ? graphError(400, "Request_BadRequest")
      : { status: 200, body: { value: [] } },
  );
  expect((await entra.groups.members(ACCESS, "g", NEVER_ABORTED)).kind).toBe("complete");
  expect((await entra.groups.members(ACCESS, "h", NEVER_ABORTED)).kind).toBe("complete");
  expect(transport.seen).toHaveLength(3);
});

test("counts keep their order, and what could not be counted is unknown, not none", async () => {
  const answers = new Map<string, unknown>([
    ["plain", "12"],
    ["number", 7],
    ["marked", "\uFEFF3"],
    ["packed", Buffer.from("\uFEFF41").toString("base64")],
    ["nonsense", "many"],
  ]);
  const { entra } = scriptedEntra(
    batchAnswers(({ url }) => {
      const id = url.split("/")[2] ?? "";
      return answers.has(id) ? { status: 200, body: answers.get(id) } : graphError(404, "Request_ResourceNotFound");
    }),
  );
  expect(await entra.groups.memberCounts(ACCESS, [...answers.keys(), "gone"], NEVER_ABORTED)).toEqual([
    12,
    7,
    3,
    41,
    undefined,
    undefined,
  ]);
  for (const body of [-1, 1.5, "", "-3", null, {}]) expect(countOf(body)).toBeUndefined();
});

test("groups by id come in batches of twenty; one failing part makes the list partial, a missing one does not", async () => {
  let failing = "";
  const { entra, transport } = scriptedEntra(
    batchAnswers(({ url }) => {
      const id = /groups\/([^?]+)/.exec(url)?.[1] ?? "";
      if (id === failing) return graphError(503, "serviceNotAvailable");
      return id === "g-5" ? graphError(404, "Request_ResourceNotFound") : { status: 200, body: { id } };
    }),
  );
  const ids = Array.from({ length: 45 }, (_, index) => `g-${index}`);
  const all = await entra.groups.groups(ACCESS, ids, NEVER_ABORTED);
  expect(all.kind === "complete" && all.items.length).toBe(44);
  expect(transport.seen).toHaveLength(3);
  failing = "g-30";
  expect(await entra.groups.groups(ACCESS, ids, NEVER_ABORTED)).toMatchObject({
    kind: "partial",
    failure: { reason: "ServiceUnavailable" },
  });
});

test("a delta is read to its link; removed groups, members and repeats are told", async () => {
  const { entra } = scriptedEntra(({ query }) => ({
    status: 200,
    body:
      query["$skiptoken"] === undefined
        ? {
            value: [
              { id: "a", displayName: "A", "members@delta": [{ id: "u1" }, { id: "u2", "@removed": { reason: "x" } }] },
              { id: "b", "@removed": { reason: "changed" } },
            ],
            "@odata.nextLink": "https://graph.microsoft.com/v1.0/groups/delta?$skiptoken=2",
          }
        : { value: [{ id: "a", "members@delta": [{ id: "u3" }] }], "@odata.deltaLink": `${LINK}d` },
  }));
  expect(await entra.groups.changes(ACCESS, LINK, NEVER_ABORTED)).toEqual({
    kind: "read",
    deltaLink: `${LINK}d`,
    changes: [
      { id: "a", kind: "changed", displayName: "A", memberIDs: ["u1", "u2"] },
      { id: "b", kind: "removed" },
      { id: "a", kind: "changed", memberIDs: ["u3"] },
    ],
  });
});

const restarts = [
  [410, "Gone"],
  [400, "syncStateNotFound"],
  [404, "resyncRequired"],
] as const;
for (const [status, code] of restarts) {
  test(`a delta that is answered ${status} ${code} starts over`, async () => {
    const { entra } = scriptedEntra(() => graphError(status, code));
    expect(await entra.groups.changes(ACCESS, LINK, NEVER_ABORTED)).toEqual({ kind: "restarted" });
  });
}

test("a stored link to elsewhere is not followed, and no token goes there", async () => {
  const { entra, transport } = scriptedEntra(() => ({ status: 200, body: { value: [] } }));
  for (const link of ["https://graph.example.com/v1.0/groups/delta", "http://graph.microsoft.com/v1.0/groups/delta"])
    expect(await entra.groups.changes(ACCESS, link, NEVER_ABORTED)).toMatchObject({
      kind: "failed",
      failure: { class: "Permanent", reason: "ForeignLink" },
    });
  expect(transport.seen).toHaveLength(0);
  expect(transport.tokenRequests).toHaveLength(0);
});

test("a delta page without any link is no end", async () => {
  const { entra } = scriptedEntra(() => ({ status: 200, body: { value: [] } }));
  expect(await entra.groups.changes(ACCESS, LINK, NEVER_ABORTED)).toMatchObject({
    kind: "failed",
    failure: { reason: "ListIncomplete" },
  });
});
