/** One whole world: configured through Graph with real tokens and permissions, looked at and changed at the control desk. */
import { controlAPI } from "../src/control/routes.ts";
import { virtualClock } from "../src/core/clock.ts";
import { createWorld } from "../src/world.ts";

const TENANT = "6b29fc40-ca47-4067-b31d-00dd010662da";
const GRAPH = "https://graph.microsoft.com/v1.0";
const CONTAINER = "OU=EntraGroups,DC=corp,DC=example,DC=com";
const CANARY = "96009000-0000-4000-8000-000000000003";

interface Told {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function desk() {
  const clock = virtualClock();
  const world = createWorld({ clock, delays: { preset: "zero" } });
  const send = async (
    method: string,
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<Told> => {
    const outcome = await world.handleGraph({ method, url, headers, body });
    if (outcome.kind === "lost") return { status: 0, body: {} };
    const text = outcome.response.body;
    return { status: outcome.response.status, body: text === "" ? {} : (JSON.parse(text) as Told["body"]) };
  };
  const token = async (client_id: string, client_secret: string): Promise<string> => {
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      scope: "https://graph.microsoft.com/.default",
      client_id,
      client_secret,
    });
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const { body } = await send(
      "POST",
      `https://login.microsoftonline.com/${TENANT}/oauth2/v2.0/token`,
      headers,
      form.toString(),
    );
    return String(body["access_token"]);
  };
  const operator = await token("9c8f0a52-9c3c-4b59-8f3f-6f4a5f6a7b10", "world-operator-secret");
  const scope = await token("3d1f7a64-08c5-4a0e-9b1d-6d0f2f9a4c21", "world-scope-secret");
  const ask = (method: string, path: string, body?: unknown, bearer = operator): Promise<Told> =>
    send(
      method,
      `${GRAPH}${path}`,
      { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
      body === undefined ? "" : JSON.stringify(body),
    );
  const answer = controlAPI(world);
  const control = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> => {
    const outcome = await answer({ method, path, headers: {}, body: body === undefined ? "" : JSON.stringify(body) });
    if (outcome.kind === "lost") throw new Error("the control desk answers");
    return { status: outcome.response.status, body: JSON.parse(outcome.response.body) as unknown };
  };
  return { clock, world, ask, control, scope };
}

test("instantiate, job, secrets, schema, assignment, on-demand run: every call is of the contract, and the agent is what is missing", async () => {
  const { world, ask, control, scope } = await desk();
  const made = await ask("POST", "/applicationTemplates/fb81332f-3eca-4ecf-a939-4278e501d330/instantiate", {
    displayName: "corp.example.com",
  });
  const { id } = made.body["servicePrincipal"] as { id: string };
  const root = `/servicePrincipals/${id}/synchronization`;
  expect((await ask("GET", `${root}/templates`)).body).toMatchObject({ value: [{ id: "AAD2ADGroupProvisioning" }] });
  const job = (await ask("POST", `${root}/jobs`, { templateId: "AAD2ADGroupProvisioning" })).body["id"] as string;
  const secrets = { value: [{ key: "Domain", value: '{"domain":"corp.example.com"}' }] };
  expect((await ask("PUT", `${root}/secrets`, secrets)).status).toBe(204);
  const schema = (await ask("GET", `${root}/jobs/${job}/schema`)).body;
  expect((await ask("PUT", `${root}/jobs/${job}/schema`, schema)).status).toBe(204);
  const role = "1a0abf4d-b9fa-4512-a3a2-51ee82c6fd9f";
  const assignment = { principalId: CANARY, resourceId: id, appRoleId: role };
  expect((await ask("POST", `/servicePrincipals/${id}/appRoleAssignedTo`, assignment, scope)).status).toBe(201);
  const [rule] = schema["synchronizationRules"] as readonly { readonly id: string }[];
  const run = { parameters: [{ ruleId: rule?.id, subjects: [{ objectId: CANARY, objectTypeName: "Group" }] }] };
  const { body } = await ask("POST", `${root}/jobs/${job}/provisionOnDemand`, run);
  expect(JSON.parse(String(body["key"]))).toMatchObject({
    details: { errorCode: "HybridIdentityServiceNoAgentsAssigned" },
  });
  expect((await ask("GET", `/auditLogs/provisioning?$filter=${encodeURIComponent(`jobId eq '${job}'`)}`)).status).toBe(
    200,
  );
  expect((await ask("POST", `${root}/jobs/${job}/start`)).status).toBe(204);
  expect((await control("GET", "/synchronization")).body).toMatchObject([
    { tenantID: TENANT, configurations: [{ servicePrincipalID: id }] },
  ]);
  expect(world.graph.gate.breaches).toEqual([]);
});

test("the sixth run on demand in ten seconds is refused with Retry-After's status", async () => {
  const { ask, control, world } = await desk();
  const made = (
    await control("POST", `/synchronization/${TENANT}`, {
      displayName: "corp",
      domain: "corp.example.com",
      container: CONTAINER,
    })
  ).body;
  const { servicePrincipalID, jobID } = made as { servicePrincipalID: string; jobID: string };
  const path = `/servicePrincipals/${servicePrincipalID}/synchronization/jobs/${jobID}/provisionOnDemand`;
  const rule = world.synchronization.get(TENANT)?.configuration(servicePrincipalID).jobs.get(jobID)?.schema
    .rules[0]?.id;
  const run = { parameters: [{ ruleId: rule, subjects: [{ objectId: CANARY, objectTypeName: "Group" }] }] };
  const statuses: number[] = [];
  for (let count = 0; count < 6; count += 1) statuses.push((await ask("POST", path, run)).status);
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
});

test("a person makes a configuration in the portal, edits it, and reads AD at the desk", async () => {
  const { control, world, clock } = await desk();
  const made = (
    await control("POST", `/synchronization/${TENANT}`, {
      displayName: "corp",
      domain: "corp.example.com",
      container: CONTAINER,
    })
  ).body;
  const { servicePrincipalID, jobID } = made as { servicePrincipalID: string; jobID: string };
  const hand = (action: string, body: unknown) =>
    control("POST", `/synchronization/${TENANT}/${servicePrincipalID}/${action}`, body);
  const job = () => world.synchronization.get(TENANT)?.configuration(servicePrincipalID).jobs.get(jobID);
  expect((await hand("settings", { SyncAll: "true" })).body).toMatchObject({
    settings: expect.arrayContaining([
      { key: "SyncAll", value: "true" },
      { key: "SyncAgentCompatibilityKey", value: "*" },
    ]) as unknown,
  });
  expect((await hand("mapping", { target: "cn", expression: 'Append("Group_",[objectId])' })).status).toBe(200);
  expect(job()?.isStarted).toBe(false);
  expect(
    (
      await hand("filters", {
        groups: [
          {
            name: "own",
            clauses: [{ sourceOperandName: "displayName", operatorName: "REGEX MATCH", values: ["^AD-"] }],
          },
        ],
      })
    ).status,
  ).toBe(200);
  expect((await hand("membership", { isOn: true })).body).toMatchObject({ writesOnPremisesMembers: true });
  expect((await hand("start", {})).status).toBe(200);
  clock.advance(60_000);
  expect(job()?.lastExecution?.state).toBe("Failed");
  expect((await hand("pause", {})).body).toMatchObject({ jobs: [{ status: { code: "Paused" } }] });
  expect((await hand("mapping", { target: "cn", expression: "Concat([x])" })).status).toBe(400);
  expect((await hand("explode", {})).status).toBe(404);
  world.activeDirectory.get("corp.example.com")?.groups.create({ container: CONTAINER, attributes: { cn: "by hand" } });
  expect((await control("GET", "/domains/corp.example.com/groups")).body).toMatchObject([
    { distinguishedName: `CN=by hand,${CONTAINER}`, container: CONTAINER, members: [] },
  ]);
});

test("switches, units and rights are set at the desk; unknown words are refused", async () => {
  const { control, world } = await desk();
  expect((await control("PUT", `/synchronization/${TENANT}`, { leavingGroup: "kept" })).status).toBe(200);
  expect(world.synchronization.get(TENANT)?.switches.leavingGroup).toBe("kept");
  expect((await control("PUT", `/synchronization/${TENANT}`, { leavingGroup: "burnt" })).status).toBe(400);
  expect((await control("PUT", `/synchronization/${TENANT}`, { colour: "red" })).status).toBe(400);
  const domain = "/domains/corp.example.com";
  expect(
    (
      await control("PUT", `${domain}/rights`, {
        distinguishedName: CONTAINER,
        trustee: "gmsaCloudSync$",
        isGranted: true,
      })
    ).body,
  ).toEqual({ granted: 3 });
  expect(
    (
      await control("PUT", `${domain}/rights`, {
        distinguishedName: CONTAINER,
        trustee: "gmsaCloudSync$",
        isGranted: false,
      })
    ).body,
  ).toEqual({ revoked: 6 }); // the three of the layout as well
  expect((await control("PUT", `${domain}/units`, { distinguishedName: CONTAINER, isThere: false })).body).toEqual({
    distinguishedName: CONTAINER,
    isThere: false,
  });
});
