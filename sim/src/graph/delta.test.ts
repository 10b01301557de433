/** Group delta queries, as entra-graph reference 10.3 says. */
import { exercises } from "../facts.ts";
import { uuidFrom } from "../entra/ids.ts";
import { groupOf } from "../entra/fill.ts";
import { seededDice } from "../core/clock.ts";
import type { GraphDesk, Json } from "./test-desk.ts";
import { column, graphDesk, readAll } from "./test-desk.ts";

const SALES = "96009000-0000-4000-8000-000000000001";
const CHEN = "0e5e7000-0000-4000-8000-000000000003";
const AIKO = "0e5e7000-0000-4000-8000-000000000001";
const DAY_MS = 24 * 3_600_000;

async function linkAfter(
  desk: GraphDesk,
  path: string,
): Promise<{ readonly items: readonly Json[]; readonly link: string }> {
  const items: Json[] = [];
  for (let next = path; ;) {
    const { body } = await desk.ask("GET", next);
    items.push(...((body.value ?? []) as unknown as readonly Json[]));
    if (body["@odata.deltaLink"] !== undefined) return { items, link: String(body["@odata.deltaLink"]) };
    next = String(body["@odata.nextLink"]);
  }
}

test("latest brings no state; what changes afterwards comes once the link is followed", async () => {
  exercises("10.3 delta from now", "10.3 delta members");
  const desk = await graphDesk();
  const { items, link } = await linkAfter(desk, "/groups/delta?$deltatoken=latest&$select=displayName,members");
  expect(items).toEqual([]);
  desk.directory.addMember(SALES, CHEN);
  desk.directory.removeMember(SALES, AIKO);
  const later = await linkAfter(desk, link);
  expect(later.items.find(({ id }) => String(id) === SALES)).toMatchObject({
    displayName: "AD-Sales",
    "members@delta": [
      { id: CHEN, "@odata.type": "#microsoft.graph.user" },
      { id: AIKO, "@removed": { reason: "deleted" } },
    ],
  });
  desk.graph.gate.demandNone();
});

test("soft-deleted groups are told as changed, those gone for good as deleted", async () => {
  exercises("10.3 delta deletions");
  const desk = await graphDesk();
  const { link } = await linkAfter(desk, "/groups/delta?$deltatoken=latest");
  desk.directory.remove(SALES, { isSoft: true });
  const soft = await linkAfter(desk, link);
  expect(soft.items.at(-1)).toEqual({ id: SALES, "@removed": { reason: "changed" } });
  desk.directory.purge(SALES);
  expect((await linkAfter(desk, soft.link)).items.at(-1)).toEqual({ id: SALES, "@removed": { reason: "deleted" } });
});

test("a token older than seven days is answered with 410 and Location, or with resyncRequired", async () => {
  exercises("10.3 delta token life");
  const told = new Set<string>();
  for (let seed = 1; seed <= 8; seed += 1) {
    const desk = await graphDesk({ seed });
    const { link } = await linkAfter(desk, "/groups/delta?$deltatoken=latest");
    desk.clock.advance(6 * DAY_MS);
    const token = await desk.token();
    expect((await desk.ask("GET", link, { token })).status).toBe(200);
    desk.clock.advance(DAY_MS + 1);
    const { status, headers, body } = await desk.ask("GET", link, { token: await desk.token() });
    told.add(`${status} ${String(body.error?.code)} ${headers.location ?? "-"}`);
  }
  expect([...told].sort()).toEqual([
    "400 resyncRequired -",
    "410 syncStateNotFound https://graph.microsoft.com/v1.0/groups/delta",
  ]);
});

test("changes come again now and then, and a client that tolerates that has the truth", async () => {
  exercises("10.3 delta replays");
  const desk = await graphDesk({ seed: 3 });
  let { link } = await linkAfter(desk, "/groups/delta?$deltatoken=latest&$select=displayName");
  const seen = new Map<string, string>();
  let told = 0;
  for (let round = 1; round <= 60; round += 1) {
    desk.directory.update("group", SALES, { displayName: `Sales ${round}` });
    const next = await linkAfter(desk, link);
    told += next.items.length;
    for (const { id, displayName } of next.items) seen.set(String(id), String(displayName));
    link = next.link;
    const quiet = await linkAfter(desk, link);
    told += quiet.items.length;
    link = quiet.link;
    expect(seen.get(SALES)).toBe(`Sales ${round}`);
  }
  expect(told).toBeGreaterThan(60);
});

test("$top, $expand and $orderby are refused; $filter takes ids, at most 50", async () => {
  exercises("10.3 delta refuses options");
  const desk = await graphDesk();
  for (const option of ["$expand=members", "$top=5", "$orderby=displayName"])
    expect((await desk.ask("GET", `/groups/delta?${option}`)).status).toBe(400);
  const ids = (count: number) => Array.from({ length: count }, () => `id eq '${SALES}'`).join(" or ");
  expect(column((await desk.ask("GET", `/groups/delta?$filter=${ids(2)}`)).body, "id")).toEqual([SALES]);
  expect((await desk.ask("GET", `/groups/delta?$filter=${ids(51)}`)).status).toBe(400);
  expect((await desk.ask("GET", "/groups/delta?$filter=displayName eq 'x'")).status).toBe(400);
});

test("members of a large group come over several appearances of it, also when groups go away between two pages", async () => {
  exercises("10.3 members over several pages");
  const desk = await graphDesk();
  const dice = seededDice(9);
  const large = uuidFrom(dice);
  desk.directory.create(groupOf({ id: large, displayName: "Large" }, 0));
  for (let count = 0; count < 1_200; count += 1) {
    const id = uuidFrom(dice);
    desk.directory.create({ kind: "device", id, displayName: `device ${count}`, onPremisesSyncEnabled: null });
    desk.directory.addMember(large, id);
  }
  desk.world.faults.add({
    service: "graph",
    action: "GET /groups/delta",
    effect: { kind: "partialPage", itemsMax: 2 },
  });
  const first = await desk.ask("GET", "/groups/delta?$select=displayName,members");
  desk.directory.remove(SALES, { isSoft: true });
  const rest = await readAll(desk, String(first.body["@odata.nextLink"]));
  const pieces = rest.filter(({ id }) => String(id) === large);
  const counts = pieces.map((piece) => ((piece["members@delta"] ?? []) as unknown as readonly Json[]).length);
  expect(counts).toEqual([500, 500, 200]);
  expect(rest.map(({ displayName }) => displayName)).toContain("AD-Canary");
  desk.graph.gate.demandNone();
});
