/** The process refuses to start, in a sentence, where it could only fail later. A control plane of its own: the shared one has the CRDs. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { SCHEMA_VERSION } from "../../../src/api/kinds.ts";
import { startControlPlane, type ControlPlane } from "../../support/control-plane.ts";
import { installCrds } from "../../support/global-setup.ts";
import { kubectlOk, run } from "../../support/kubectl.ts";
import { BUNDLE } from "../../support/operator.ts";

const directory = mkdtempSync(join(tmpdir(), "cloudsync-start-"));
let controlPlane: ControlPlane;

beforeAll(async () => {
  controlPlane = await startControlPlane({ directory, hasControllerManager: false });
}, 90_000);

afterAll(async () => {
  await controlPlane.stop();
  rmSync(directory, { recursive: true, force: true });
}, 30_000);

function start(flags: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const base = [
    "--owner-id=cloudsync-test",
    `--kubeconfig=${controlPlane.kubeconfig}`,
    "--operator-namespace=default",
    "--metrics-port=0",
    "--health-port=0",
  ];
  return run(process.execPath, [BUNDLE, ...base, ...flags], {
    timeoutMs: 30_000,
    env: { PATH: process.env["PATH"], HOME: directory, ...env },
  });
}

test("CRDs that are missing are named, each with what to do", async () => {
  const { code, stdout } = await start();
  expect(code).toBe(1);
  for (const kind of ["CloudSyncAgentPool", "CloudSyncAgent", "ADDomain", "EntraTenant"])
    expect(stdout).toContain(`The CRD of ${kind} (`);
  expect(stdout).toContain("is not installed: install the chart with crds.enabled, or kubectl apply -f crds/.");
}, 60_000);

test("a CRD that is too old is named", async () => {
  await installCrds(controlPlane);
  const name = "crd/cloudsyncagentpools.cloudsync.dev";
  await kubectlOk(controlPlane, ["annotate", name, "cloudsync.dev/schema-version=0", "--overwrite"]);
  const { code, stdout } = await start();
  expect(code).toBe(1);
  expect(stdout).toContain(
    `The CRD of CloudSyncAgentPool is too old (schema 0, this operator needs ${SCHEMA_VERSION}): upgrade the CRDs first`,
  );
  expect(stdout).not.toContain("The CRD of ADDomain");
  await kubectlOk(controlPlane, [
    "apply",
    "--server-side",
    "--force-conflicts",
    "-f",
    resolve(import.meta.dirname, "../../../crds"),
  ]);
}, 60_000);

test("an endpoint that is not AWS's, and static keys, are refused unless the process says that it is a rehearsal", async () => {
  const foreign = await start([], { AWS_ENDPOINT_URL_EC2: "http://127.0.0.1:1", AWS_ACCESS_KEY_ID: "AKIA" });
  expect(foreign.code).toBe(2);
  expect(foreign.stderr).toContain("AWS_ENDPOINT_URL_EC2");
  expect(foreign.stderr).toContain("AWS_ACCESS_KEY_ID is set");
}, 60_000);

test("--help names every flag with its default, and the README's required one is required", async () => {
  const help = await start(["--help"]);
  expect(help.code).toBe(0);
  for (const flag of [
    "--owner-id",
    "--watch-namespaces",
    "--inventory-interval",
    "--absence-proof-answers",
    "--lease-duration",
  ])
    expect(help.stdout).toContain(flag);
  const missing = await run(process.execPath, [BUNDLE], { env: { PATH: process.env["PATH"] } });
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain("--owner-id is missing");
}, 60_000);

test("the bundle needs nothing beside itself", () => {
  const text = readFileSync(BUNDLE, "utf8");
  // Static imports, and what esbuild makes of a dependency's `require`.
  const names = [...text.matchAll(/(?:^import\b[^"]*|\b__require\()"([^"]+)"/gm)].map(([, name]) => name ?? "");
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !isBuiltin(name))).toEqual([]);
});
