/** The adapters of src/entra against the world's Graph in one process: every request passes the gate of the OpenAPI extracts. */
import { graphDesk, operatorWith } from "../../../sim/src/graph/test-desk.ts";
import type { GraphDesk } from "../../../sim/src/graph/test-desk.ts";
import { DEFAULT_ENTRA_DIRECTORY } from "../../../sim/src/layout/entra-directory.ts";
import type { GroupLayout } from "../../../sim/src/layout/entra-directory.ts";
import type { EntraAccess } from "../../../src/entra/access/port.ts";
import type { Entra } from "../../../src/entra/adapters.ts";
import type { Listing, Reading, Written } from "../../../src/entra/outcome.ts";
import { ACCESS, SCOPE_ACCESS, SCOPE_ROLE, worldEntra } from "./world-entra.ts";

const TEMPLATE = "fb81332f-3eca-4ecf-a939-4278e501d330";
const NEVER_ABORTED = new AbortController().signal;
interface Bench {
  readonly desk: GraphDesk;
  readonly entra: Entra;
  /** Lets world time pass in seconds, so that everything in between happens in its order. */
  wait(seconds: number): Promise<void>;
}

async function bench(options: Parameters<typeof graphDesk>[0] = {}): Promise<Bench> {
  const desk = await graphDesk(options);
  const { clock } = desk;
  const { entra } = worldEntra({ clock, handle: (request) => desk.world.handleGraph(request) });
  return {
    desk,
    entra,
    async wait(seconds) {
      for (let second = 0; second < seconds; second += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        clock.advance(1_000);
      }
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

function found<Value>(reading: Reading<Value>): Value {
  if (reading.kind !== "found") throw new Error(JSON.stringify(reading));
  return reading.value;
}
function complete<Item>(listing: Listing<Item>): readonly Item[] {
  if (listing.kind !== "complete") throw new Error(JSON.stringify(listing));
  return listing.items;
}
function done<Value>(written: Written<Value>): Value {
  if (written.kind !== "done") throw new Error(JSON.stringify(written));
  return written.value;
}
const breaches = ({ desk }: Bench): unknown => desk.graph.gate.breaches;

async function configuration({ entra }: Bench) {
  const { servicePrincipalID, appID, applicationID } = done(
    await entra.applications.instantiate(
      ACCESS,
      { templateID: TEMPLATE, displayName: "corp.example.com" },
      NEVER_ABORTED,
    ),
  );
  const job = done(
    await entra.jobs.create(ACCESS, { servicePrincipalID, templateID: "AAD2ADGroupProvisioning" }, NEVER_ABORTED),
  );
  return { servicePrincipalID, appID, applicationID, job, address: { servicePrincipalID, jobID: job.id } };
}

test("a token tells roles and the caller's own service principal", async () => {
  const { entra } = await bench();
  const reading = await entra.access.token(ACCESS, { isFresh: false }, NEVER_ABORTED);
  expect(reading).toMatchObject({
    kind: "issued",
    facts: {
      servicePrincipalID: "5e900000-0000-4000-8000-000000000001",
      roles: expect.arrayContaining(["Application.ReadWrite.OwnedBy"]) as unknown,
    },
  });
});

test("the whole of a configuration, within the contract: create, look, write secrets and schema, run, end", async () => {
  const b = await bench();
  const { entra } = b;
  const { servicePrincipalID, appID, applicationID, job, address } = await configuration(b);
  expect(job).toMatchObject({ template: "AAD2ADGroupProvisioning", status: { code: "Paused" } });
  expect(job.status.steadyStateFirstMs).toBeUndefined();
  const twins = complete(await entra.applications.findByTemplate(ACCESS, TEMPLATE, NEVER_ABORTED));
  expect(twins.map(({ id }) => id)).toEqual([servicePrincipalID]);
  const principal = found(await entra.applications.servicePrincipal(ACCESS, servicePrincipalID, NEVER_ABORTED));
  expect(principal.appRoles.some(({ id }) => id === SCOPE_ROLE)).toBe(true);
  expect(found(await entra.applications.applicationOf(ACCESS, appID, NEVER_ABORTED)).id).toBe(applicationID);
  expect(complete(await entra.applications.applicationOwners(ACCESS, applicationID, NEVER_ABORTED))).toEqual([
    "5e900000-0000-4000-8000-000000000001",
  ]);
  expect(complete(await entra.jobs.templates(ACCESS, servicePrincipalID, NEVER_ABORTED)).map(({ id }) => id)).toContain(
    "AAD2ADGroupProvisioning",
  );
  expect(complete(await entra.jobs.list(ACCESS, servicePrincipalID, NEVER_ABORTED)).map(({ id }) => id)).toEqual([
    job.id,
  ]);

  const secrets = [{ key: "Domain", value: '{"domain":"corp.example.com"}' }];
  done(await entra.secrets.replace(ACCESS, servicePrincipalID, secrets, NEVER_ABORTED));
  expect(complete(await entra.secrets.read(ACCESS, servicePrincipalID, NEVER_ABORTED))).toEqual(
    expect.arrayContaining(secrets),
  );

  const schema = found(await entra.schema.read(ACCESS, address, NEVER_ABORTED));
  expect(schema["synchronizationRules"]).toHaveLength(1);
  done(await entra.schema.replace(ACCESS, address, schema, NEVER_ABORTED));
  expect(complete(await entra.schema.filterOperators(ACCESS, address, NEVER_ABORTED)).length).toBeGreaterThan(3);
  expect(
    found(await entra.schema.parseExpression(ACCESS, address, 'Append("Group_", [objectId])', NEVER_ABORTED)),
  ).toMatchObject({ kind: "parsed", source: { type: "Function", name: "Append" } });
  expect(found(await entra.schema.parseExpression(ACCESS, address, "Append((", NEVER_ABORTED)).kind).toBe("refused");

  done(await entra.jobs.start(ACCESS, address, NEVER_ABORTED));
  done(await entra.jobs.restart(ACCESS, address, [], NEVER_ABORTED));
  done(await entra.jobs.restart(ACCESS, address, ["QuarantineState", "Escrows"], NEVER_ABORTED));
  done(await entra.jobs.pause(ACCESS, address, NEVER_ABORTED));
  expect(found(await entra.jobs.job(ACCESS, address, NEVER_ABORTED)).status.code).toBe("Paused");
  done(await entra.jobs.remove(ACCESS, address, NEVER_ABORTED));
  done(await entra.applications.deleteServicePrincipal(ACCESS, servicePrincipalID, NEVER_ABORTED));
  done(await entra.applications.deleteApplication(ACCESS, applicationID, NEVER_ABORTED));
  expect(await entra.applications.servicePrincipal(ACCESS, servicePrincipalID, NEVER_ABORTED)).toEqual(
    // Seen by this process minutes ago: not proof yet.
    expect.objectContaining({ kind: "failed", failure: expect.objectContaining({ class: "Wait" }) as unknown }),
  );
  expect(breaches(b)).toEqual([]);
});

test("groups, members, counts, units and licences are read within the contract", async () => {
  const b = await bench();
  const { groups, tenant } = b.entra;
  const [sales] = complete(await groups.byDisplayName(ACCESS, "AD-Sales", NEVER_ABORTED));
  expect(sales).toMatchObject({ displayName: "AD-Sales", isSecurityEnabled: true, isSyncedFromAD: false });
  const found8 = complete(await groups.byFilter(ACCESS, "startswith(displayName,'AD-')", NEVER_ABORTED));
  expect(found8.map(({ displayName }) => displayName).toSorted()).toEqual([
    "AD-Canary",
    "AD-Dynamic",
    "AD-Engineering",
    "AD-Everyone",
    "AD-Sales",
  ]);
  const ids = [...found8.map(({ id }) => id), "96009000-0000-4000-8000-00000000dead"];
  expect(complete(await groups.groups(ACCESS, ids, NEVER_ABORTED))).toHaveLength(5);
  const engineering = found8.find(({ displayName }) => displayName === "AD-Engineering")?.id ?? "";
  const members = complete(await groups.members(ACCESS, engineering, NEVER_ABORTED));
  expect(members.map(({ displayName, kind, isSyncedFromAD }) => [displayName, kind, isSyncedFromAD])).toEqual(
    expect.arrayContaining([
      ["Ben Okafor", "user", true],
      ["Dana Cloud", "user", false],
    ]),
  );
  expect(await groups.memberCounts(ACCESS, [engineering, sales?.id ?? ""], NEVER_ABORTED)).toEqual([3, 2]);
  expect(
    complete(await groups.idsOfAdministrativeUnit(ACCESS, "a0000000-0000-4000-8000-000000000001", NEVER_ABORTED)),
  ).toEqual([sales?.id]);
  expect(complete(await tenant.subscribedSkus(ACCESS, NEVER_ABORTED))).toEqual([
    { skuPartNumber: "AAD_PREMIUM", servicePlanNames: ["AAD_PREMIUM", "MFA_PREMIUM"], isEnabled: true },
  ]);
  expect(found(await tenant.ownCredentials(ACCESS, NEVER_ABORTED)).endsMs).toHaveLength(1);
  expect(found(await tenant.count(ACCESS, "users", NEVER_ABORTED))).toBe(5);
  expect(found(await tenant.count(ACCESS, "groups", NEVER_ABORTED))).toBeGreaterThan(1);
  expect(breaches(b)).toEqual([]);
});

test("members that the caller may not read are unknown, never cloud-only", async () => {
  const roles = ["GroupMember.Read.All"];
  const b = await bench({ directory: { applications: operatorWith({ roles }) } });
  const [engineering] = complete(await b.entra.groups.byDisplayName(ACCESS, "AD-Engineering", NEVER_ABORTED));
  const members = complete(await b.entra.groups.members(ACCESS, engineering?.id ?? "", NEVER_ABORTED));
  expect(members).toHaveLength(3);
  for (const { kind, isSyncedFromAD } of members) expect([kind, isSyncedFromAD]).toEqual(["user", undefined]);
  expect(await b.entra.tenant.subscribedSkus(ACCESS, NEVER_ABORTED)).toMatchObject({
    kind: "failed",
    failure: { class: "Denied", reason: "PermissionMissing" },
  });
});

test("a scope is written in batches, a lost batch is unknown, and repeating it finds what is there", async () => {
  const b = await bench();
  const { servicePrincipalID } = await configuration(b);
  const groupIDs = DEFAULT_ENTRA_DIRECTORY.groups.slice(0, 3).map(({ id }) => id);
  const request = { servicePrincipalID, appRoleID: SCOPE_ROLE, groupIDs };
  b.desk.world.faults.add({ service: "graph", action: "POST /$batch", times: 1, effect: { kind: "lostResponse" } });
  const lost = await b.entra.assignments.assign(SCOPE_ACCESS, request, NEVER_ABORTED);
  expect(lost.map(({ kind }) => kind)).toEqual(["unknown", "unknown", "unknown"]);
  const again = await b.entra.assignments.assign(SCOPE_ACCESS, request, NEVER_ABORTED);
  expect(again.map(({ kind }) => kind)).toEqual(["exists", "exists", "exists"]);
  const listed = complete(await b.entra.assignments.list(SCOPE_ACCESS, servicePrincipalID, NEVER_ABORTED));
  expect(listed.map(({ principalID }) => principalID).toSorted()).toEqual(groupIDs.toSorted());
  const assignmentIDs = listed.map(({ id }) => id);
  const removal = { servicePrincipalID, assignmentIDs };
  for (const outcome of await b.entra.assignments.remove(SCOPE_ACCESS, removal, NEVER_ABORTED)) done(outcome);
  // What is gone is gone.
  for (const outcome of await b.entra.assignments.remove(SCOPE_ACCESS, removal, NEVER_ABORTED)) done(outcome);
  expect(complete(await b.entra.assignments.list(SCOPE_ACCESS, servicePrincipalID, NEVER_ABORTED))).toEqual([]);
  expect(breaches(b)).toEqual([]);
});

test("a real refusal of an assignment is not taken for one that is there", async () => {
  const b = await bench();
  const { servicePrincipalID } = await configuration(b);
  const groupIDs = [DEFAULT_ENTRA_DIRECTORY.groups[0]?.id ?? ""];
  const appRoleID = "00000000-0000-4000-8000-00000000beef";
  const answers = await b.entra.assignments.assign(
    SCOPE_ACCESS,
    { servicePrincipalID, appRoleID, groupIDs },
    NEVER_ABORTED,
  );
  expect(answers).toMatchObject([{ kind: "refused", failure: { class: "Permanent" } }]);
});

test("each POST with a lost answer is unknown, and the thing is there once", async () => {
  const b = await bench();
  b.desk.world.faults.add({
    service: "graph",
    action: "POST /applicationTemplates/*",
    times: 1,
    effect: { kind: "lostResponse" },
  });
  const created = await b.entra.applications.instantiate(
    ACCESS,
    { templateID: TEMPLATE, displayName: "corp" },
    NEVER_ABORTED,
  );
  expect(created).toMatchObject({ kind: "unknown", failure: { class: "UnknownOutcome", reason: "AnswerLost" } });
  expect(complete(await b.entra.applications.findByTemplate(ACCESS, TEMPLATE, NEVER_ABORTED))).toHaveLength(1);
});

test("a 429 of 300 s inside a batch holds back all writes of the client for 300 s, and none leaves early", async () => {
  const b = await bench();
  const { servicePrincipalID } = await configuration(b);
  const groupIDs = DEFAULT_ENTRA_DIRECTORY.groups.slice(0, 2).map(({ id }) => id);
  b.desk.world.faults.add({
    service: "graph",
    action: "POST /servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo",
    times: 1,
    effect: { kind: "throttle", retryAfterSeconds: 300 },
  });
  const request = { servicePrincipalID, appRoleID: SCOPE_ROLE, groupIDs };
  const first = await b.entra.assignments.assign(SCOPE_ACCESS, request, NEVER_ABORTED);
  expect(first.map(({ kind }) => kind).toSorted()).toEqual(["done", "refused"]);
  expect(first.find(({ kind }) => kind === "refused")).toMatchObject({
    failure: { class: "Throttled", retryAfterMs: 300_000 },
  });
  const sent = b.desk.world.log.read().length;
  await b.wait(200);
  const early = await b.entra.assignments.assign(SCOPE_ACCESS, request, NEVER_ABORTED);
  expect(early).toMatchObject(groupIDs.map(() => ({ failure: { reason: "GraphThrottled", retryAfterMs: 100_000 } })));
  expect(b.desk.world.log.read()).toHaveLength(sent);
  await b.wait(100);
  const late = await b.entra.assignments.assign(SCOPE_ACCESS, request, NEVER_ABORTED);
  expect(late.map(({ kind }) => kind).toSorted()).toEqual(["done", "exists"]);
});

const manyGroups: readonly GroupLayout[] = Array.from({ length: 2_500 }, (_, index) => ({
  id: `96009000-0000-4000-9000-${String(index).padStart(12, "0")}`,
  displayName: `Many-${index}`,
}));

test("a list of many pages is complete; with a failing, a cut or a lying page it is not", async () => {
  const b = await bench({ directory: { groups: manyGroups } });
  const { faults } = b.desk.world;
  const filter = "startswith(displayName,'Many-')";
  expect(complete(await b.entra.groups.byFilter(ACCESS, filter, NEVER_ABORTED))).toHaveLength(2_500);
  const rule = faults.add({ service: "graph", action: "GET /groups", times: 1, effect: { kind: "failingPage" } });
  expect(await b.entra.groups.byFilter(ACCESS, filter, NEVER_ABORTED)).toMatchObject({
    kind: "partial",
    failure: { class: "Transient", reason: "ServiceUnavailable" },
  });
  faults.remove(rule);
  const error = { kind: "error", code: "Request_BadRequest", httpStatus: 400 } as const;
  faults.add({ service: "graph", action: "GET /groups", times: 1, effect: error });
  expect(await b.entra.groups.byFilter(ACCESS, filter, NEVER_ABORTED)).toMatchObject({ kind: "failed" });
});

test("changes of groups are followed from now on; an old token means reading anew", async () => {
  const b = await bench();
  const link = found(await b.entra.groups.latest(ACCESS, NEVER_ABORTED));
  const [sales, dana] = ["96009000-0000-4000-8000-000000000001", "0e5e7000-0000-4000-8000-000000000004"] as const;
  b.desk.directory.addMember(sales, dana);
  b.desk.directory.remove("96009000-0000-4000-8000-000000000003", { isSoft: true });
  await b.wait(60);
  const read = await b.entra.groups.changes(ACCESS, link, NEVER_ABORTED);
  const changes = read.kind === "read" ? read.changes : [];
  expect(changes.find(({ id }) => id === sales)).toMatchObject({ kind: "changed", memberIDs: [dana] });
  expect(changes.find(({ kind }) => kind === "removed")?.id).toBe("96009000-0000-4000-8000-000000000003");
  b.desk.clock.advance(8 * 24 * 3_600_000);
  expect(await b.entra.groups.changes(ACCESS, link, NEVER_ABORTED)).toEqual({ kind: "restarted" });
  expect(breaches(b)).toEqual([]);
});

test("what was just created and is not known to a replica is waited for, not reported", async () => {
  const b = await bench({ delays: { preset: "real" } });
  const { servicePrincipalID } = done(
    await b.entra.applications.instantiate(ACCESS, { templateID: TEMPLATE, displayName: "corp" }, NEVER_ABORTED),
  );
  const kinds = new Set<string>();
  for (let turn = 0; turn < 40; turn += 1) {
    const reading = await b.entra.applications.servicePrincipal(ACCESS, servicePrincipalID, NEVER_ABORTED);
    kinds.add(reading.kind === "failed" ? reading.failure.class : reading.kind);
  }
  expect([...kinds].toSorted()).toEqual(["Wait", "found"]);
  await b.wait(60);
  found(await b.entra.applications.servicePrincipal(ACCESS, servicePrincipalID, NEVER_ABORTED));
});

test("a wrong secret is named, and the right one is taken up without a restart", async () => {
  const b = await bench();
  const wrong: EntraAccess = { ...ACCESS, proof: { kind: "secret", namespace: "identity", secretNames: ["wrong"] } };
  expect(await b.entra.groups.group(wrong, "x", NEVER_ABORTED)).toMatchObject({
    kind: "failed",
    failure: { class: "Denied", reason: "ClientSecretInvalid" },
  });
  const rotated: EntraAccess = {
    ...ACCESS,
    proof: { kind: "secret", namespace: "identity", secretNames: ["wrong", "world-operator-secret"] },
  };
  complete(await b.entra.groups.byDisplayName(rotated, "AD-Sales", NEVER_ABORTED));
});
