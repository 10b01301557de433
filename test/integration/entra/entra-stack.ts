/**
 * The whole product of one test file on a control plane of its own: the chart with its admission policy, a world, the shipped operator, the examples.
 * Guarantees: objects, rights and identities are those of `examples/` and of the chart; what is asserted of Entra and AD comes from the world's own
 * record; `stop` ends what was started.
 * Never: rights for the operator that the chart does not give.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import { readRecord, type EntraRecord } from "../../demo/entra.ts";
import {
  serviceAccountUser,
  startControlPlane,
  type ControlPlane,
  type ControlPlaneUser,
} from "../../support/control-plane.ts";
import { eventually } from "../../support/eventually.ts";
import { CHART, findHelm, PROJECT } from "../../support/helm.ts";
import { kubectl, kubectlApply, kubectlOk, type CommandResult } from "../../support/kubectl.ts";
import { EXAMPLE_ACCOUNT_ID, EXAMPLE_INSTALLERS, startOperator, type RunningOperator } from "../../support/operator.ts";
import { stackAPI, type StackAPI, type StackKind, type StackObject } from "../../support/stack-api.ts";
import { exampleFleet, merged, type Change, type Manifest } from "../../support/stack-manifests.ts";
import { startWorld, type RunningWorld } from "../../support/world.ts";

export const NAMESPACE = "identity";
export const TEAM = "team-sales";
export const TENANT_ID = "6b29fc40-ca47-4067-b31d-00dd010662da";
/** Generous: the machine may be shared; nothing waits that long when all is well. */
export const PATIENCE_MS = 60_000;
export const FILE_MS = 240_000;

const OPERATOR_NAMESPACE = "cloudsync-system";
const OWNER_ID = "entra-test";
/** May edit in the team's namespace, and nothing more. */
const EDITOR = serviceAccountUser(TEAM, "editor");
/** May approve there as well. */
const APPROVER = serviceAccountUser(TEAM, "approver");
export type Person = "editor" | "approver";

/** Seconds in place of the minutes that a person would wait; a killed leader is followed after 6 s. */
const FLAGS = [
  "--bind-address=127.0.0.1",
  "--inventory-interval=400ms",
  "--command-poll-min=100ms",
  "--command-poll-max=400ms",
  "--directory-look-delay=1s",
  "--lease-duration=6s",
  "--lease-renew-deadline=5s",
  "--lease-retry-period=300ms",
];
/** A cycle a second; no answer of Entra lags. */
const DELAYS = { "synchronization.cycle": 1_000 };

export interface EntraStackOptions {
  /** Sections of the world's layout that replace those of the default one. */
  readonly layout?: Readonly<Record<string, unknown>>;
  /** More service accounts of {@link NAMESPACE} that the operator may request tokens for. */
  readonly identities?: readonly string[];
}

export interface EntraStack {
  readonly world: RunningWorld;
  readonly api: StackAPI;
  /** Starts the operator; again after it was killed. */
  startOperator(): RunningOperator;
  operator(): RunningOperator;
  kubectl(args: readonly string[]): Promise<CommandResult>;
  /** As somebody who is no administrator. */
  as(person: Person, args: readonly string[]): Promise<CommandResult>;
  apply(manifests: readonly Manifest[]): Promise<void>;
  record(): Promise<EntraRecord>;
  /** Calls to Graph so far, of one operation such as `POST /groups`. */
  calls(operation: string): Promise<number>;
  /** Resolves with the object once it is as wanted. */
  until(
    what: Where,
    sentence: string,
    isDone: (object: StackObject | undefined) => boolean,
  ): Promise<StackObject | undefined>;
  untilRecord(sentence: string, isDone: (record: EntraRecord) => boolean): Promise<EntraRecord>;
  stop(): Promise<void>;
}

export interface Where {
  readonly kind: StackKind;
  readonly namespace: string;
  readonly name: string;
}

export const CONFIGURATION: Where = { kind: "configurations", namespace: NAMESPACE, name: "corp-groups" };
export const CANARY: Where = { kind: "tests", namespace: NAMESPACE, name: "canary" };
export const CANARY_SCOPE: Where = { kind: "scopes", namespace: NAMESPACE, name: "canary" };
export const TEAM_SCOPE: Where = { kind: "scopes", namespace: TEAM, name: "sales" };

/** `examples/`: the fleet with one agent, or none, and the Entra side. */
export function examples({ hasFleet }: { readonly hasFleet: boolean }): readonly Manifest[] {
  const fleet = exampleFleet(NAMESPACE, { spec: { replicas: 1 } });
  return [...fleet.filter(({ kind }) => hasFleet || kind !== "CloudSyncAgentPool"), ...entraExamples()];
}

/** The configuration, the canary and the team's scope. */
export function entraExamples(): readonly Manifest[] {
  return ["40-configuration.yaml", "50-canary.yaml", "60-team-sales.yaml"]
    .flatMap((file) => parseAllDocuments(readFileSync(join(PROJECT, "examples", file), "utf8")))
    .map((document) => document.toJS() as Manifest)
    .filter(({ kind }) => kind !== "Namespace");
}

export function changed(manifests: readonly Manifest[], kind: string, change: Change): readonly Manifest[] {
  return manifests.map((manifest) => (manifest.kind === kind ? merged(manifest, change) : manifest));
}

export async function startEntraStack({ layout, identities = [] }: EntraStackOptions = {}): Promise<EntraStack> {
  const directory = mkdtempSync(join(tmpdir(), "cloudsync-entra-"));
  const layoutFile = join(directory, "layout.yaml");
  if (layout !== undefined) writeFileSync(layoutFile, stringify(layout, { aliasDuplicateObjects: false }));
  const [plane, world] = await Promise.all([
    startControlPlane({ directory, users: [EDITOR, APPROVER] }),
    startWorld({
      directory,
      ownerID: OWNER_ID,
      delays: "zero",
      hasBuckets: false,
      ...(layout === undefined ? {} : { layoutFile }),
    }),
  ]);
  await world.control.ask("PUT", "/delays", DELAYS);
  await install(plane, directory, ["entra-configuration", "entra-scope", ...identities]);
  const api = stackAPI(plane.kubeconfig);
  const operators: RunningOperator[] = [];
  const stack: EntraStack = {
    world,
    api,
    startOperator() {
      const operator = startOperator({
        directory,
        name: `operator-${operators.length}`,
        kubeconfig: plane.operatorKubeconfig,
        world: world.endpoints,
        ownerID: OWNER_ID,
        operatorNamespace: OPERATOR_NAMESPACE,
        grants: [{ namespace: NAMESPACE, accountID: EXAMPLE_ACCOUNT_ID }],
        installers: EXAMPLE_INSTALLERS,
        flags: FLAGS,
      });
      operators.push(operator);
      return operator;
    },
    operator() {
      const newest = operators.at(-1);
      if (newest === undefined) throw new Error("no operator was started");
      return newest;
    },
    kubectl: (args) => kubectl(plane, args),
    as: (person, args) => kubectl({ ...plane, kubeconfig: kubeconfigOf(plane, person) }, args),
    async apply(manifests) {
      const answer = await kubectlApply(plane, manifests);
      if (answer.code !== 0) throw new Error(`kubectl apply: ${answer.stderr}`);
    },
    record: () => readRecord(world.control, TENANT_ID, "corp.example.com"),
    async calls(operation) {
      const { total } = (await world.control.ask("GET", "/counts")) as {
        readonly total: Readonly<Record<string, number>>;
      };
      return total[`graph:${operation}`] ?? 0;
    },
    until: ({ kind, namespace, name }, sentence, isDone) =>
      withLog(stack, () => eventually(sentence, () => api.get(kind, namespace, name), isDone, WAIT)),
    untilRecord: (sentence, isDone) => withLog(stack, () => eventually(sentence, () => stack.record(), isDone, WAIT)),
    async stop() {
      for (const operator of operators) await operator.kill();
      await Promise.all([world.stop(), plane.stop(), api.close()]);
      rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
  return stack;
}

const WAIT = { timeoutMs: PATIENCE_MS, intervalMs: 100 };

/** Namespaces, the chart, and what the two people may do: the chart's own roles, bound in the team's namespace. */
async function install(plane: ControlPlane, directory: string, names: readonly string[]): Promise<void> {
  for (const name of [NAMESPACE, TEAM]) await kubectlOk(plane, ["create", "namespace", name]);
  const home = join(directory, "helm");
  mkdirSync(home);
  const helm = await findHelm(home);
  const where = ["--namespace", OPERATOR_NAMESPACE, "--create-namespace", "--kubeconfig", plane.kubeconfig];
  const values = { ownerID: OWNER_ID, replicas: 0, serviceAccountIdentities: [{ namespace: NAMESPACE, names }] };
  const answer = await helm(["install", "cloudsync-operator", CHART, ...where], values);
  if (answer.code !== 0) throw new Error(answer.stderr);
  const bindings: readonly (readonly [person: Person, role: string])[] = [
    ["editor", "view"],
    ["editor", "edit"],
    ["approver", "view"],
    ["approver", "edit"],
    ["approver", "approve"],
  ];
  for (const [person, role] of bindings)
    await kubectlOk(plane, [
      ...["-n", TEAM, "create", "rolebinding", `${person}-${role}`],
      `--clusterrole=cloudsync-operator:${OPERATOR_NAMESPACE}:${role}`,
      `--serviceaccount=${TEAM}:${person}`,
    ]);
}

function kubeconfigOf({ kubeconfigs }: ControlPlane, person: Person): string {
  const user: ControlPlaneUser = person === "editor" ? EDITOR : APPROVER;
  return kubeconfigs[user.name] ?? "";
}

/** A failure says what the operator last logged. */
async function withLog<T>(stack: EntraStack, wait: () => Promise<T>): Promise<T> {
  try {
    return await wait();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${message}\noperator's log:\n${stack.operator().logTail()}`, { cause: error });
  }
}
