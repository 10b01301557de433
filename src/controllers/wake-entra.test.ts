/** Which change on the Entra side wakes whom; and which wakes nobody (C2). */
import { anAgent, INSTANCE_ID } from "../fleet/testing/builders.ts";
import { aCondition, aConfiguration, aDomain, aProvisioningTest, aTenant, JOB_ID } from "../sync/testing.ts";
import { loopBench } from "./testing/loop-bench.ts";
import * as wake from "./wake-entra.ts";

function bench() {
  const made = loopBench();
  made.put(aTenant());
  made.put(aTenant({ metadata: { name: "rival", uid: "uid-rival" } }));
  made.put(aDomain());
  made.put(aConfiguration());
  made.put(aProvisioningTest());
  made.put(anAgent());
  return made.caches;
}
const names = (keys: readonly { readonly name: string }[]) => keys.map(({ name }) => name).sort();

test("configuration, tenant, domain and agent wake the tests of the configuration", () => {
  const caches = bench();
  expect(names(wake.testsOfConfiguration(caches)(aConfiguration()))).toEqual(["canary"]);
  expect(names(wake.testsOfTenant(caches)(aTenant()))).toEqual(["canary"]);
  expect(names(wake.testsOfDomain(caches)(aDomain()))).toEqual(["canary"]);
  expect(names(wake.testsOfAgent(caches)(anAgent()))).toEqual(["canary"]);
});

test("a configuration wakes the agents of its domain, and every object of its tenant", () => {
  const caches = bench();
  expect(names(wake.agentsOfConfiguration(caches)(aConfiguration()))).toEqual(["tokyo-0-1"]);
  expect(names(wake.tenantsOfConfiguration(caches)(aConfiguration()))).toEqual(["contoso", "rival"]);
  expect(names(wake.tenantsOfDependant(caches)(aProvisioningTest()))).toEqual(["contoso", "rival"]);
  expect(names(wake.tenantOfAgent(anAgent()))).toEqual(["contoso"]);
});

test("no shape of object makes them throw", () => {
  const caches = bench();
  const strange = {
    apiVersion: "v1",
    kind: "Odd",
    metadata: { name: "odd", uid: "u", resourceVersion: "1", creationTimestamp: "" },
  };
  const all = [
    wake.testsOfConfiguration(caches),
    wake.testsOfTenant(caches),
    wake.testsOfDomain(caches),
    wake.testsOfAgent(caches),
    wake.agentsOfConfiguration(caches),
    wake.poolsOfConfiguration(caches),
    wake.tenantsOfConfiguration(caches),
    wake.tenantsOfDependant(caches),
    wake.tenantOfAgent,
  ];
  for (const keysOf of all) expect(keysOf(strange)).toEqual([]);
  expect(wake.rivalsOfTenant(caches)({ ...strange, spec: 3 } as never)).toEqual([]);
});

test("a test reads of its configuration what a run stands on, not when its job last ran", () => {
  const job = (overrides: object) =>
    wake.configurationForTests(
      aConfiguration({ status: { jobs: [{ id: JOB_ID, templateID: "x", state: "Active", ...overrides }] } }),
    );
  const before = job({ lastSuccess: "2026-11-22T06:00:00Z" });
  expect(job({ lastSuccess: "2026-11-22T07:00:00Z" })).toEqual(before);
  expect(
    job({ lastSuccess: "2026-11-22T06:00:00Z", quarantine: { began: "2026-11-22T07:00:00Z", reason: "Unknown" } }),
  ).not.toEqual(before);
  const inSync = wake.configurationForTests(aConfiguration());
  expect(
    wake.configurationForTests(aConfiguration({ status: { schemaHash: `sha256:${"b".repeat(64)}` } })),
  ).not.toEqual(inSync);
  expect(
    wake.configurationForTests(aConfiguration({ status: { conditions: [aCondition("Provisioned", "True")] } })),
  ).not.toEqual(inSync);
});

test("a test reads of an agent whether it is Ready, not what its steps do", () => {
  const before = anAgent({ passed: ["Launched"], status: { instanceID: INSTANCE_ID } });
  expect(
    wake.agentForTests(
      anAgent({ passed: ["Launched", "Online"], status: { instanceID: INSTANCE_ID, phase: "Booting" } }),
    ),
  ).toEqual(wake.agentForTests(before));
  expect(wake.agentForTests(anAgent({ passed: ["Ready"], status: { instanceID: INSTANCE_ID } }))).not.toEqual(
    wake.agentForTests(before),
  );
});
