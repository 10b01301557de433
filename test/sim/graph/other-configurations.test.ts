/** A tenant with other configurations in it: one a domain, whoever made it and from whichever object; the third waits for a word; 20 are the end. */
import { createConfiguration } from "../../../sim/src/synchronization/portal.ts";
import { DEFAULT_ENTRA_DIRECTORY } from "../../../sim/src/layout/entra-directory.ts";
import { configurationReconciler } from "../../../src/controllers/configuration/controller.ts";
import { aConfiguration, aDomain } from "../../../src/sync/testing.ts";
import { tenantWorld } from "./tenant-world.ts";
import { wait, worldLoop } from "./world-loop.ts";

const HOUR_MS = 3_600_000;
const WITHOUT_TEST = { start: { withoutTest: true } };
const inThePortal = (w: ReturnType<typeof tenantWorld>, count: number) =>
  Array.from({ length: count }, (_, at) =>
    createConfiguration(w.configuration.service, { displayName: `other-${at}`, domain: `other-${at}.example.com` }),
  );

test("one that a person made for the domain, in whatever letters, is named and nothing is made beside it", async () => {
  const w = tenantWorld({ spec: WITHOUT_TEST });
  const portal = { displayName: "made by hand", domain: "CORP.Example.com" };
  const { servicePrincipalID } = createConfiguration(w.configuration.service, portal);
  await w.configuration.run(HOUR_MS);
  expect(w.configuration.condition("Stalled")).toBe("True/ConfigurationExists");
  expect(w.configuration.message()).toContain(servicePrincipalID);
  expect(w.made()).toEqual([servicePrincipalID]);
  expect(w.configuration.writes).toEqual([]);
}, 30_000);

const rivals: readonly (readonly [sentence: string, domain: object, reason: string])[] = [
  ["its own ADDomain", { name: "ours" }, "DomainNotUnique"],
  ["the same ADDomain", { namespace: "identity", name: "corp" }, "DomainTaken"],
];
test.each(rivals)(
  "a younger object of another namespace, over its own EntraTenant and %s, makes none",
  async (_sentence, domainRef, reason) => {
    const w = tenantWorld({ spec: WITHOUT_TEST });
    const { configuration } = w;
    const { kube, clock, ports } = configuration;
    const key = { namespace: "team-b", name: "ours" };
    const ours = (kind: string) => ({ ...key, uid: `uid-${kind}`, creationTimestamp: "2026-11-22T07:00:00Z" });
    const finalizers = ["cloudsync.dev/in-use"];
    kube.put({ ...w.at(), status: {}, metadata: { ...w.at().metadata, ...ours("tenant"), finalizers } });
    kube.put(aDomain({ metadata: { ...ours("domain"), finalizers } }));
    kube.put(aDomain({ metadata: { finalizers }, spec: { allowedNamespaces: { from: "All" } } }));
    const entraToAD = { ...configuration.at().spec.entraToAD, domainRef };
    const spec = { ...WITHOUT_TEST, tenantRef: { name: "ours" }, entraToAD };
    kube.put({ ...aConfiguration({ metadata: ours("configuration"), spec }), status: {} });
    const other = worldLoop(clock, configurationReconciler(ports), key);
    // It looks first: the older object keeps the domain, not the faster one.
    await other.run(HOUR_MS);
    expect(w.made()).toEqual([]);
    await configuration.settle();
    await other.run(HOUR_MS);
    expect(w.made()).toHaveLength(1);
    const { conditions = [] } = kube.at("SyncConfiguration", key).status as { conditions?: readonly object[] };
    expect(conditions).toContainEqual(expect.objectContaining({ type: "Stalled", status: "True", reason }));
  },
);

test("the third of a tenant waits for the word on Governance, in both objects, and is made with it", async () => {
  const withGovernance = {
    skuPartNumber: "Entra_ID_Governance",
    enabledUnits: 10,
    servicePlanNames: ["Entra_Identity_Governance"],
  };
  const w = tenantWorld({
    spec: WITHOUT_TEST,
    directory: { skus: [...DEFAULT_ENTRA_DIRECTORY.skus, withGovernance] },
  });
  inThePortal(w, 2);
  await w.settle();
  await w.configuration.run(HOUR_MS);
  expect(w.condition("LicensePresent")).toBe("False/GovernanceNotAcknowledged");
  expect(w.at().status.configurations).toEqual({ count: 3, summary: "3/20" });
  expect(w.configuration.condition()).toBe("False/LicenseNotAcknowledged");
  expect(w.made()).toHaveLength(2);
  w.edit({ governanceLicense: "Acknowledged" });
  await w.settle();
  await w.configuration.run(HOUR_MS);
  expect(w.condition("LicensePresent")).toBe("True/Licensed");
  expect(w.made()).toHaveLength(3);
});

test("the second needs no word", async () => {
  const w = tenantWorld({ spec: WITHOUT_TEST });
  inThePortal(w, 1);
  await w.settle();
  await w.configuration.run(HOUR_MS);
  expect(w.condition("LicensePresent")).toBe("True/Licensed");
  expect(w.made()).toHaveLength(2);
});

test("twenty are the end, and the twenty-first is not asked for", async () => {
  const w = tenantWorld({ spec: WITHOUT_TEST, tenantSpec: { governanceLicense: "Acknowledged" } });
  inThePortal(w, 20);
  await w.settle();
  await w.configuration.run(HOUR_MS);
  expect(w.condition("LicensePresent")).toBe("False/ConfigurationLimit");
  expect(w.configuration.condition("Stalled")).toBe("True/TooManyConfigurations");
  expect(w.made()).toHaveLength(20);
  expect(w.configuration.writes).toEqual([]);
}, 30_000);

test.each([
  ["one truth", false],
  ["replicas that lag", true],
])(
  "of three that are applied at once the two older are made, and the third waits for the word (%s)",
  async (_sentence, areDelaysReal) => {
    const w = tenantWorld({ spec: WITHOUT_TEST, areDelaysReal });
    const { kube, clock, ports } = w.configuration;
    const loops = ["a", "b", "c"].map((name, minutes) => {
      const metadata = { name, uid: `uid-${name}`, creationTimestamp: `2026-11-22T06:0${minutes}:00Z` };
      kube.put(
        aDomain({
          metadata: { ...metadata, finalizers: ["cloudsync.dev/in-use"] },
          spec: { dnsName: `${name}.example.com` },
        }),
      );
      const entraToAD = { ...w.configuration.at().spec.entraToAD, domainRef: { name } };
      kube.put({ ...aConfiguration({ metadata, spec: { ...WITHOUT_TEST, entraToAD } }), status: {} });
      return worldLoop(clock, configurationReconciler(ports), { namespace: "identity", name });
    });
    kube.remove("SyncConfiguration", { namespace: "identity", name: "corp-groups" });
    // As workers would: all of them at once, the youngest first.
    for (let passes = 0; passes < 60; passes += 1) {
      await Promise.all(loops.toReversed().map((loop) => loop.pass()));
      await wait(clock, 30_000);
    }
    const names = w.configuration.directory
      .list("servicePrincipal")
      .flatMap(({ value }) => (w.made().includes(value.id) ? [value.displayName] : []));
    expect(names.toSorted()).toEqual(["a", "b"]);
  },
  60_000,
);
