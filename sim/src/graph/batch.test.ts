/** JSON batches, as entra-graph reference 10.2 says. */
import { exercises } from "../facts.ts";
import { CLOUDS } from "./clouds.ts";
import { TEMPLATE_ENTRA_TO_AD } from "./templates.ts";
import type { GraphDesk, Json } from "./test-desk.ts";
import { graphDesk, SCOPE } from "./test-desk.ts";

const SALES = "96009000-0000-4000-8000-000000000001";
const JSON_BODY = { "Content-Type": "application/json" };

async function batch(desk: GraphDesk, requests: readonly object[], token?: string) {
  const { status, body } = await desk.ask("POST", "/$batch", { body: { requests }, token });
  const responses = ((body.responses ?? []) as unknown as readonly Json[]).map((one) => ({
    id: String(one.id),
    status: Number(one.status),
    headers: (one.headers ?? {}) as Json,
    body: one.body,
  }));
  return { status, responses, byID: new Map(responses.map((one) => [one.id, one])) };
}
const read = (id: string, url = `/groups/${SALES}?$select=id`) => ({ id, method: "GET", url });

test("twenty parts at most; each has its own status under an outer 200", async () => {
  exercises("10.2 twenty parts", "10.2 each part its status");
  const desk = await graphDesk();
  const many = (count: number) => Array.from({ length: count }, (_, index) => read(String(index)));
  expect((await batch(desk, many(21))).status).toBe(400);
  expect((await batch(desk, many(20))).responses).toHaveLength(20);
  const { status, byID } = await batch(desk, [read("1"), read("2", "/groups/96009000-0000-4000-8000-00000000ffff")]);
  expect([status, byID.get("1")?.status, byID.get("2")?.status]).toEqual([200, 200, 404]);
  desk.graph.gate.demandNone();
});

test("answers come in another order than requests", async () => {
  exercises("10.2 order may differ");
  const desk = await graphDesk();
  const ids = Array.from({ length: 10 }, (_, index) => String(index));
  const { responses } = await batch(
    desk,
    ids.map((id) => read(id)),
  );
  const order = responses.map(({ id }) => id);
  expect(order).not.toEqual(ids);
  expect([...order].sort()).toEqual(ids);
});

test("a part is throttled by itself, with its own Retry-After, and without effect", async () => {
  exercises("10.2 parts are throttled one by one");
  const desk = await graphDesk();
  const path = `/applicationTemplates/${TEMPLATE_ENTRA_TO_AD}/instantiate`;
  const made = await desk.ask("POST", path, { body: { displayName: "corp" } });
  const resourceId = String(made.body.servicePrincipal?.id);
  const groups = [1, 2, 3].map((number) => `96009000-0000-4000-8000-00000000000${number}`);
  const action = "POST /servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo";
  const match = { objectID: groups[1] ?? "" };
  desk.world.faults.add({ service: "graph", action, match, effect: { kind: "throttle", retryAfterSeconds: 120 } });
  const { byID } = await batch(
    desk,
    groups.map((principalId) => ({
      id: principalId,
      method: "POST",
      url: `/servicePrincipals/${resourceId}/appRoleAssignedTo`,
      headers: JSON_BODY,
      body: { principalId, resourceId, appRoleId: CLOUDS.Public.scopeRoleID },
    })),
    await desk.token(SCOPE, "world-scope-secret"),
  );
  expect(groups.map((id) => byID.get(id)?.status)).toEqual([201, 429, 201]);
  expect(byID.get(groups[1] ?? "")?.headers["Retry-After"]).toBe("120");
  expect(
    desk.directory
      .assignedTo(resourceId)
      .map(({ principalId }) => principalId)
      .sort(),
  ).toEqual([groups[0], groups[2]]);
});

test("what depends on a failed part is 424, and its own effect does not take place", async () => {
  exercises("10.2 424 for dependants", "10.2 body needs a content type");
  const desk = await graphDesk();
  const instantiate = {
    method: "POST",
    url: `/applicationTemplates/${TEMPLATE_ENTRA_TO_AD}/instantiate`,
    body: { displayName: "corp" },
  };
  const before = desk.directory.count("application");
  const { byID } = await batch(desk, [
    read("missing", "/groups/96009000-0000-4000-8000-00000000ffff"),
    { id: "dependant", ...instantiate, headers: JSON_BODY, dependsOn: ["missing"] },
    { id: "untyped", ...instantiate },
    { ...read("after"), dependsOn: ["fine"] },
    read("fine"),
  ]);
  expect(["missing", "dependant", "untyped", "after", "fine"].map((id) => byID.get(id)?.status)).toEqual([
    404, 424, 400, 200, 200,
  ]);
  expect(desk.directory.count("application")).toBe(before);
});

test("a lost part answers 504, with its effect; a lost batch has all of its effects", async () => {
  const desk = await graphDesk();
  const instantiate = (id: string) => ({
    id,
    method: "POST",
    url: `/applicationTemplates/${TEMPLATE_ENTRA_TO_AD}/instantiate`,
    headers: JSON_BODY,
    body: { displayName: id },
  });
  const before = desk.directory.count("application");
  const part = desk.world.faults.add({
    service: "graph",
    action: "POST /applicationTemplates*",
    effect: { kind: "lostResponse" },
  });
  expect((await batch(desk, [instantiate("one")])).byID.get("one")?.status).toBe(504);
  expect(desk.directory.count("application")).toBe(before + 1);
  desk.world.faults.remove(part);
  desk.world.faults.add({ service: "graph", action: "POST /$batch", effect: { kind: "lostResponse" } });
  expect((await batch(desk, [instantiate("two"), instantiate("three")])).status).toBe(0);
  expect(desk.directory.count("application")).toBe(before + 3);
});
