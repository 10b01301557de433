/**
 * The whole product on one machine: control plane, simulated world, the chart's objects, the operator as its own process, the examples.
 * Guarantees: each step is told to `say` with its time; what runs is stopped by {@link Stage.stop}, by process id.
 * Never: gives the operator rights or settings that the chart did not (service account, RBAC, grants and installers are the chart's).
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { startControlPlane, stopControlPlane, type ControlPlane } from "../support/control-plane.ts";
import { eventually } from "../support/eventually.ts";
import { CHART, findHelm, PROJECT } from "../support/helm.ts";
import { kubectlApply, kubectlOk, type KubectlTarget } from "../support/kubectl.ts";
import {
  EXAMPLE_ACCOUNT_ID,
  EXAMPLE_INSTALLERS,
  startOperator,
  type IdentityGrantValue,
  type RunningOperator,
} from "../support/operator.ts";
import { startWorld, type RunningWorld } from "../support/world.ts";
import { FLEET_NAMESPACE, OPERATOR_NAMESPACE } from "./names.ts";
import type { Narrator } from "./narrator.ts";

/** What a user would write into a values file. No pods here, so no replicas: the operator runs beside the control plane. */
const CHART_VALUES = {
  ownerID: "cloudsync-demo",
  replicas: 0,
  identityGrants: [{ namespace: FLEET_NAMESPACE, accountID: EXAMPLE_ACCOUNT_ID }],
  serviceAccountIdentities: [{ namespace: FLEET_NAMESPACE, names: ["entra-configuration", "entra-scope"] }],
  installers: EXAMPLE_INSTALLERS,
};

/** The defaults of production instead of the short times of tests: a busy laptop must not cost the lead, and nobody restarts the process. */
const PATIENT_LEASE = ["--lease-duration=15s", "--lease-renew-deadline=10s", "--lease-retry-period=2s"];
/** The simulated domain replicates at once: a canary that stays red is red within seconds. */
const QUICK_DIRECTORY = ["--directory-look-delay=1s"];

export interface StageOptions {
  readonly directory: string;
  readonly isDetached: boolean;
  readonly narrator: Narrator;
}

export interface Stage {
  readonly directory: string;
  readonly plane: ControlPlane;
  readonly world: RunningWorld;
  readonly operator: RunningOperator;
  /** AWS calls that were made before the operator started: an administrator's, who puts the SSM documents there. */
  readonly callsBefore: Readonly<Record<string, number>>;
  readonly metricsURL: string;
}

/** Starts everything up to a leading operator. What runs when it fails is the caller's to stop. */
export async function startStage({ directory, isDetached, narrator }: StageOptions): Promise<Stage> {
  mkdirSync(directory, { recursive: true });
  const plane = await narrator.step("etcd, kube-apiserver and kube-controller-manager", () =>
    startControlPlane({ directory, isDetached }),
  );
  const world = await narrator.step("the simulated world: an AWS account in three zones, a domain, a tenant", () =>
    startWorld({ directory, isDetached, ownerID: CHART_VALUES.ownerID, delays: "demo" }),
  );
  await narrator.step("helm install: CRDs, service account, RBAC, configuration, admission policy", () =>
    installChart(plane, directory),
  );
  const callsBefore = await countsOf(world);
  const { operator, metricsURL } = await narrator.step("the operator, as the chart's service account", () =>
    startOperatorAsInstalled({ directory, isDetached, plane, endpoints: world.endpoints }),
  );
  return { directory, plane, world, operator, callsBefore, metricsURL };
}

/** The namespace comes first: the chart puts a Role into it, for tokens of the two service accounts. */
async function installChart(plane: ControlPlane, directory: string): Promise<void> {
  await kubectlOk(plane, ["apply", "-f", join(PROJECT, "examples/00-namespace.yaml")]);
  const home = join(directory, "helm");
  mkdirSync(home, { recursive: true });
  const helm = await findHelm(home);
  const where = ["--namespace", OPERATOR_NAMESPACE, "--create-namespace", "--kubeconfig", plane.kubeconfig];
  const answer = await helm(["install", "cloudsync-operator", CHART, ...where], CHART_VALUES);
  if (answer.code !== 0) throw new Error(`helm install: ${answer.stderr.trim()}`);
}

interface OperatorPlace {
  readonly directory: string;
  readonly isDetached: boolean;
  readonly plane: KubectlTarget & { readonly operatorKubeconfig: string };
  readonly endpoints: RunningWorld["endpoints"];
}

/** Starts the operator with the two files that the chart rendered, and waits until it leads. */
export async function startOperatorAsInstalled({
  directory,
  isDetached,
  plane,
  endpoints,
}: OperatorPlace): Promise<{ readonly operator: RunningOperator; readonly metricsURL: string }> {
  const configMap = JSON.parse(
    await kubectlOk(plane, ["-n", OPERATOR_NAMESPACE, "get", "configmap", "cloudsync-operator", "-o", "json"]),
  ) as { readonly data: Readonly<Record<string, string>> };
  const file = (name: string): unknown => parse(configMap.data[name] ?? "");
  const logFile = join(directory, "operator.log");
  const alreadyLogged = existsSync(logFile) ? readFileSync(logFile, "utf8").length : 0;
  const operator = startOperator({
    directory,
    isDetached,
    kubeconfig: plane.operatorKubeconfig,
    world: endpoints,
    ownerID: CHART_VALUES.ownerID,
    operatorNamespace: OPERATOR_NAMESPACE,
    grants: file("identity-grants.yaml") as readonly IdentityGrantValue[],
    installers: file("installers.yaml") as readonly object[],
    flags: ["--bind-address=127.0.0.1", ...PATIENT_LEASE, ...QUICK_DIRECTORY],
  });
  const lines = await eventually(
    "the operator leads",
    () => logLines(operator.logFile, alreadyLogged),
    (seen) => seen.some(({ message }) => message === "leading") || !operator.isAlive(),
    { timeoutMs: 60_000, intervalMs: 100 },
  );
  if (!operator.isAlive()) throw new Error(`the operator ended while starting:\n${operator.logTail()}`);
  const port = lines.find(({ message }) => message === "started")?.metricsPort;
  const metricsURL = `http://127.0.0.1:${port ?? 0}/metrics`;
  writeFileSync(join(directory, "operator.json"), JSON.stringify({ pid: operator.pid, metricsURL }));
  return { operator, metricsURL };
}

interface LogLine {
  readonly message?: string;
  readonly metricsPort?: number;
}

function logLines(file: string, from: number): readonly LogLine[] {
  const text = readFileSync(file, "utf8").slice(from);
  return text
    .split("\n")
    .filter((line) => line.startsWith("{") && line.endsWith("}"))
    .map((line) => JSON.parse(line) as LogLine);
}

/** Applies `examples/` through the overlay that shortens times, as the overlay's own comment tells. */
export async function applyExamples(target: KubectlTarget): Promise<string> {
  const overlay = join(PROJECT, "examples/demo");
  const manifests = await kubectlOk(target, ["kustomize", "--load-restrictor=LoadRestrictionsNone", overlay]);
  const applied = await kubectlApply(target, manifests);
  if (applied.code !== 0) throw new Error(`kubectl apply: ${applied.stderr.trim()}`);
  return applied.stdout.trim();
}

/** AWS calls by `service:Action` since the world began. */
export async function countsOf(world: RunningWorld): Promise<Readonly<Record<string, number>>> {
  const answer = (await world.control.ask("GET", "/counts")) as { readonly total: Readonly<Record<string, number>> };
  return answer.total;
}

/** Ends everything in order: the operator by SIGTERM, then the world, then the control plane. */
export async function stopStage({ operator, world, directory }: Stage): Promise<void> {
  await operator.terminate();
  await world.stop();
  await stopControlPlane(directory);
}
