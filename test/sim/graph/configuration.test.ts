/** The main lines of a configuration against the simulated world, every request within Graph's contract. */
import { configurationWorld, worldGroup } from "./configuration-world.ts";

const WITHOUT_TEST = { start: { withoutTest: true } };

test("a configuration is made, gated, started, and then at rest: no write to Graph or Kubernetes", async () => {
  const w = configurationWorld();
  await w.settle();
  expect(w.condition()).toBe("False/GateNotFound");
  expect((await w.jobs()).map(({ status }) => status.code)).toEqual(["Paused"]);
  w.passGate();
  await w.settle();
  await w.run(3_600_000);
  expect((await w.jobs()).map(({ status }) => status.code)).toEqual(["Active"]);
  expect(w.condition()).toBe("True/InSync");
  const before = [w.kube.writes.length, w.writes.length];
  await w.run(3 * 3_600_000);
  expect([w.kube.writes.length, w.writes.length]).toEqual(before);
  expect(w.writes).toEqual(["POST instantiate", "POST jobs", "PUT secrets", "PUT schema", "POST start"]);
  expect(w.breaches()).toEqual([]);
});

test.each([
  ["POST /applicationTemplates/*"],
  ["POST /servicePrincipals/{servicePrincipal-id}/synchronization/jobs"],
  ["PUT /servicePrincipals/{servicePrincipal-id}/synchronization/secrets"],
  ["PUT /servicePrincipals/{servicePrincipal-id}/synchronization/jobs/{synchronizationJob-id}/schema"],
])("an answer to %s that is lost leaves one application and one job, also while replicas disagree", async (action) => {
  const w = configurationWorld({ spec: WITHOUT_TEST, areDelaysReal: true });
  w.world.faults.add({ service: "graph", action, times: 1, effect: { kind: "lostResponse" } });
  await w.settle();
  const tenant = [...w.world.graph.tenants.values()][0];
  const made = tenant?.directory.list("servicePrincipal").filter(({ value }) => value.applicationTemplateId !== null);
  expect(made).toHaveLength(1);
  expect((await w.jobs()).length).toBe(1);
  expect((await w.jobs())[0]?.status.code).toMatch(/Active|NotRun/);
  expect(w.breaches()).toEqual([]);
});

test("a pruned object that is applied again adopts by its owner, with zero POSTs", async () => {
  const w = configurationWorld({ spec: WITHOUT_TEST });
  await w.settle();
  const { servicePrincipalID } = w.at().status;
  const before = w.writes.length;
  w.kube.put({ ...w.at(), status: {}, metadata: { ...w.at().metadata, uid: "uid-again" } });
  await w.settle();
  expect(w.at().status.servicePrincipalID).toBe(servicePrincipalID);
  expect(w.at().status.adoption?.by).toBe("Recognised");
  expect(w.writes.length).toBe(before);
});

test("without an agent the job is quarantined, restarted once with state and escrows, and then left alone", async () => {
  const w = configurationWorld({ spec: WITHOUT_TEST, hasAgent: false });
  await w.settle();
  await w.run(12 * 3_600_000);
  expect(w.at().status.jobs?.[0]?.quarantine?.reason).toBe("EncounteredQuarantineException");
  const restarts = () => w.writes.filter((write) => write === "POST restart").length;
  expect(restarts()).toBe(1);
  await w.run(30 * 3_600_000);
  expect(restarts()).toBe(1);
  expect(w.condition("Stalled")).toBe("True/Quarantined");
}, 30_000);

test("held deletions wait for the approval of exactly these, and one more voids it", async () => {
  const groups = Array.from({ length: 8 }, (_, at) => worldGroup(at, `sg-${at}`));
  const w = configurationWorld({ spec: { ...WITHOUT_TEST, deletionThreshold: { enabled: true, value: 3 } }, groups });
  await w.settle();
  await w.assign(groups.map(({ id }) => id));
  await w.run(3_600_000);
  await w.unassign();
  await w.run(2 * 3_600_000);
  expect(w.condition()).toBe("False/TooManyDeletes");
  const { quarantine } = w.at().status.jobs![0]!;
  const wrong = { quarantineBegan: quarantine?.began, stagedDeletesHash: `sha256:${"0".repeat(64)}` };
  w.edit({ approvals: { forceDeletes: wrong } });
  await w.run(1_800_000);
  expect(w.condition()).toBe("False/ApprovalStale");
  expect((await w.jobs())[0]?.status.quarantine?.reason).toBe("TooManyDeletes");
  w.edit({ approvals: { forceDeletes: { ...wrong, stagedDeletesHash: quarantine?.stagedDeletesHash } } });
  await w.run(1_800_000);
  expect((await w.jobs())[0]?.status.code).toBe("Active");
  expect(w.breaches()).toEqual([]);
}, 30_000);

const all = (value: string) => ({
  entraToAD: {
    domainRef: { name: "corp" },
    objects: "Groups",
    scope: {
      mode: "All",
      attributeFilters: [
        { name: "by-name", clauses: [{ attribute: "displayName", operator: "EQUALS", values: [value] }] },
      ],
    },
    targetContainer: { constant: "OU=EntraGroups,DC=corp,DC=example,DC=com" },
    membership: { onPremisesUsers: "Expected" },
  },
});

test("a filter from 400 groups to 12, and All to Selected: both held with their numbers, nothing PUT", async () => {
  const groups = Array.from({ length: 412 }, (_, at) => worldGroup(at, at < 400 ? "sg-many" : "sg-few"));
  const w = configurationWorld({
    spec: { ...WITHOUT_TEST, ...all("sg-many") },
    groups,
    allowedUnverified: ["all-scope"],
  });
  await w.settle();
  await w.run(3_600_000);
  expect(w.condition()).toBe("True/InSync");
  const before = w.writes.length;
  w.edit(all("sg-few"));
  await w.run(1_800_000);
  expect(w.condition()).toBe("False/AwaitingApproval");
  expect(w.at().status.plan).toMatchObject({ leaving: 400, moving: 0 });
  w.edit({ entraToAD: { ...all("sg-many").entraToAD, scope: { mode: "Selected" } } });
  await w.run(1_800_000);
  expect(w.at().status.plan).toMatchObject({ leaving: 400 });
  expect(w.writes.length).toBe(before);
  expect(w.breaches()).toEqual([]);
}, 60_000);
