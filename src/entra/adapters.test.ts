import { ACCESS, NEVER_ABORTED, scriptedEntra } from "./testing/scripted-entra.ts";
import type { Answer } from "./testing/scripted-transport.ts";
import { batchAnswers, graphError } from "./testing/scripted-transport.ts";

const TEMPLATE = "fb81332f-3eca-4ecf-a939-4278e501d330";
const SP = "33333333-3333-4333-8333-333333333333";
const PAIR = { application: { id: "app", appId: "a" }, servicePrincipal: { id: SP, appId: "a" } };

test("a masked secret is refused before anything is sent (S7); its clear twin is written whole", async () => {
  const { entra, transport } = scriptedEntra(() => ({ status: 204 }));
  const domain = { key: "Domain", value: '{"domain":"corp"}' };
  const masked = [domain, { key: "SecretToken", value: "****" }];
  expect(await entra.secrets.replace(ACCESS, SP, masked, NEVER_ABORTED)).toMatchObject({
    kind: "refused",
    failure: { class: "Permanent", reason: "MaskedSecret" },
  });
  expect(transport.seen).toHaveLength(0);
  const clear = [domain, { key: "Wild", value: "*.example.com" }, { key: "Empty", value: "" }];
  expect((await entra.secrets.replace(ACCESS, SP, clear, NEVER_ABORTED)).kind).toBe("done");
  expect(transport.seen[0]?.body).toEqual({ value: clear });
});

test("a create that said success in a form that is not understood is unknown: it had its effect (S8)", async () => {
  for (const body of [{}, { ...PAIR, servicePrincipal: {} }, "created"]) {
    const { entra } = scriptedEntra(() => ({ status: 201, body }));
    const created = await entra.applications.instantiate(
      ACCESS,
      { templateID: TEMPLATE, displayName: "corp" },
      NEVER_ABORTED,
    );
    expect(created).toMatchObject({ kind: "unknown", failure: { class: "UnknownOutcome" } });
  }
});

test("a pair is read in both forms of the vendor", async () => {
  const beta = { application: { objectId: "app", appId: "a" }, servicePrincipal: { objectId: SP, appId: "a" } };
  for (const body of [PAIR, beta]) {
    const { entra } = scriptedEntra(() => ({ status: 201, body }));
    const request = { templateID: TEMPLATE, displayName: "corp" };
    expect(await entra.applications.instantiate(ACCESS, request, NEVER_ABORTED)).toEqual({
      kind: "done",
      value: { applicationID: "app", servicePrincipalID: SP, appID: "a" },
    });
  }
});

test("what Graph's filter let through of other templates is left out", async () => {
  const value = [TEMPLATE.toUpperCase(), "another", null].map((applicationTemplateId, index) => ({
    id: String(index),
    appId: "a",
    applicationTemplateId,
  }));
  const { entra } = scriptedEntra(() => ({ status: 200, body: { value } }));
  const listing = await entra.applications.findByTemplate(ACCESS, TEMPLATE, NEVER_ABORTED);
  expect(listing).toMatchObject({ kind: "complete", items: [{ id: "0" }] });
});

for (const [status, code] of [
  [401, "Unauthorized"],
  [403, "Authorization_RequestDenied"],
  [404, "Request_ResourceNotFound"],
  [400, "Directory_ObjectNotFound"],
  [409, "Conflict"],
] as const) {
  test(`${status} ${code} means not yet for five minutes after a create, and what it says after that`, async () => {
    const { entra, clock } = scriptedEntra(({ path }) =>
      path.endsWith("/instantiate") ? { status: 201, body: PAIR } : graphError(status, code),
    );
    await entra.applications.instantiate(ACCESS, { templateID: TEMPLATE, displayName: "corp" }, NEVER_ABORTED);
    const read = () => entra.jobs.list(ACCESS, SP, NEVER_ABORTED);
    expect(await read()).toMatchObject({
      kind: "failed",
      failure: { class: "Wait", reason: "NotYetVisible", retryAfterMs: 5_000 },
    });
    const other = await entra.jobs.list(ACCESS, "another", NEVER_ABORTED);
    expect(other).not.toMatchObject({ failure: { class: "Wait" } });
    await clock.advance(5 * 60_000);
    expect(await read()).not.toMatchObject({ failure: { class: "Wait" } });
  });
}

test("a batch takes a permit for each part; parts without one were not sent, and say when", async () => {
  const rates = { writes: { burst: 5, perSecond: 0.2 }, reads: { burst: 100, perSecond: 100 } };
  const sent: number[] = [];
  const answer = batchAnswers(({ body }) => ({ status: 201, body: { id: "x", appRoleId: "r", ...(body as object) } }));
  const { entra, clock } = scriptedEntra(
    (request): Answer => {
      sent.push((request.body as { requests: unknown[] }).requests.length);
      return answer(request);
    },
    { rates },
  );
  await entra.access.token(ACCESS, { isFresh: false }, NEVER_ABORTED);
  const groupIDs = Array.from({ length: 10 }, (_, index) => `g-${index}`);
  const pending = entra.assignments.assign(ACCESS, { servicePrincipalID: SP, appRoleID: "r", groupIDs }, NEVER_ABORTED);
  await clock.advance(10_000);
  const answers = await pending;
  // Five at once and two more within the ten seconds that a pass may wait.
  expect(answers.map(({ kind }) => kind)).toEqual([
    ...Array<string>(7).fill("done"),
    ...Array<string>(3).fill("refused"),
  ]);
  expect(answers.at(-1)).toMatchObject({ failure: { class: "Throttled", reason: "OwnRateLimit" } });
  expect(sent).toEqual([7]);
});

test("a batch above twenty parts is a bug and not a request", async () => {
  const { entra, transport } = scriptedEntra(() => ({ status: 200 }));
  const groupIDs = Array.from({ length: 21 }, (_, index) => `g-${index}`);
  const request = { servicePrincipalID: SP, appRoleID: "r", groupIDs };
  await expect(entra.assignments.assign(ACCESS, request, NEVER_ABORTED)).rejects.toThrow(RangeError);
  expect(transport.seen).toHaveLength(0);
});

test("a 400 is looked up before it is told: there already, or refused", async () => {
  const there = new Set(["g-there"]);
  const { entra } = scriptedEntra(
    batchAnswers(({ method, url }) => {
      if (method === "POST") return graphError(400, "Request_BadRequest");
      const id = url.split("/")[2] ?? "";
      return { status: 200, body: { value: there.has(id) ? [{ resourceId: SP, appRoleId: "r" }] : [] } };
    }),
  );
  const request = { servicePrincipalID: SP, appRoleID: "r", groupIDs: ["g-there", "g-bad"] };
  expect(await entra.assignments.assign(ACCESS, request, NEVER_ABORTED)).toMatchObject([
    { kind: "exists" },
    { kind: "refused", failure: { class: "Permanent", reason: "RequestRefused" } },
  ]);
});

test("nothing is sent, and no package loaded, before a port is asked", () => {
  let loads = 0;
  const { transport, entra } = scriptedEntra(() => ({ status: 200 }), {
    loadSDKs: () => {
      loads += 1;
      return Promise.reject(new Error("not here"));
    },
  });
  entra.close();
  expect([loads, transport.seen.length, transport.tokenRequests.length]).toEqual([0, 0, 0]);
});
