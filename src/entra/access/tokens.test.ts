import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SecretReading } from "./cluster.ts";
import type { EntraAccess } from "./port.ts";
import { ACCESS, CLIENT_ID, NEVER_ABORTED, scriptedEntra, secretOf, TENANT_ID } from "../testing/scripted-entra.ts";
import type { Answer } from "../testing/scripted-transport.ts";
import { graphError, jwt, OBJECT_ID, tokenAnswer, tokenRefusal } from "../testing/scripted-transport.ts";

const FOUND: Answer = { status: 200, body: { id: "g", displayName: "G" } };
const call = (entra: ReturnType<typeof scriptedEntra>["entra"], access: EntraAccess = ACCESS) =>
  entra.groups.group(access, "g", NEVER_ABORTED);

const directory = mkdtempSync(join(tmpdir(), "entra-"));
afterAll(() => rmSync(directory, { recursive: true }));
function pair(name: string, days: number): { readonly "tls.crt": string; readonly "tls.key": string } {
  const [key, crt] = [join(directory, `${name}.key`), join(directory, `${name}.crt`)];
  const subject = ["-subj", `/CN=${name}`, "-days", String(days)];
  const form = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", crt, ...subject];
  execFileSync("openssl", form, { stdio: "ignore" });
  return { "tls.crt": readFileSync(crt, "utf8"), "tls.key": readFileSync(key, "utf8") };
}

test("one token serves many calls, taken once for all who wait", async () => {
  const { entra, transport } = scriptedEntra(() => FOUND);
  await Promise.all([1, 2, 3].map(() => call(entra)));
  expect(transport.tokenRequests).toHaveLength(1);
  const [request] = transport.tokenRequests;
  expect(request?.url).toMatch(
    new RegExp(`^https://login\\.microsoftonline\\.com/${TENANT_ID}/oauth2/v2\\.0/token(\\?|$)`),
  );
  expect(request?.body).toMatchObject({
    grant_type: "client_credentials",
    client_id: CLIENT_ID,
    client_secret: "s3cr3t",
    scope: "https://graph.microsoft.com/.default",
  });
  expect(transport.seen).toHaveLength(3);
});

test("a token is renewed five minutes before its end, and a failing renewal keeps the one that holds", async () => {
  let isDown = false;
  const { entra, clock, transport } = scriptedEntra({
    graph: () => FOUND,
    token: () => (isDown ? { status: 503, body: { error: "temporarily_unavailable" } } : tokenAnswer()),
  });
  await call(entra);
  await clock.advance(54 * 60_000);
  await call(entra);
  expect(transport.tokenRequests).toHaveLength(1);
  isDown = true;
  await clock.advance(2 * 60_000);
  expect((await call(entra)).kind).toBe("found");
  expect(transport.tokenRequests).toHaveLength(2);
  await clock.advance(5 * 60_000);
  expect(await call(entra)).toMatchObject({
    kind: "failed",
    failure: { class: "Transient", reason: "AuthorityBusy" },
  });
});

test("facts come from the token, and a fresh one is taken on request, but not twice in 30 s", async () => {
  const roles = [["Application.Read.All"], ["Application.Read.All", "Synchronization.Read.All"]];
  const { entra, clock, transport } = scriptedEntra({
    graph: () => FOUND,
    token: () => tokenAnswer({ oid: OBJECT_ID, roles: roles.shift() ?? [] }),
  });
  const rolesNow = async (isFresh: boolean): Promise<readonly string[]> => {
    const reading = await entra.access.token(ACCESS, { isFresh }, NEVER_ABORTED);
    if (reading.kind !== "issued") throw new Error(JSON.stringify(reading));
    expect(reading.facts.servicePrincipalID).toBe(OBJECT_ID);
    return reading.facts.roles;
  };
  expect(await rolesNow(false)).toHaveLength(1);
  expect(await rolesNow(true)).toHaveLength(1);
  await clock.advance(31_000);
  expect(await rolesNow(false)).toHaveLength(1);
  expect(await rolesNow(true)).toHaveLength(2);
  expect(transport.tokenRequests).toHaveLength(2);
});

test("a token that Graph refuses is taken anew for the next call, but not again and again", async () => {
  const { entra, clock, transport } = scriptedEntra(() => graphError(401, "InvalidAuthenticationToken"));
  await call(entra);
  await call(entra);
  expect(transport.tokenRequests).toHaveLength(1);
  await clock.advance(31_000);
  await call(entra);
  await call(entra);
  expect(transport.tokenRequests).toHaveLength(2);
});

test("two secrets overlap: the second is tried when the first is refused, and remembered", async () => {
  const access: EntraAccess = { ...ACCESS, proof: { kind: "secret", namespace: "a", secretNames: ["old", "new"] } };
  const tried: string[] = [];
  const { entra, clock } = scriptedEntra(
    {
      graph: () => FOUND,
      token: ({ body }) => {
        const { client_secret: secret = "" } = body as Record<string, string>;
        tried.push(secret);
        return secret === "new" ? tokenAnswer() : tokenRefusal(7_000_222);
      },
    },
    { secrets: { read: ({ name }) => Promise.resolve(secretOf({ "client-secret": name })) } },
  );
  expect((await call(entra, access)).kind).toBe("found");
  expect(tried).toEqual(["old", "new"]);
  await clock.advance(58 * 60_000);
  await call(entra, access);
  expect(tried).toEqual(["old", "new", "new"]);
});

test("a refused secret is presented again only after a pause, and at once when the Secret has changed", async () => {
  let secret = "old";
  const { entra, clock, transport } = scriptedEntra(
    {
      graph: () => FOUND,
      token: ({ body }) =>
        (body as Record<string, string>)["client_secret"] === "new" ? tokenAnswer() : tokenRefusal(7_000_215),
    },
    { secrets: { read: () => Promise.resolve(secretOf({ "client-secret": secret })) } },
  );
  const denied = { kind: "failed", failure: { class: "Denied", reason: "ClientSecretInvalid" } };
  expect(await call(entra)).toMatchObject(denied);
  expect(await call(entra)).toMatchObject(denied);
  expect(transport.tokenRequests).toHaveLength(1);
  await clock.advance(15_000);
  expect(await call(entra)).toMatchObject(denied);
  expect(transport.tokenRequests).toHaveLength(2);
  // The pause is 30 s now; the Secret is looked at after 15.
  secret = "new";
  await clock.advance(16_000);
  expect((await call(entra)).kind).toBe("found");
});

test("a certificate signs, its end is told, and one that cannot serve is named without its key", async () => {
  const good = pair("good", 30);
  const other = pair("other", 30);
  const access: EntraAccess = { ...ACCESS, proof: { kind: "certificate", namespace: "a", secretNames: ["cert"] } };
  const first = scriptedEntra(() => FOUND, { secrets: { read: () => Promise.resolve(secretOf(good)) } });
  const reading = await first.entra.access.token(access, { isFresh: false }, NEVER_ABORTED);
  const endsMs = reading.kind === "issued" ? (reading.facts.certificateExpiresAtMs ?? 0) : 0;
  expect(Math.abs(endsMs - Date.now() - 30 * 24 * 3_600_000)).toBeLessThan(3_600_000);
  expect((first.transport.tokenRequests[0]?.body as Record<string, string>)["client_assertion"]).toMatch(/^eyJ/);

  for (const [values, says] of [
    [{ ...good, "tls.key": other["tls.key"] }, "tls.key does not belong to tls.crt"],
    [{ "tls.crt": good["tls.crt"] }, "it has no tls.key"],
    [{ "tls.crt": "x", "tls.key": "y" }, "not PEM"],
  ] as const) {
    const { entra } = scriptedEntra(() => FOUND, { secrets: { read: () => Promise.resolve(secretOf(values)) } });
    const outcome = await call(entra, access);
    expect(outcome).toMatchObject({
      failure: { class: "Denied", reason: "SecretUnusable", message: expect.stringContaining(says) as unknown },
    });
    expect(JSON.stringify(outcome)).not.toContain("PRIVATE KEY");
  }
});

test("a service account's token is exchanged with the audience of the cloud, at the cloud's own authority", async () => {
  const asked: unknown[] = [];
  const { entra, transport } = scriptedEntra(() => FOUND, {
    serviceAccounts: {
      token: (serviceAccount, audience) => {
        asked.push({ ...serviceAccount, audience });
        return Promise.resolve({ kind: "issued", token: "cluster-jwt", expiresAtMs: 0 });
      },
    },
  });
  const proof = { kind: "serviceAccount", namespace: "team-a", name: "entra" } as const;
  await call(entra, { ...ACCESS, cloud: "China", proof });
  expect(asked).toEqual([{ namespace: "team-a", name: "entra", audience: "api://AzureADTokenExchangeChina" }]);
  expect(transport.tokenRequests[0]).toMatchObject({
    host: "login.chinacloudapi.cn",
    body: { client_assertion: "cluster-jwt", scope: "https://microsoftgraph.chinacloudapi.cn/.default" },
  });
  expect(transport.seen[0]?.host).toBe("microsoftgraph.chinacloudapi.cn");
});

test("the operator's own identity is its federated token, read anew each time; without one it says so", async () => {
  const tokens = ["one", "two"];
  const access: EntraAccess = { ...ACCESS, proof: { kind: "operator" } };
  const { entra, clock, transport } = scriptedEntra(() => FOUND, {
    operatorAssertion: () => Promise.resolve(tokens.shift() ?? ""),
  });
  await call(entra, access);
  await clock.advance(3_600_000);
  await call(entra, access);
  expect(transport.tokenRequests.map(({ body }) => (body as Record<string, string>)["client_assertion"])).toEqual([
    "one",
    "two",
  ]);
  expect(await call(scriptedEntra(() => FOUND).entra, access)).toMatchObject({
    failure: { class: "Denied", reason: "NoOwnIdentity" },
  });
});

const FORBIDDEN: SecretReading = {
  kind: "failed",
  failure: { class: "Denied", reason: "Forbidden", message: "secrets is forbidden", fix: "" },
};
test("a Secret that may not be read names the right that is missing", async () => {
  const { entra, transport } = scriptedEntra(() => FOUND, { secrets: { read: () => Promise.resolve(FORBIDDEN) } });
  expect(await call(entra)).toMatchObject({
    failure: {
      class: "Denied",
      reason: "SecretNotReadable",
      fix: "Allow it get on that Secret: value secretReaders of the chart, with {namespace: team-a, names: [entra]}.",
    },
  });
  expect(transport.tokenRequests).toHaveLength(0);
});

const refusals: readonly (readonly [
  number: number,
  word: string,
  status: number,
  failureClass: string,
  reason: string,
])[] = [
  [7_000_215, "invalid_client", 401, "Denied", "ClientSecretInvalid"],
  [7_000_222, "invalid_client", 401, "Denied", "ClientSecretExpired"],
  [700_016, "unauthorized_client", 400, "Denied", "ApplicationNotFound"],
  [90_002, "invalid_request", 400, "Denied", "TenantNotFound"],
  [700_027, "invalid_client", 401, "Denied", "CertificateRefused"],
  [700_213, "invalid_request", 400, "Denied", "FederationMismatch"],
  [70_021, "invalid_request", 400, "Denied", "FederationMismatch"],
  [53_003, "access_denied", 400, "Denied", "ConditionalAccess"],
  [700_024, "invalid_client", 401, "Transient", "AssertionExpired"],
  [123_456, "invalid_client", 401, "Denied", "CredentialRefused"], // a number of tomorrow
  [123_456, "word_of_tomorrow", 400, "Denied", "TokenRefused"],
  [90_033, "temporarily_unavailable", 503, "Transient", "AuthorityBusy"],
];
for (const [number, word, status, failureClass, reason] of refusals) {
  test(`AADSTS${number} with ${word} is ${reason}`, async () => {
    const { entra } = scriptedEntra({ graph: () => FOUND, token: () => tokenRefusal(number, word, status) });
    const outcome = await call(entra);
    expect(outcome).toMatchObject({ failure: { class: failureClass, reason } });
    expect(JSON.stringify(outcome)).not.toContain("s3cr3t");
  });
}

test("the authority's own words: throttled, unreachable", async () => {
  const throttled = scriptedEntra({
    graph: () => FOUND,
    token: () => ({ status: 429, headers: { "retry-after": "60" } }),
  });
  expect(await call(throttled.entra)).toMatchObject({ failure: { class: "Throttled", retryAfterMs: 60_000 } });
  await throttled.clock.advance(59_000);
  await call(throttled.entra);
  expect(throttled.transport.tokenRequests).toHaveLength(1);
  const unreachable = scriptedEntra({ graph: () => FOUND, token: () => ({ lost: "ENOTFOUND" }) });
  expect(await call(unreachable.entra)).toMatchObject({
    failure: { class: "Transient", reason: "AuthorityUnreachable" },
  });
});

test("a token request that is not answered ends by its deadline, as not sent", async () => {
  const { entra, clock } = scriptedEntra({ graph: () => FOUND, token: () => "never" });
  const write = entra.jobs.start(ACCESS, { servicePrincipalID: "s", jobID: "j" }, NEVER_ABORTED);
  await clock.settle();
  await clock.advance(31_000);
  expect(await write).toMatchObject({ kind: "refused", failure: { class: "Transient", reason: "TokenLate" } });
});

test("a token whose form is not understood serves calls, and its facts are unknown", async () => {
  const answer = { token_type: "Bearer", expires_in: 3_600, access_token: "opaque" };
  const { entra } = scriptedEntra({ graph: () => FOUND, token: () => ({ status: 200, body: answer }) });
  expect((await call(entra)).kind).toBe("found");
  expect(await entra.access.token(ACCESS, { isFresh: false }, NEVER_ABORTED)).toMatchObject({
    kind: "failed",
    failure: { reason: "TokenOpaque" },
  });
  expect(jwt({ a: 1 })).toMatch(/^eyJ/);
});
