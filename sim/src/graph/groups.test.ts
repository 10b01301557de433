/** Groups, filters, counts and members, as entra-graph reference 10.4 and 13 say. */
import { exercises } from "../facts.ts";
import { DEFAULT_ENTRA_DIRECTORY } from "../layout/entra-directory.ts";
import { column, graphDesk, operatorWith, readAll, text } from "./test-desk.ts";

const SALES = "96009000-0000-4000-8000-000000000001";
const EVENTUAL = { consistencylevel: "eventual" };

const filters: readonly (readonly [filter: string, names: readonly string[]])[] = [
  ["displayName eq 'ad-sales'", ["AD-Sales"]],
  [
    "startswith(displayName,'AD-') and securityEnabled eq true",
    ["AD-Sales", "AD-Engineering", "AD-Canary", "AD-Everyone", "AD-Dynamic"],
  ],
  ["displayName in ('AD-Sales','AD-Canary')", ["AD-Sales", "AD-Canary"]],
  ["groupTypes/any(c:c eq 'Unified')", ["Marketing Team"]],
  ["(displayName eq 'AD-Sales') or (mailEnabled eq true)", ["AD-Sales", "Marketing Team"]],
  ["displayName eq 'O''Neil'", []],
];
test.each(filters)("%s", async (filter, names) => {
  const desk = await graphDesk();
  const { status, body } = await desk.ask("GET", `/groups?$filter=${encodeURIComponent(filter)}`);
  expect([status, column(body, "displayName")]).toEqual([200, names]);
  desk.graph.gate.demandNone();
});

const advanced: readonly (readonly [query: string, names: readonly string[]])[] = [
  ["$filter=onPremisesSyncEnabled ne true and startswith(displayName,'O')", []],
  ["$filter=onPremisesSyncEnabled ne true and mailEnabled eq true", ["Marketing Team"]],
  [
    "$filter=not(startswith(displayName,'AD-'))",
    ["Marketing Team", "Owned by AD", "sg-canary", "sg-sales-japan", "sg-sales-emea", "Hidden Members"],
  ],
  ["$filter=endswith(displayName,'Members')", ["Hidden Members"]],
  ["$filter=startswith(displayName,'AD-C')&$orderby=displayName", ["AD-Canary"]],
];
test.each(advanced)("%s is an advanced query", async (query, names) => {
  exercises("10.4 advanced queries need the header");
  const desk = await graphDesk();
  const plain = await desk.ask("GET", `/groups?${query}`);
  expect([plain.status, plain.body.error?.code]).toEqual([400, "Request_UnsupportedQuery"]);
  expect((await desk.ask("GET", `/groups?${query}`, { headers: EVENTUAL })).status).toBe(400);
  const { body } = await desk.ask("GET", `/groups?${query}&$count=true`, { headers: EVENTUAL });
  expect([column(body, "displayName"), body["@odata.count"]]).toEqual([names, names.length]);
  desk.graph.gate.demandNone();
});

const refused = [
  "displayName is 'x'",
  "displayName eq",
  "nothing eq true",
  "displayName eq 'x' or",
  "contains(displayName,'x')",
  "displayName eq 'x",
];
test.each(refused)("a filter that cannot be read is refused, never ignored: %s", async (filter) => {
  const desk = await graphDesk();
  expect((await desk.ask("GET", `/groups?$filter=${encodeURIComponent(filter)}`)).status).toBe(400);
});

test("a count is plain text and needs the header; batches of it too", async () => {
  exercises("10.4 count needs the header");
  const desk = await graphDesk();
  const path = `/groups/${SALES}/members/$count`;
  expect((await desk.ask("GET", path)).status).toBe(400);
  const { status, headers, body } = await desk.ask("GET", path, { headers: EVENTUAL });
  expect([status, headers["content-type"], body]).toEqual([200, "text/plain", 2]);
  expect((await desk.ask("GET", "/users/$count", { headers: EVENTUAL })).body).toBe(5);
  desk.graph.gate.demandNone();
});

test("advanced queries lag behind a write that a read by id shows", async () => {
  exercises("10.4 index lags behind writes");
  const desk = await graphDesk({ delays: { preset: "zero", overrides: { "entra.indexLag": 30_000 } } });
  desk.clock.advance(60_000);
  desk.directory.update("group", SALES, { displayName: "XX-Sales" });
  const query = "/groups?$filter=not(startswith(displayName,'AD-'))&$count=true";
  const indexed = async () => column((await desk.ask("GET", query, { headers: EVENTUAL })).body, "displayName");
  expect(await indexed()).not.toContain("XX-Sales");
  expect((await desk.ask("GET", `/groups/${SALES}`)).body.displayName).toBe("XX-Sales");
  desk.clock.advance(30_000);
  expect(await indexed()).toContain("XX-Sales");
});

test("pages hold what was asked for, and a list read over several misses nothing that stayed", async () => {
  const desk = await graphDesk();
  const items = await readAll(desk, "/groups?$top=3&$select=id");
  expect(items.map(({ id }) => id)).toEqual(DEFAULT_ENTRA_DIRECTORY.groups.map(({ id }) => id));
  const { body } = await desk.ask("GET", "/groups?$top=3&$select=id");
  desk.directory.remove(SALES, { isSoft: true });
  const rest = await readAll(desk, text(body["@odata.nextLink"]));
  expect(rest.map(({ id }) => id)).toEqual(DEFAULT_ENTRA_DIRECTORY.groups.slice(3).map(({ id }) => id));
  expect((await desk.ask("GET", "/groups?$top=1000")).status).toBe(400);
});

test("a member that the application may not read has its type and id, and null for everything else", async () => {
  exercises("13 null for members that may not be read");
  const applications = operatorWith({ roles: ["GroupMember.Read.All"] });
  const desk = await graphDesk({ directory: { applications } });
  const { body } = await desk.ask(
    "GET",
    "/groups/96009000-0000-4000-8000-000000000004/members?$select=id,displayName,onPremisesSyncEnabled",
  );
  expect(body.value).toEqual([
    {
      "@odata.type": "#microsoft.graph.group",
      id: "96009000-0000-4000-8000-000000000002",
      displayName: "AD-Engineering",
      onPremisesSyncEnabled: null,
    },
    {
      "@odata.type": "#microsoft.graph.user",
      id: "0e5e7000-0000-4000-8000-000000000001",
      displayName: null,
      onPremisesSyncEnabled: null,
    },
  ]);
  const able = await graphDesk();
  const told = await able.ask("GET", `/groups/${SALES}/members?$select=onPremisesSyncEnabled`);
  expect(column(told.body, "onPremisesSyncEnabled")).toEqual([true, true]);
  desk.graph.gate.demandNone();
});

test("hidden membership is an empty list with success, without Member.Read.Hidden", async () => {
  exercises("13 hidden membership of groups is an empty list", "13 hidden membership of units");
  const unit = {
    id: "a0000000-0000-4000-8000-000000000002",
    displayName: "Hidden",
    memberIDs: [SALES],
    visibility: "HiddenMembership" as const,
  };
  const roles = ["GroupMember.Read.All", "AdministrativeUnit.Read.All"];
  const counts = async (more: readonly string[]) => {
    const applications = operatorWith({ roles: [...roles, ...more] });
    const desk = await graphDesk({ directory: { applications, administrativeUnits: [unit] } });
    const group = await desk.ask("GET", "/groups/96009000-0000-4000-8000-000000000008/members");
    const members = await desk.ask("GET", `/directory/administrativeUnits/${unit.id}/members`);
    return [group.status, column(group.body, "id").length, column(members.body, "id").length];
  };
  expect(await counts([])).toEqual([200, 0, 0]);
  expect(await counts(["Member.Read.Hidden"])).toEqual([200, 1, 1]);
});

test("users show none of AD's properties by themselves", async () => {
  exercises("13 users show no AD properties by themselves");
  const desk = await graphDesk();
  const { body } = await desk.ask("GET", "/users?$top=1");
  expect(Object.keys(body.value?.[0] ?? {}).sort()).toEqual([
    "businessPhones",
    "displayName",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
  ]);
  const chosen = await desk.ask("GET", "/users?$top=1&$select=id,onPremisesObjectIdentifier");
  expect(column(chosen.body, "onPremisesObjectIdentifier")).toEqual(["ad900000-0000-4000-8000-000000000001"]);
  desk.graph.gate.demandNone();
});

test("a converted group is cloud-managed and no longer synchronized", async () => {
  exercises("9.1 converted group");
  const applications = operatorWith({ roles: ["Group-OnPremisesSyncBehavior.ReadWrite.All", "GroupMember.Read.All"] });
  const desk = await graphDesk({ directory: { applications } });
  const path = "/groups/96009000-0000-4000-8000-000000000006";
  expect((await desk.ask("GET", path)).body.onPremisesSyncEnabled).toBe(true);
  const { status, body } = await desk.ask("PATCH", `${path}/onPremisesSyncBehavior`, {
    body: { isCloudManaged: true },
  });
  expect([status, body.isCloudManaged]).toEqual([200, true]);
  expect((await desk.ask("GET", path)).body.onPremisesSyncEnabled).toBe(null);
  desk.graph.gate.demandNone();
});

test("a deleted group is in deletedItems for 30 days; security groups come back only where the tenant can restore them", async () => {
  exercises("16 restoring a security group");
  for (const restoresSecurityGroups of [true, false]) {
    const applications = operatorWith({ roles: ["Group.Read.All", "User.DeleteRestore.All"] });
    const desk = await graphDesk({ directory: { applications, restoresSecurityGroups } });
    desk.directory.remove(SALES, { isSoft: true });
    expect((await desk.ask("GET", `/groups/${SALES}`)).status).toBe(404);
    const listed = await desk.ask("GET", "/directory/deletedItems/microsoft.graph.group");
    expect(column(listed.body, "id")).toEqual([SALES]);
    const restored = await desk.ask("POST", `/directory/deletedItems/${SALES}/restore`);
    expect(restored.status).toBe(restoresSecurityGroups ? 200 : 400);
    expect(desk.directory.members(SALES)).toHaveLength(2);
    desk.clock.advance(31 * 24 * 3_600_000);
    expect(desk.directory.deleted(SALES)).toBeUndefined();
    expect(desk.directory.object(SALES) !== undefined).toBe(restoresSecurityGroups);
  }
});
