/** Troubles of Graph: the fault rules that strike its calls, each beside a call that they do not concern. */
import { exercises } from "../facts.ts";
import { column, graphDesk, OPERATOR, readAll, signIn, TENANT_ID } from "./test-desk.ts";

const GROUPS = { service: "graph", action: "GET /groups" } as const;
const INSTANTIATE = "/applicationTemplates/fb81332f-3eca-4ecf-a939-4278e501d330/instantiate";

test("a rule names an operation by method and path, or by its id in the contract", async () => {
  for (const action of ["GET /groups", "get_groups", "GET /groups*"]) {
    const desk = await graphDesk();
    desk.world.faults.add({
      service: "graph",
      action,
      effect: { kind: "error", code: "Down", httpStatus: 503 },
      times: 1,
    });
    const { status, body } = await desk.ask("GET", "/groups");
    expect([status, body.error?.code]).toEqual([503, "Down"]);
    expect((await desk.ask("GET", "/groups")).status).toBe(200);
  }
});

test("rules match tenant, client and object", async () => {
  const desk = await graphDesk();
  const effect = { kind: "accessDenied" } as const;
  const object = "96009000-0000-4000-8000-000000000001";
  desk.world.faults.add({
    service: "graph",
    match: { tenantID: TENANT_ID, clientID: OPERATOR, objectID: object },
    effect,
  });
  expect((await desk.ask("GET", `/groups/${object}`)).status).toBe(403);
  expect((await desk.ask("GET", "/groups/96009000-0000-4000-8000-000000000002")).status).toBe(200);
});

test("a throttle says how long: 10 s, or as long as the rule says", async () => {
  exercises("10.1 429 below the limits");
  const desk = await graphDesk();
  const id = desk.world.faults.add({ ...GROUPS, effect: { kind: "throttle", retryAfterSeconds: 300 } });
  const long = await desk.ask("GET", "/groups");
  expect([long.status, long.headers["retry-after"]]).toEqual([429, "300"]);
  desk.world.faults.remove(id);
  desk.world.faults.add({ ...GROUPS, effect: { kind: "throttle" } });
  expect((await desk.ask("GET", "/groups")).headers["retry-after"]).toBe("10");
});

test("short pages have a link; pages that lie have none", async () => {
  exercises("10.5 lists that lie");
  const desk = await graphDesk();
  const all = 11;
  const id = desk.world.faults.add({ ...GROUPS, effect: { kind: "partialPage", itemsMax: 3 } });
  expect(column((await desk.ask("GET", "/groups")).body, "id")).toHaveLength(3);
  expect(await readAll(desk, "/groups")).toHaveLength(all);
  const later = desk.world.faults.add({ ...GROUPS, effect: { kind: "emptyPage" } });
  expect(await readAll(desk, "/groups")).toHaveLength(3);
  desk.world.faults.remove(later);
  const failing = desk.world.faults.add({
    ...GROUPS,
    effect: { kind: "failingPage", httpStatus: 500, code: "Broken" },
  });
  await expect(readAll(desk, "/groups")).rejects.toThrow("Broken");
  desk.world.faults.remove(failing);
  desk.world.faults.remove(id);
  desk.world.faults.add({ ...GROUPS, effect: { kind: "emptyList" } });
  const empty = await desk.ask("GET", "/groups?$top=3");
  expect([empty.status, empty.body]).toEqual([200, { value: [] }]);
  desk.graph.gate.demandNone();
});

test("a lost answer leaves the whole effect, a lost request none; both are in the log", async () => {
  const desk = await graphDesk();
  const made = (): number => desk.directory.count("application") - 2;
  const action = "POST /applicationTemplates/{applicationTemplate-id}/instantiate";
  desk.world.faults.add({ service: "graph", action, times: 1, effect: { kind: "lostRequest" } });
  expect((await desk.ask("POST", INSTANTIATE, { body: { displayName: "x" } })).status).toBe(0);
  expect(made()).toBe(0);
  desk.world.faults.add({ service: "graph", action, times: 1, effect: { kind: "lostResponse" } });
  expect((await desk.ask("POST", INSTANTIATE, { body: { displayName: "x" } })).status).toBe(0);
  expect(made()).toBe(1);
  const log = desk.world.log.read({ service: "graph", action });
  expect(log.map(({ outcome, accessKeyID }) => [outcome, accessKeyID])).toEqual([
    ["lost (no effect)", OPERATOR],
    ["lost (ok)", OPERATOR],
  ]);
});

test("latency delays the effect on the world's own clock", async () => {
  const desk = await graphDesk();
  desk.world.faults.add({ ...GROUPS, effect: { kind: "latency", delayMs: 5_000 } });
  let isAnswered = false;
  const waiting = desk.ask("GET", "/groups").then(() => (isAnswered = true));
  desk.clock.advance(4_999);
  await Promise.resolve();
  expect(isAnswered).toBe(false);
  desk.clock.advance(1);
  await waiting;
});

test("the login authority has troubles of its own", async () => {
  const desk = await graphDesk();
  desk.world.faults.add({ service: "login", times: 1, effect: { kind: "throttle", retryAfterSeconds: 7 } });
  const secret = { client_id: OPERATOR, client_secret: "world-operator-secret" };
  const told = await signIn(desk.send, secret);
  expect([told.status, told.headers["retry-after"]]).toEqual([429, "7"]);
  expect((await signIn(desk.send, secret)).status).toBe(200);
});

test("the same seed gives the same answers, another seed others", async () => {
  const story = async (seed: number): Promise<string> => {
    const desk = await graphDesk({ seed, delays: { preset: "real" } });
    const answers = [];
    for (let count = 0; count < 5; count += 1) {
      answers.push(await desk.ask("POST", INSTANTIATE, { body: { displayName: "x" } }));
      answers.push(await desk.ask("GET", "/servicePrincipals?$select=id"));
    }
    return JSON.stringify(answers);
  };
  expect(await story(5)).toBe(await story(5));
  expect(await story(5)).not.toBe(await story(6));
});
