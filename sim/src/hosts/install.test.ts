import { DEFAULT_INSTALLERS, type InstallerLayout } from "../layout/installers.ts";
import { Bench } from "./test-bench.ts";
import { configured, DOMAIN, INSTALL } from "./test-steps.ts";

const SETUP = DEFAULT_INSTALLERS.installers[0]!;
const withSetup = (...setups: readonly Partial<InstallerLayout>[]): Bench =>
  new Bench({ layout: { installers: { installers: setups.map((setup) => ({ ...SETUP, ...setup })) } } });

const rows: readonly (readonly [sentence: string, bench: () => Bench, changes: object, error: object])[] = [
  [
    "an object version that does not exist",
    () => new Bench(),
    { versionID: "v0" },
    { class: "Permanent", reason: "InstallerNotFound" },
  ],
  [
    "another hash",
    () => new Bench(),
    { sha256: "0".repeat(64) },
    { class: "Permanent", reason: "InstallerHashMismatch" },
  ],
  [
    "an object that the profile may not read",
    () => withSetup({ readableBy: [] }),
    {},
    { class: "Person", reason: "InstallerAccessDenied" },
  ],
  [
    "a bad signature",
    () => withSetup({ isSignatureValid: false }),
    {},
    { class: "Permanent", reason: "InstallerSignatureInvalid" },
  ],
  [
    "a bucket of another account",
    () => withSetup({ ownerAccountID: "999922223333" }),
    {},
    { class: "Person", reason: "InstallerAccessDenied" },
  ],
  [
    "another signer",
    () => withSetup({ signer: "Contoso" }),
    {},
    { class: "Permanent", reason: "InstallerSignatureInvalid" },
  ],
  [
    "another product",
    () => withSetup({ productName: "Something Else" }),
    {},
    { class: "Permanent", reason: "InstallerProductMismatch" },
  ],
  [
    "another version of the product",
    () => new Bench(),
    { version: "1.1.2600.0" },
    { class: "Permanent", reason: "InstallerProductMismatch" },
  ],
];
for (const [sentence, bench, changes, error] of rows) {
  test(`an installation fails on ${sentence} and installs nothing`, () => {
    const world = bench();
    const instanceID = world.online("1");
    expect(world.run("Install", instanceID, { ...INSTALL, ...changes })).toMatchObject({ outcome: "Failed", error });
    expect(world.guests.control.truth(instanceID)).toMatchObject({ installedVersion: null, serviceState: "Missing" });
  });
}

test("an installation that finds another one running fails as transient, and the next attempt succeeds", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  bench.faults.add({ service: "host", action: "Install", times: 1, effect: { kind: "hostExit", exitCode: 1618 } });
  expect(bench.run("Install", instanceID, INSTALL)).toMatchObject({
    error: { class: "Transient", reason: "AnotherInstallRuns" },
  });
  expect(bench.run("Install", instanceID, INSTALL)).toMatchObject({ outcome: "Succeeded" });
});

test("an installer that wants restarts gets them, and the same command ends well afterwards", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  bench.faults.add({ service: "host", action: "Install", times: 2, effect: { kind: "hostExit", exitCode: 3010 } });
  expect(bench.run("Install", instanceID, INSTALL)).toMatchObject({ outcome: "Succeeded", changed: true });
  expect(bench.guests.control.truth(instanceID)).toMatchObject({ boots: 3, installedVersion: "1.1.2505.0" });
});

test("a script that asks for a restart for ever is stopped by its bounded counter", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  bench.faults.add({ service: "host", action: "Install", effect: { kind: "hostExit", exitCode: 3010 } });
  expect(bench.run("Install", instanceID, INSTALL)).toMatchObject({
    error: { class: "Transient", reason: "RebootLimitReached" },
  });
  expect(bench.guests.control.truth(instanceID)).toMatchObject({ boots: 6 });
});

test("a newer setup upgrades in place and keeps registration and domains; an older one changes nothing", () => {
  const bench = withSetup({}, { versionID: "v2", version: "1.1.2600.0" });
  const instanceID = configured(bench, "1");
  expect(bench.run("Install", instanceID, { ...INSTALL, versionID: "v2", version: "1.1.2600.0" })).toMatchObject({
    changed: true,
  });
  expect(bench.run("Install", instanceID, INSTALL)).toMatchObject({
    changed: false,
    facts: { agentVersion: "1.1.2600.0" },
  });
  expect(bench.guests.control.truth(instanceID)).toMatchObject({
    installedVersion: "1.1.2600.0",
    configuredDomains: [DOMAIN],
    serviceState: "Running",
  });
});
