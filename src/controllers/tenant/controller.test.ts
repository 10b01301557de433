/** The tenant's loop against small ports: what it asks of Entra, what it writes, and when it is silent. */
import type { AccessResolution, TokenFacts, TokenReading } from "../../entra/access/port.ts";
import type { EntraPorts } from "../../entra/entra-port.ts";
import { aConfiguration, aTenant, CLIENT_ID, TENANT_ID } from "../../sync/testing.ts";
import type { EntraLoopPorts } from "../entra-loop-ports.ts";
import { loopBench, settle, type LoopBench } from "../testing/loop-bench.ts";
import { tenantReconciler } from "./controller.ts";

const KEY = { namespace: "identity", name: "contoso" };
const GRANTED: AccessResolution = {
  kind: "granted",
  access: {
    cloud: "Public",
    tenantID: TENANT_ID,
    clientID: CLIENT_ID,
    proof: { kind: "serviceAccount", namespace: "identity", name: "entra" },
  },
};
const FACTS: TokenFacts = {
  roles: [
    "Application.Read.All",
    "Synchronization.ReadWrite.All",
    "ProvisioningLog.Read.All",
    "LicenseAssignment.Read.All",
  ],
  servicePrincipalID: "own",
  tokenExpiresAtMs: Date.parse("2026-11-22T09:00:00Z"),
};

interface Setting {
  readonly bench: LoopBench;
  readonly calls: string[];
  token: TokenReading;
  resolution: AccessResolution;
  pass(): ReturnType<typeof settle>;
  condition(type: string): { status: string; reason: string; message: string } | undefined;
}

function setting(): Setting {
  const bench = loopBench();
  const calls: string[] = [];
  const answer = (name: string, value: unknown) => () => {
    calls.push(name);
    return Promise.resolve(value);
  };
  const at: Setting = {
    bench,
    calls,
    token: { kind: "issued", facts: FACTS },
    resolution: GRANTED,
    pass: () => settle(reconcile, KEY, bench),
    condition: (type) => {
      const status = bench.at("EntraTenant", KEY).status as { conditions?: { type: string }[] } | undefined;
      return status?.conditions?.find((one) => one.type === type) as ReturnType<Setting["condition"]>;
    },
  };
  const entra = {
    access: {
      resolve: () => at.resolution,
      token: (_access: unknown, { isFresh }: { isFresh: boolean }) => {
        calls.push(isFresh ? "freshToken" : "token");
        return Promise.resolve(at.token);
      },
    },
    tenant: {
      subscribedSkus: answer("skus", {
        kind: "complete",
        items: [{ skuPartNumber: "P1", servicePlanNames: ["AAD_PREMIUM"], isEnabled: true }],
      }),
    },
    applications: { findByTemplate: answer("find", { kind: "complete", items: [] }) },
  } as unknown as EntraPorts;
  const ports: EntraLoopPorts = {
    ...bench.ports,
    entra,
    entraSettings: { allowedUnverified: new Set(), isSelfApprovalAllowed: false },
  };
  const reconcile = tenantReconciler(ports);
  bench.put(aTenant());
  bench.put(aConfiguration());
  return at;
}

test("the first passes set the finalizer and judge; a day at rest writes nothing and reads by the hour", async () => {
  const at = setting();
  await at.pass();
  expect(at.bench.writes).toEqual(["setFinalizers", "applyStatus"]);
  expect(at.condition("Ready")).toMatchObject({ status: "True", reason: "Ready" });
  const before = at.calls.filter((call) => call !== "token").length;
  for (let quarters = 0; quarters < 96; quarters += 1) {
    await at.bench.clock.advance(15 * 60_000);
    await at.pass();
  }
  expect(at.bench.writes).toHaveLength(2);
  expect(at.calls.filter((call) => call !== "token").length - before).toBeLessThanOrEqual(2 * 24);
});

test("an identity that is not granted is named before any call leaves", async () => {
  const at = setting();
  const failure = { class: "Denied", reason: "IdentityNotGranted", message: "m", fix: "f" } as const;
  at.resolution = { kind: "refused", failure };
  await at.pass();
  expect(at.calls).toEqual([]);
  expect(at.condition("Stalled")).toMatchObject({ status: "True", reason: "IdentityNotGranted" });
});

test("consent that is withdrawn shows with the next token, and its return with a new one that is asked for", async () => {
  const at = setting();
  await at.pass();
  at.token = { kind: "issued", facts: { ...FACTS, roles: ["Application.Read.All"] } };
  await at.bench.clock.advance(15 * 60_000);
  await at.pass();
  expect(at.condition("PermissionsGranted")).toMatchObject({ status: "False", reason: "PermissionsMissing" });
  expect(at.bench.events.at(-1)).toMatchObject({ type: "Warning", reason: "PermissionsMissing" });
  at.token = { kind: "issued", facts: FACTS };
  at.calls.length = 0;
  await at.bench.clock.advance(2 * 60_000);
  await at.pass();
  expect(at.calls).toContain("freshToken");
  expect(at.condition("Ready")).toMatchObject({ status: "True" });
});

test("a token endpoint that does not answer makes nothing False", async () => {
  const at = setting();
  await at.pass();
  at.token = { kind: "failed", failure: { class: "Transient", reason: "TokenEndpointSilent", message: "m", fix: "f" } };
  await at.bench.clock.advance(15 * 60_000);
  await at.pass();
  for (const type of ["TokenAcquired", "PermissionsGranted", "Ready"]) {
    expect(at.condition(type)?.status).toBe("Unknown");
  }
  expect(at.condition("Stalled")).toMatchObject({ status: "False" });
});

test("a request is answered once, with a new token", async () => {
  const at = setting();
  await at.pass();
  const stored = at.bench.at("EntraTenant", KEY);
  const metadata = { ...stored.metadata, annotations: { "cloudsync.dev/requested-at": "now" } };
  at.bench.put({ ...stored, metadata });
  at.calls.length = 0;
  await at.pass();
  expect(at.calls).toEqual(expect.arrayContaining(["freshToken", "skus"]));
  expect(at.bench.at("EntraTenant", KEY).status).toMatchObject({ lastHandledRequest: "now" });
  at.calls.length = 0;
  await at.pass();
  expect(at.calls).toEqual(["token"]);
});

test("the younger of two objects calls nothing", async () => {
  const at = setting();
  at.bench.put(aTenant({ metadata: { name: "older", uid: "uid-older", creationTimestamp: "2026-01-01T00:00:00Z" } }));
  await at.pass();
  expect(at.calls).toEqual([]);
  expect(at.condition("Ready")).toMatchObject({ status: "False", reason: "ClientTaken" });
});

test("a deleted tenant waits for a configuration that has something to undo, and goes when that is gone", async () => {
  const at = setting();
  await at.pass();
  const finalizers = ["cloudsync.dev/configuration"];
  at.bench.put(aConfiguration({ metadata: { finalizers } }));
  const stored = at.bench.at("EntraTenant", KEY);
  at.bench.put({ ...stored, metadata: { ...stored.metadata, deletionTimestamp: "2026-11-22T08:00:00Z" } });
  await at.pass();
  expect(at.condition("Ready")).toMatchObject({ status: "False", reason: "InUse" });
  expect(at.bench.at("EntraTenant", KEY).metadata.finalizers).toEqual(["cloudsync.dev/in-use"]);
  at.bench.remove("SyncConfiguration", { namespace: "identity", name: "corp-groups" });
  await at.pass();
  expect(at.bench.at("EntraTenant", KEY).metadata.finalizers).toEqual([]);
});
