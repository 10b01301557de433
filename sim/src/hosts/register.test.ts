import { DEFAULT_TENANTS, type TenantLayout } from "../layout/tenants.ts";
import { Bench } from "./test-bench.ts";
import { CONFIGURE, configured, DOMAIN, installed, REGISTER, TENANT_ID, TOKEN_SECRET } from "./test-steps.ts";

const TENANT = DEFAULT_TENANTS.tenants[0]!;
const ACCOUNT = TENANT.accounts[0]!;
const withTenant = (changes: Partial<TenantLayout>): Bench =>
  new Bench({ layout: { tenants: { tenants: [{ ...TENANT, ...changes }] } } });
const withAccount = (changes: object): Bench => withTenant({ accounts: [{ ...ACCOUNT, ...changes }] });
const byToken = { mode: "AccessToken", secretARN: TOKEN_SECRET };
const agents = (bench: Bench): number => bench.guests.control.tenantTruth(TENANT_ID)?.agents.length ?? -1;

const rows: readonly (readonly [sentence: string, bench: () => Bench, changes: object, error: object])[] = [
  [
    "a wrong password",
    () => withAccount({ password: "other" }),
    {},
    { class: "Credential", reason: "CredentialRefused" },
  ],
  [
    "an account that needs MFA",
    () => withAccount({ requiresMFA: true }),
    {},
    { class: "Credential", reason: "MFARequired" },
  ],
  [
    "an account without the role",
    () => withAccount({ roles: ["User Administrator"] }),
    {},
    { class: "Credential", reason: "CredentialRefused" },
  ],
  ["a guest", () => withAccount({ isGuest: true }), {}, { class: "Credential", reason: "GuestAccount" }],
  [
    "a disabled account",
    () => withAccount({ isDisabled: true }),
    {},
    { class: "Credential", reason: "AccountDisabled" },
  ],
  ["an unknown token", () => withTenant({ tokens: [] }), byToken, { class: "Credential", reason: "TokenRefused" }],
  [
    "an expired token",
    () => withTenant({ tokens: [{ ...TENANT.tokens![0]!, expiresAt: "2026-11-01T00:05:00Z" }] }),
    byToken,
    { class: "Credential", reason: "TokenExpired" },
  ],
  [
    "a tenant that does not answer",
    () => withTenant({ isReachable: false }),
    {},
    { class: "Transient", reason: "EntraUnreachable" },
  ],
  [
    "a zone without a way out",
    () => withTenant({ unreachableFrom: ["ap-northeast-1a"] }),
    {},
    { class: "Transient", reason: "EntraUnreachable" },
  ],
  [
    "a tenant of another cloud",
    () => withTenant({ cloud: "China" }),
    {},
    { class: "Permanent", reason: "TenantNotFound" },
  ],
  [
    "an unknown tenant",
    () => new Bench(),
    { ...byToken, tenantID: "00000000-0000-0000-0000-000000000000" },
    { class: "Permanent", reason: "TenantNotFound" },
  ],
  [
    "a secret of another kind",
    () => new Bench(),
    { secretARN: TOKEN_SECRET },
    { class: "Permanent", reason: "SecretMalformed" },
  ],
];
for (const [sentence, bench, changes, error] of rows) {
  test(`a registration fails on ${sentence} and leaves no record`, () => {
    const world = bench();
    const instanceID = installed(world, "1");
    expect(world.run("Register", instanceID, { ...REGISTER, ...changes })).toMatchObject({ outcome: "Failed", error });
    expect(world.guests.control.truth(instanceID)).toMatchObject({ registeredTenantID: null });
    expect(agents(world)).toBe(0);
  });
}

test("a delegated token registers where a password would meet MFA", () => {
  const bench = new Bench();
  const instanceID = installed(bench, "1");
  expect(bench.run("Register", instanceID, { ...REGISTER, ...byToken })).toMatchObject({
    outcome: "Succeeded",
    changed: true,
  });
  expect(bench.run("Register", instanceID, { ...REGISTER, ...byToken })).toMatchObject({
    outcome: "Succeeded",
    changed: false,
  });
  expect(agents(bench)).toBe(1);
});

test("a registration without an installed agent says so", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  expect(bench.run("Register", instanceID, REGISTER)).toMatchObject({ error: { reason: "AgentNotInstalled" } });
});

test("two hosts that set up one domain at the same moment leave a mark; one after the other leave none", () => {
  const bench = new Bench();
  const first = installed(bench, "1");
  const second = installed(bench, "2");
  const overlaps = (): unknown => bench.guests.control.domainTruth(DOMAIN)?.registrationOverlaps;
  bench.run("Register", first, REGISTER);
  expect(overlaps()).toEqual([]);
  bench.send("Configure", [first], { operationID: "operationfirst", ...CONFIGURE });
  bench.clock.advance(10_000);
  bench.send("Register", [second], { operationID: "operationsecond", ...REGISTER });
  bench.clock.advance(5 * 60_000);
  expect(overlaps()).toMatchObject([
    {
      domain: DOMAIN,
      earlier: { instanceID: first, step: "Configure" },
      later: { instanceID: second, step: "Register" },
    },
  ]);
});

test("three hosts set up one after the other leave no mark, and a host that dies in its set-up frees the moment", () => {
  const bench = new Bench();
  const dying = installed(bench, "9");
  bench.send("Register", [dying], { operationID: "operationdying", ...REGISTER });
  bench.clock.advance(5_000);
  bench.end(dying, "terminate");
  for (const id of ["1", "2", "3"]) configured(bench, id);
  expect(bench.guests.control.domainTruth(DOMAIN)?.registrationOverlaps).toEqual([]);
});
