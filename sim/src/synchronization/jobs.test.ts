import { seededDice } from "../core/clock.ts";
import { uuidFrom } from "../entra/ids.ts";
import { TEMPLATE_AD_TO_ENTRA } from "../graph/templates.ts";
import { DOMAIN, SERVICE_PRINCIPAL, servicePrincipal, SyncBench, TENANT_ID } from "./test-bench.ts";

const PREFIX = `AAD2ADGroupProvisioning.${TENANT_ID.replaceAll("-", "")}`;
const create = (bench: SyncBench, templateId = "AAD2ADGroupProvisioning") =>
  bench.sync("POST", "jobs", { templateId }) as { readonly id: string; readonly templateId: string };
const jobs = (bench: SyncBench) => (bench.sync("GET", "jobs") as { value: readonly { readonly id: string }[] }).value;
const secretsOf = (bench: SyncBench) => (bench.sync("GET", "secrets") as { value: readonly unknown[] }).value;
const put = (bench: SyncBench, secrets: Readonly<Record<string, string>>) =>
  bench.sync("PUT", "secrets", { value: Object.entries(secrets).map(([key, value]) => ({ key, value })) });

test("a service principal is offered the templates of what it was made from", () => {
  const bench = new SyncBench();
  const inbound = "5e900000-0000-4000-8000-0000000000bb";
  bench.directory.create({ ...servicePrincipal(inbound), applicationTemplateId: TEMPLATE_AD_TO_ENTRA });
  const ids = (id: string) => {
    const { body } = bench.call("GET", `/v1.0/servicePrincipals/${id}/synchronization/templates`);
    return (body as { value: readonly { readonly id: string }[] }).value.map((one) => one.id);
  };
  expect(ids(SERVICE_PRINCIPAL)).toEqual(["AAD2ADGroupProvisioning"]);
  expect(ids(inbound)).toEqual(["AD2AADProvisioning", "AD2AADPasswordHash"]);
  expect(bench.refusal("POST", "jobs", { templateId: "AD2AADProvisioning" })).toBe("400 InvalidTemplate");
});

test("a new job is paused, has never run, and does not say the template that it was made from", () => {
  const bench = new SyncBench();
  expect(create(bench)).toMatchObject({
    id: expect.stringMatching(new RegExp(`^${PREFIX}\\.[0-9a-f-]{36}$`)) as unknown,
    templateId: "ADDCOutPassthrough",
    schedule: { state: "Disabled", interval: "P10675199DT2H48M5.4775807S", expiration: null },
    status: {
      code: "Paused",
      lastExecution: null,
      lastSuccessfulExecution: null,
      lastSuccessfulExecutionWithExports: null,
      quarantine: null,
      steadyStateFirstAchievedTime: "0001-01-01T00:00:00Z",
      steadyStateLastAchievedTime: "0001-01-01T00:00:00Z",
      countSuccessiveCompleteFailures: 0,
      escrowsPruned: false,
      synchronizedEntryCountByType: [],
    },
  });
});

test("each POST makes another job", () => {
  const bench = new SyncBench();
  expect(create(bench).id).not.toBe(create(bench).id);
  expect(jobs(bench)).toHaveLength(2);
});

test("the older form of job ids is playable; a second job gets the longer one", () => {
  const bench = new SyncBench({ layout: { jobIDForm: "short" } });
  expect(create(bench).id).toBe(PREFIX);
  expect(create(bench).id.length).toBeGreaterThan(PREFIX.length);
});

test("a replica that does not know a service principal or a job yet answers 404", () => {
  const bench = new SyncBench();
  const id = uuidFrom(seededDice(1));
  expect(() => bench.call("GET", `/v1.0/servicePrincipals/${id}/synchronization/jobs`)).toThrow("does not exist");
  expect(bench.refusal("GET", "jobs/none")).toBe("404 Request_ResourceNotFound");
});

test("start runs a first cycle, pause keeps what is known, start goes on from there", () => {
  const bench = new SyncBench();
  const id = bench.configuredJob();
  bench.sync("POST", `jobs/${id}/start`);
  expect(bench.job(id)).toMatchObject({ schedule: { state: "Active", interval: "PT40M" }, status: { code: "NotRun" } });
  bench.clock.advance(5 * 60_000);
  expect(bench.job(id).status).toMatchObject({ code: "Active", lastExecution: { state: "Succeeded" } });
  bench.sync("POST", `jobs/${id}/pause`);
  const before = bench.job(id).status.lastExecution;
  bench.clock.advance(24 * 3_600_000);
  expect(bench.job(id)).toMatchObject({
    schedule: { state: "Paused" },
    status: { code: "Paused", lastExecution: before },
  });
  bench.sync("POST", `jobs/${id}/start`);
  bench.clock.advance(5 * 60_000);
  // Incremental: nothing was marked.
  expect(bench.job(id).status).toMatchObject({ code: "Active", lastExecution: { countImported: 0 } });
});

test("a deleted job is gone with all that it knew; what it made in AD stays", () => {
  const bench = new SyncBench();
  const group = bench.assigned();
  const id = bench.startedJob();
  bench.sync("DELETE", `jobs/${id}`);
  expect(jobs(bench)).toEqual([]);
  bench.unassign(group);
  bench.clock.advance(24 * 3_600_000);
  expect(bench.ad()).toHaveLength(1);
});

test("with the service principal its jobs end; what they made in AD stays", () => {
  const bench = new SyncBench();
  bench.assigned();
  bench.startedJob();
  bench.directory.remove(SERVICE_PRINCIPAL, { isSoft: true });
  bench.clock.advance(24 * 3_600_000);
  expect(bench.ad()).toHaveLength(1);
});

test("secrets: sensitive values are masked, a write replaces the set, an unknown key is refused", () => {
  const bench = new SyncBench();
  put(bench, { Domain: '{"domain":"corp.example.com"}', SyncAgentCompatibilityKey: "secret", SyncAll: "false" });
  expect(secretsOf(bench)).toEqual([
    { key: "Domain", value: '{"domain":"corp.example.com"}' },
    { key: "SyncAgentCompatibilityKey", value: "*" },
    { key: "SyncAll", value: "false" },
  ]);
  put(bench, { Domain: '{"domain":"corp.example.com"}' });
  expect(secretsOf(bench)).toHaveLength(1);
  expect(bench.refusal("PUT", "secrets", { value: [{ key: "Domian", value: "x" }] })).toBe("400 Request_BadRequest");
});

test("a mask that is sent back destroys the credential: the job fails until it is in quarantine", () => {
  const bench = new SyncBench();
  bench.assigned();
  const id = bench.configuredJob();
  const domain = JSON.stringify({ domain: DOMAIN });
  put(bench, { Domain: domain, SyncAgentCompatibilityKey: "secret" });
  bench.sync("POST", `jobs/${id}/start`);
  bench.clock.advance(5 * 60_000);
  expect(bench.job(id).status.code).toBe("Active");
  put(bench, { Domain: domain, SyncAgentCompatibilityKey: "*" });
  for (let cycle = 0; cycle < 4; cycle += 1) bench.cycle();
  expect(bench.job(id).status).toMatchObject({
    code: "Quarantine",
    quarantine: { reason: "EncounteredQuarantineException", error: { code: "InvalidCredentials" } },
  });
});

test("the settings of one configuration are not those of another", () => {
  const bench = new SyncBench();
  const other = "5e900000-0000-4000-8000-0000000000bb";
  bench.directory.create(servicePrincipal(other));
  put(bench, { SyncAll: "true" });
  const { body } = bench.call("GET", `/v1.0/servicePrincipals/${other}/synchronization/secrets`);
  expect(body).toEqual({ value: [] });
});

test("restart takes its flags as one text, refuses others, and starts a paused job unless the world says otherwise", () => {
  const bench = new SyncBench();
  const id = bench.configuredJob();
  expect(bench.refusal("POST", `jobs/${id}/restart`, { criteria: { resetScope: "Everything" } })).toBe(
    "400 Request_BadRequest",
  );
  bench.restart(id, "Escrows, Watermark");
  expect(bench.job(id).status.code).toBe("Active");
  const other = new SyncBench({ layout: { restartOfPausedJob: "staysPaused" } });
  const paused = other.configuredJob();
  other.restart(paused);
  expect(other.job(paused).status.code).toBe("Paused");
});

test("the schema: its id is the job's, each save is another version, deleting it brings the template back", () => {
  const bench = new SyncBench();
  const { id } = create(bench);
  const schema = () => bench.sync("GET", `jobs/${id}/schema`) as { readonly id: string; readonly version: string };
  const first = schema();
  expect(first.id).toBe(id);
  bench.changeMapping(id, "cn", { flowType: "ObjectAddOnly" });
  const second = schema();
  expect(second.version).not.toBe(first.version);
  bench.sync("PUT", `jobs/${id}/schema`, { ...second, id: "mine", version: "mine" });
  expect(schema()).toEqual({ ...second, version: schema().version });
  bench.sync("DELETE", `jobs/${id}/schema`);
  expect(schema()).toEqual({ ...first, version: schema().version });
  expect(bench.refusal("PUT", `jobs/${id}/schema`, { synchronizationRules: [] })).toBe("400 InvalidSchema");
});

test("operators, functions and parsed expressions are read below the schema", () => {
  const bench = new SyncBench();
  const { id } = create(bench);
  const names = (path: string) =>
    (bench.sync("GET", path) as { value: readonly { readonly id: string }[] }).value.map((one) => one.id);
  expect(names(`jobs/${id}/schema/filterOperators`)).toContain("REGEX MATCH");
  expect(names(`jobs/${id}/schema/functions`)).toEqual(expect.arrayContaining(["Append", "Switch", "Word"]));
  expect(
    bench.sync("POST", `jobs/${id}/schema/parseExpression`, { expression: 'Append("Group_",[objectId])' }),
  ).toMatchObject({
    parsingSucceeded: true,
    parsedExpression: { type: "Function", name: "Append" },
  });
  const [directory] = names(`jobs/${id}/schema/directories`);
  expect(bench.refusal("POST", `jobs/${id}/schema/directories/${directory ?? ""}/discover`)).toBe(
    "400 DiscoveryNotSupported",
  );
});
