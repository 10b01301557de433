/** Applications, service principals and the scope of a configuration, as entra-graph reference 2.1, 2.2 and 3.1 say. */
import { exercises } from "../facts.ts";
import { CLOUDS } from "./clouds.ts";
import { TEMPLATE_AD_TO_ENTRA, TEMPLATE_ENTRA_TO_AD, templateRoles } from "./templates.ts";
import type { GraphDesk, Told } from "./test-desk.ts";
import { column, graphDesk, OPERATOR_PRINCIPAL, operatorWith, SCOPE } from "./test-desk.ts";

const SALES = "96009000-0000-4000-8000-000000000001";
const ENGINEERING = "96009000-0000-4000-8000-000000000002";
const ROLE = CLOUDS.Public.scopeRoleID;

function instantiate(desk: GraphDesk, version: "v1.0" | "beta" = "v1.0"): Promise<Told> {
  const path = `/applicationTemplates/${TEMPLATE_ENTRA_TO_AD}/instantiate`;
  return desk.ask("POST", path, { version, body: { displayName: "corp.example.com" } });
}
async function configuration(desk: GraphDesk): Promise<string> {
  return String((await instantiate(desk)).body.servicePrincipal?.id);
}
function assign(desk: GraphDesk, id: string, token: string | undefined, principalId = SALES): Promise<Told> {
  const body = { principalId, resourceId: id, appRoleId: ROLE };
  return desk.ask("POST", `/servicePrincipals/${id}/appRoleAssignedTo`, { token, body });
}

test("instantiating twice makes two pairs, found by their template, owned by the caller", async () => {
  exercises("2.1 instantiate makes a new pair each time", "2.2 found by applicationTemplateId");
  exercises("2.1 the caller owns what it instantiates");
  const desk = await graphDesk();
  const first = await configuration(desk);
  const second = await configuration(desk);
  expect(first).not.toBe(second);
  const found = await desk.ask("GET", `/servicePrincipals?$filter=applicationTemplateId eq '${TEMPLATE_ENTRA_TO_AD}'`);
  expect(column(found.body, "id")).toEqual([first, second]);
  const owners = await desk.ask("GET", `/servicePrincipals/${first}/owners?$select=id`);
  expect(column(owners.body, "id")).toEqual([OPERATOR_PRINCIPAL]);
  desk.graph.gate.demandNone();
});

test("beta answers carry objectId where v1.0 has id", async () => {
  exercises("2.1 id in v1.0, objectId in beta");
  const desk = await graphDesk();
  const { body } = await instantiate(desk, "beta");
  expect(body.application?.id).toBeUndefined();
  expect(desk.directory.get("application", String(body.application?.objectId))?.displayName).toBe("corp.example.com");
  expect((await instantiate(desk)).body.servicePrincipal).not.toHaveProperty("objectId");
  desk.graph.gate.demandNone();
});

test("the gallery's list has no Cloud Sync template; by id it is read", async () => {
  exercises("2.2 cloud sync templates are not listed");
  const desk = await graphDesk();
  const listed = column((await desk.ask("GET", "/applicationTemplates")).body, "id");
  expect(listed).not.toContain(TEMPLATE_ENTRA_TO_AD);
  for (const id of [TEMPLATE_ENTRA_TO_AD, TEMPLATE_AD_TO_ENTRA])
    expect((await desk.ask("GET", `/applicationTemplates/${id}`)).status).toBe(200);
  expect((await desk.ask("GET", "/applicationTemplates/0e5e7000-0000-4000-8000-000000000009")).status).toBe(404);
});

test("the scope role is the one of the tenant's cloud", () => {
  exercises("1 scope role by cloud");
  const roleIn = (cloud: keyof typeof CLOUDS) => templateRoles(TEMPLATE_ENTRA_TO_AD, cloud, () => "new")[0]?.id;
  expect([roleIn("Public"), roleIn("USGovernment"), roleIn("China")]).toEqual([
    "1a0abf4d-b9fa-4512-a3a2-51ee82c6fd9f",
    "d8fa317e-0713-4930-91d8-1dbeb150978f",
    "15af7fd5-1a3f-4034-8ea1-1afa3d5ecf63",
  ]);
  expect(templateRoles(TEMPLATE_AD_TO_ENTRA, "Public", () => "new")[0]?.id).toBe("new");
});

test("an assignment asks for AppRoleAssignment.ReadWrite.All and a right to read applications, both", async () => {
  exercises("3.1 assignment needs two permissions", "3.1 OwnedBy covers reading assignments only");
  const halves = [["AppRoleAssignment.ReadWrite.All"], ["Application.Read.All"], ["Application.ReadWrite.OwnedBy"]];
  for (const roles of halves) {
    const desk = await graphDesk({ directory: { applications: operatorWith({ roles }) } });
    const id = desk.directory.newID();
    desk.directory.create({ ...ownConfiguration(desk), id });
    expect((await assign(desk, id, undefined)).status).toBe(403);
    expect((await desk.ask("GET", `/servicePrincipals/${id}/appRoleAssignedTo`)).status).toBe(
      roles[0] === "AppRoleAssignment.ReadWrite.All" ? 403 : 200,
    );
    expect(desk.directory.assignedTo(id)).toEqual([]);
  }
  const desk = await graphDesk();
  const id = await configuration(desk);
  const scope = await desk.token(SCOPE, "world-scope-secret");
  const { status, body } = await assign(desk, id, scope);
  expect([status, body.principalType, body.principalDisplayName]).toEqual([201, "Group", "AD-Sales"]);
  expect(desk.directory.assignedTo(id).map(({ principalId }) => principalId)).toEqual([SALES]);
  desk.graph.gate.demandNone();
});

/** Owned by the operator's application, whoever made it. */
function ownConfiguration(desk: GraphDesk) {
  return {
    kind: "servicePrincipal" as const,
    appId: desk.directory.newID(),
    displayName: "corp.example.com",
    applicationTemplateId: TEMPLATE_ENTRA_TO_AD,
    accountEnabled: true,
    appRoles: templateRoles(TEMPLATE_ENTRA_TO_AD, "Public", () => ""),
    ownerIds: [OPERATOR_PRINCIPAL],
    tags: [],
    createdMs: 0,
  };
}

test("a repeated assignment, an unknown role and an unknown group are refused without effect", async () => {
  exercises("3.1 duplicate assignment is refused", "3.1 role must exist on the service principal");
  const desk = await graphDesk();
  const id = await configuration(desk);
  const scope = await desk.token(SCOPE, "world-scope-secret");
  await assign(desk, id, scope);
  const repeated = await assign(desk, id, scope);
  expect([repeated.status, repeated.body.error?.code]).toEqual([400, "Request_BadRequest"]);
  const path = `/servicePrincipals/${id}/appRoleAssignedTo`;
  const body = { principalId: ENGINEERING, resourceId: id, appRoleId: CLOUDS.China.scopeRoleID };
  expect((await desk.ask("POST", path, { token: scope, body })).status).toBe(400);
  expect((await assign(desk, id, scope, "96009000-0000-4000-8000-00000000ffff")).status).toBe(404);
  expect(desk.directory.assignedTo(id)).toHaveLength(1);
});

test("removing an assignment removes that one; a second removal finds nothing", async () => {
  const desk = await graphDesk();
  const id = await configuration(desk);
  const token = await desk.token(SCOPE, "world-scope-secret");
  const path = `/servicePrincipals/${id}/appRoleAssignedTo`;
  const first = await assign(desk, id, token);
  await assign(desk, id, token, ENGINEERING);
  expect((await desk.ask("DELETE", `${path}/${String(first.body.id)}`, { token })).status).toBe(204);
  expect(desk.directory.assignedTo(id).map(({ principalId }) => principalId)).toEqual([ENGINEERING]);
  expect((await desk.ask("DELETE", `${path}/${String(first.body.id)}`, { token })).status).toBe(404);
  desk.graph.gate.demandNone();
});

test("OwnedBy deletes what the caller owns, and nothing else", async () => {
  exercises("13 OwnedBy needs an owner");
  const applications = operatorWith({ roles: ["Application.ReadWrite.OwnedBy"] });
  const desk = await graphDesk({ directory: { applications } });
  const id = await configuration(desk);
  const foreign = desk.directory.newID();
  desk.directory.create({ ...ownConfiguration(desk), id: foreign, ownerIds: [] });
  expect((await desk.ask("GET", `/servicePrincipals/${foreign}`)).status).toBe(200);
  expect((await desk.ask("DELETE", `/servicePrincipals/${foreign}`)).status).toBe(403);
  expect((await desk.ask("DELETE", `/servicePrincipals/${id}`)).status).toBe(204);
  expect([desk.directory.object(foreign)?.id, desk.directory.object(id)]).toEqual([foreign, undefined]);
});

test("deleting the application deletes its service principal; both are among the deleted items of their types", async () => {
  exercises("13 deleted items by type");
  const desk = await graphDesk();
  const { body } = await instantiate(desk);
  const [application, servicePrincipal] = [String(body.application?.id), String(body.servicePrincipal?.id)];
  expect((await desk.ask("DELETE", `/applications/${application}`)).status).toBe(204);
  const listed = async (type: string) =>
    column((await desk.ask("GET", `/directory/deletedItems/microsoft.graph.${type}`)).body, "id");
  expect(await listed("application")).toEqual([application]);
  expect(await listed("servicePrincipal")).toEqual([servicePrincipal]);
  expect((await desk.ask("GET", "/directory/deletedItems/microsoft.graph.group")).status).toBe(403);
  expect((await desk.ask("GET", `/directory/deletedItems/${application}`)).status).toBe(200);
  desk.graph.gate.demandNone();
});

test("what was just made is unknown to some replicas, in several forms, and then known to all", async () => {
  exercises("10.5 new objects are unknown to some replicas", "10.5 lists lag");
  const desk = await graphDesk({ delays: { preset: "real" } });
  desk.clock.advance(60_000);
  const id = await configuration(desk);
  const told: string[] = [];
  const listed: number[] = [];
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const { status, body } = await desk.ask("GET", `/servicePrincipals/${id}`);
    told.push(status === 200 ? "found" : `${status} ${String(body.error?.code)}`);
    const list = await desk.ask("GET", `/servicePrincipals?$filter=applicationTemplateId eq '${TEMPLATE_ENTRA_TO_AD}'`);
    listed.push(column(list.body, "id").length);
  }
  expect(new Set(told)).toEqual(
    new Set(["found", "404 Request_ResourceNotFound", "404 Directory_ObjectNotFound", "400 Directory_ObjectNotFound"]),
  );
  expect(new Set(listed)).toEqual(new Set([0, 1]));
  desk.clock.advance(15_000);
  for (let attempt = 0; attempt < 20; attempt += 1)
    expect((await desk.ask("GET", `/servicePrincipals/${id}`)).status).toBe(200);
  desk.graph.gate.demandNone();
});
