/** Tokens: how clients prove themselves, and what a token is good for (entra-graph reference, 10.6, 13). */
import { createHash, createSign, generateKeyPairSync, X509Certificate } from "node:crypto";

import { exercises } from "../../facts.ts";
import { grantRoles, withdrawRoles } from "../../entra/fill.ts";
import { makeCertificate } from "../certificate.ts";
import type { GraphDesk, Told } from "../test-desk.ts";
import { LOGIN, OPERATOR, OPERATOR_PRINCIPAL, TENANT_ID, graphDesk, operatorWith, signIn, text } from "../test-desk.ts";

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const SUBJECT = "system:serviceaccount:identity:entra-configuration";

function claimsOf(told: Told): Record<string, unknown> {
  const payload = text(told.body.access_token).split(".")[1] ?? "";
  return JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
}
function codeOf({ status, body }: Told): readonly unknown[] {
  return [status, body.error, (body.error_codes as unknown as readonly number[] | undefined)?.[0]];
}
function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
function serviceAccountToken(desk: GraphDesk, changes: Record<string, unknown> = {}): string {
  const exp = Math.floor(desk.clock.nowMs() / 1_000) + 600;
  const claims = {
    iss: "https://kubernetes.default.svc",
    sub: SUBJECT,
    aud: ["api://AzureADTokenExchange"],
    exp,
    ...changes,
  };
  return `${encoded({ alg: "RS256" })}.${encoded(claims)}.simulated`;
}
function bySubject(desk: GraphDesk, changes: Record<string, unknown> = {}): Promise<Told> {
  const assertion = { client_assertion_type: ASSERTION_TYPE, client_assertion: serviceAccountToken(desk, changes) };
  return signIn(desk.send, { client_id: OPERATOR, ...assertion });
}

test("a token says tenant, client, audience and the roles granted at this moment", async () => {
  exercises("13 roles are those of the token");
  const desk = await graphDesk();
  const told = await signIn(desk.send, { client_id: OPERATOR, client_secret: "world-operator-secret" });
  const claims = claimsOf(told);
  expect(claims).toMatchObject({
    tid: TENANT_ID,
    appid: OPERATOR,
    oid: OPERATOR_PRINCIPAL,
    aud: "https://graph.microsoft.com",
  });
  expect(claims.roles).toContain("Synchronization.ReadWrite.All");
  expect(claims.roles).not.toContain("Domain.Read.All");
  const old = text(told.body.access_token);
  grantRoles(desk.directory, OPERATOR_PRINCIPAL, ["Domain.Read.All"]);
  expect((await desk.ask("GET", "/domains", { token: old })).status).toBe(403);
  expect((await desk.ask("GET", "/domains", { token: await desk.token() })).status).toBe(200);
  withdrawRoles(desk.directory, OPERATOR_PRINCIPAL, ["GroupMember.Read.All"]);
  expect((await desk.ask("GET", "/groups", { token: old })).status).toBe(200);
  expect((await desk.ask("GET", "/groups", { token: await desk.token() })).status).toBe(403);
  desk.graph.gate.demandNone();
});

test("secrets: a wrong one, an expired one, and two side by side while one is replaced", async () => {
  exercises("13 client secret");
  const secrets = [{ text: "old", expiresAt: "2026-11-02T00:00:00Z" }, { text: "new" }];
  const desk = await graphDesk({
    directory: { applications: [...operatorWith({ secrets: [...secrets, { text: "world-operator-secret" }] })] },
  });
  const by = (client_secret: string) => signIn(desk.send, { client_id: OPERATOR, client_secret });
  expect([(await by("old")).status, (await by("new")).status]).toEqual([200, 200]);
  expect(codeOf(await by("typo"))).toEqual([401, "invalid_client", 7000215]);
  desk.clock.advance(24 * 3_600_000);
  expect(codeOf(await by("old"))).toEqual([401, "invalid_client", 7000222]);
  expect((await by("new")).status).toBe(200);
  expect(JSON.stringify(desk.world.log.read())).not.toContain("world-operator-secret");
});

test("a service account's token is taken when issuer, subject and audience are those of a federated credential", async () => {
  exercises("13 federated credential");
  const desk = await graphDesk();
  expect((await bySubject(desk)).status).toBe(200);
  expect(codeOf(await bySubject(desk, { iss: "https://elsewhere.example" }))).toEqual([401, "invalid_client", 700211]);
  expect(codeOf(await bySubject(desk, { aud: ["https://kubernetes.default.svc"] }))).toEqual([
    401,
    "invalid_client",
    700212,
  ]);
  expect(codeOf(await bySubject(desk, { sub: "system:serviceaccount:other:entra-configuration" }))).toEqual([
    401,
    "invalid_client",
    700213,
  ]);
  expect(codeOf(await bySubject(desk, { exp: Math.floor(desk.clock.nowMs() / 1_000) }))).toEqual([
    401,
    "invalid_client",
    700024,
  ]);
  desk.graph.gate.demandNone();
});

test("where the issuer's keys are known, its signature counts", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const key = publicKey.export({ type: "spki", format: "pem" }).toString();
  const desk = await graphDesk({ directory: { issuerKeys: { "https://kubernetes.default.svc": [key] } } });
  expect(codeOf(await bySubject(desk))).toEqual([401, "invalid_client", 50027]);
  const [header = "", payload = ""] = serviceAccountToken(desk).split(".");
  const signature = createSign("sha256").update(`${header}.${payload}`).sign(privateKey, "base64url");
  const form = {
    client_id: OPERATOR,
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: `${header}.${payload}.${signature}`,
  };
  expect((await signIn(desk.send, form)).status).toBe(200);
});

test("an assertion by certificate is taken when a registered certificate signed it for this endpoint", async () => {
  exercises("13 client certificate");
  const registered = makeCertificate(Date.UTC(2026, 10, 1));
  const other = makeCertificate(Date.UTC(2026, 10, 1));
  const desk = await graphDesk({
    directory: { applications: operatorWith({ certificates: [registered.certificate] }) },
  });
  const by = (certificate: string, key: string, changes: Record<string, unknown> = {}) => {
    const { raw } = new X509Certificate(certificate);
    const thumbprint = createHash("sha256").update(raw).digest("base64url");
    const nowSeconds = Math.floor(desk.clock.nowMs() / 1_000);
    const claims = {
      iss: OPERATOR,
      sub: OPERATOR,
      aud: `${LOGIN}/${TENANT_ID}/oauth2/v2.0/token`,
      nbf: nowSeconds,
      exp: nowSeconds + 600,
      ...changes,
    };
    const content = `${encoded({ alg: "RS256", "x5t#S256": thumbprint })}.${encoded(claims)}`;
    const client_assertion = `${content}.${createSign("sha256").update(content).sign(key, "base64url")}`;
    return signIn(desk.send, { client_id: OPERATOR, client_assertion_type: ASSERTION_TYPE, client_assertion });
  };
  expect((await by(registered.certificate, registered.key)).status).toBe(200);
  expect(codeOf(await by(other.certificate, other.key))).toEqual([401, "invalid_client", 700027]);
  expect(codeOf(await by(registered.certificate, other.key))).toEqual([401, "invalid_client", 50027]);
  expect(codeOf(await by(registered.certificate, registered.key, { aud: "https://elsewhere.example" }))).toEqual([
    401,
    "invalid_client",
    50027,
  ]);
  desk.graph.gate.demandNone();
});

test("a tenant is known at the authority of its own cloud; tokens are for that cloud's Graph", async () => {
  exercises("10.6 clouds have their own endpoints", "10.6 tokens are for one cloud");
  const desk = await graphDesk();
  const secret = { client_id: OPERATOR, client_secret: "world-operator-secret" };
  const elsewhere = await signIn(desk.send, secret, { login: "https://login.microsoftonline.us" });
  expect(codeOf(elsewhere)).toEqual([400, "invalid_request", 90002]);
  const foreign = await signIn(desk.send, { ...secret, scope: "https://graph.microsoft.us/.default" });
  expect(codeOf(foreign)).toEqual([400, "invalid_resource", 500011]);
  expect(codeOf(await signIn(desk.send, secret, { tenant: "0e5e7000-0000-4000-8000-000000000009" }))).toEqual([
    400,
    "invalid_request",
    90002,
  ]);
  const token = await desk.token();
  expect((await desk.ask("GET", "https://graph.microsoft.us/v1.0/groups", { token })).status).toBe(401);
  expect((await desk.ask("GET", "/groups", { token })).status).toBe(200);
});

test("an expired token, a changed one and none are refused with 401", async () => {
  const desk = await graphDesk();
  const token = await desk.token();
  const [header = "", payload = "", signature = ""] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as object;
  const widened = `${header}.${encoded({ ...claims, roles: ["Directory.ReadWrite.All"] })}.${signature}`;
  for (const bad of [widened, "nonsense", ""]) {
    const { status, body } = await desk.ask("GET", "/groups", { token: bad });
    expect([status, body.error?.code]).toEqual([401, "InvalidAuthenticationToken"]);
  }
  desk.clock.advance(3_600_000);
  expect((await desk.ask("GET", "/groups", { token })).status).toBe(401);
});

test("a malformed token request is a breach of the contract", async () => {
  const desk = await graphDesk();
  await signIn(desk.send, { client_id: OPERATOR, client_secret: "x", resource: "https://graph.microsoft.com" });
  expect(desk.graph.gate.breaches.map(({ kind }) => kind)).toEqual(["token"]);
});
