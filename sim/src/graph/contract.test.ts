/** The contract as a gate: what is not in it fails the run, on either side (entra-graph reference, 15). */
import { exercises } from "../facts.ts";
import { GraphContract } from "./contract/contract.ts";
import type { GraphOperation } from "./operation.ts";
import { BATCH_OPERATIONS } from "./batch.ts";
import { AGENT_OPERATIONS } from "./operations/agents.ts";
import { APPLICATION_OPERATIONS } from "./operations/applications.ts";
import { ASSIGNMENT_OPERATIONS } from "./operations/assignments.ts";
import { DELETED_ITEM_OPERATIONS } from "./operations/deleted-items.ts";
import { GROUP_OPERATIONS } from "./operations/groups.ts";
import { TENANT_OPERATIONS } from "./operations/tenant.ts";
import { graphDesk, operatorWith } from "./test-desk.ts";

const contract = new GraphContract();
const SALES = "96009000-0000-4000-8000-000000000001";

test("the extracts hold the operations that their README counts", () => {
  expect([contract.operations("v1.0").length, contract.operations("beta").length]).toEqual([100, 90]);
});

test("every operation of the world is one of the contract", () => {
  const operations: readonly GraphOperation[] = [
    ...BATCH_OPERATIONS,
    ...APPLICATION_OPERATIONS,
    ...ASSIGNMENT_OPERATIONS,
    ...GROUP_OPERATIONS,
    ...TENANT_OPERATIONS,
    ...DELETED_ITEM_OPERATIONS,
    ...AGENT_OPERATIONS,
  ];
  const declared = new Set(
    (["v1.0", "beta"] as const).flatMap((version) =>
      contract.operations(version).map(({ method, path }) => `${version} ${method} ${path}`),
    ),
  );
  const own = operations.flatMap(({ method, path, versions }) =>
    versions.map((version) => `${version} ${method} ${path}`),
  );
  expect(own.filter((name) => !declared.has(name))).toEqual([]);
});

test("a call without an operation answers 501 and fails the run", async () => {
  exercises("15 every call is in the extract");
  const desk = await graphDesk();
  desk.graph.gate.demandNone();
  expect((await desk.ask("GET", "/me")).status).toBe(501);
  expect((await desk.ask("POST", "/groups", { body: { displayName: "x" } })).status).toBe(501);
  expect(desk.graph.gate.breaches.map(({ kind, call }) => [kind, call])).toEqual([
    ["unknownOperation", "GET /v1.0/me"],
    ["unknownOperation", "POST /v1.0/groups"],
  ]);
  expect(() => desk.graph.gate.demandNone()).toThrow("2 breaches of the Graph contract; GET /v1.0/me");
});

test("an operation that the world does not model says so, and fails the run too", async () => {
  const desk = await graphDesk();
  expect((await desk.ask("GET", "/directoryRoles")).status).toBe(403);
  const applications = operatorWith({ roles: ["RoleManagement.Read.Directory"] });
  const able = await graphDesk({ directory: { applications } });
  expect((await able.ask("GET", "/directoryRoles")).status).toBe(501);
  expect(able.graph.gate.breaches.map(({ kind }) => kind)).toEqual(["unmodelled"]);
});

test("$select and $expand pass on every GET; every other undeclared option is refused", async () => {
  exercises("15 select and expand are general");
  const desk = await graphDesk();
  expect((await desk.ask("GET", "/subscribedSkus?$select=skuPartNumber")).status).toBe(200);
  expect((await desk.ask("GET", `/groups/${SALES}?$expand=members`)).status).toBe(200);
  desk.graph.gate.demandNone();
  expect((await desk.ask("GET", "/subscribedSkus?$top=5")).status).toBe(400);
  expect((await desk.ask("GET", "/groups?filter=displayName eq 'x'")).status).toBe(400);
  expect(desk.graph.gate.breaches.map(({ kind, problem }) => [kind, problem])).toEqual([
    ["option", "$top is not declared"],
    ["option", "filter is not declared"],
  ]);
});

const bodies: readonly (readonly [what: string, body: unknown])[] = [
  ["nothing", undefined],
  ["an undeclared member", { displayName: "x", color: "red" }],
  ["a wrong type", { displayName: 7 }],
  ["a missing member", {}],
];
test.each(bodies)("a request body that breaks the contract is refused without effect: %s", async (_what, body) => {
  const desk = await graphDesk();
  const before = desk.directory.count("application");
  const path = "/applicationTemplates/fb81332f-3eca-4ecf-a939-4278e501d330/instantiate";
  expect((await desk.ask("POST", path, { body })).status).toBe(400);
  expect(desk.directory.count("application")).toBe(before);
  expect(desk.graph.gate.breaches.map(({ kind }) => kind)).toEqual(["request"]);
});

const answers: readonly (readonly [what: string, body: unknown, problem: string | undefined])[] = [
  ["a list", { value: [{ id: "a", displayName: "x" }] }, undefined],
  ["an annotation", { "@odata.context": "x", value: [] }, undefined],
  ["a directory extension", { value: [{ id: "a", [`extension_${"0".repeat(32)}_GroupDN`]: "x" }] }, undefined],
  ["an undeclared member", { value: [{ id: "a", nickname: "x" }] }, "must NOT have additional properties"],
  ["a wrong type", { value: [{ id: "a", securityEnabled: "yes" }] }, "must be boolean"],
  ["a wrong form", { value: [{ id: "a", createdDateTime: "yesterday" }] }, "must match format"],
];
test.each(answers)("an answer is judged: %s", (_what, body, problem) => {
  const found = contract.match("v1.0", "GET", "/groups")?.operation.responseProblem(200, body);
  if (problem === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(problem);
});

test("members of a list of directory objects are judged by the type that they name", () => {
  const judge = (item: object): string | undefined =>
    contract.match("v1.0", "GET", "/groups/x/members")?.operation.responseProblem(200, { value: [item] });
  expect(judge({ "@odata.type": "#microsoft.graph.user", id: "a", accountEnabled: true })).toBeUndefined();
  expect(judge({ "@odata.type": "#microsoft.graph.user", id: "a", groupTypes: [] })).toContain("additional");
  expect(judge({ id: "a" })).toContain("@odata.type");
});

test("agents and tenant features answer delegated callers only, agents in beta only", async () => {
  exercises(
    "6 agents for delegated callers only",
    "6 agents in beta only",
    "7 tenant features for delegated callers only",
  );
  const desk = await graphDesk();
  const path = "/onPremisesPublishingProfiles/provisioning/agents";
  expect((await desk.ask("GET", path, { version: "beta" })).status).toBe(403);
  expect((await desk.ask("GET", "/directory/onPremisesSynchronization")).status).toBe(403);
  const token = desk.graph.delegatedToken("6b29fc40-ca47-4067-b31d-00dd010662da", ["Policy.Read.HybridAuthentication"]);
  expect((await desk.ask("GET", path, { version: "beta", token })).body.value).toEqual([]);
  desk.graph.gate.demandNone();
  expect((await desk.ask("GET", path, { token })).status).toBe(501);
});
