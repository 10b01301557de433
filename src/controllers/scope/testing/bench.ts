/**
 * The two loops over the models, on a clock by hand. Only tests import this file.
 * Guarantees: a pass runs when something woke it or it fell due, one at a time; `restart` forgets everything that a process holds in memory.
 */
import { AD_DOMAIN, ENTRA_TENANT, GROUP_SCOPE, SYNC_CONFIGURATION } from "../../../api/kinds.ts";
import type { KubeObject, ObjectKey, Reconcile } from "../../../kube/port.ts";
import { keyText } from "../../../kube/port.ts";
import { approvalTrust } from "../../approval-trust.ts";
import type { EntraLoopPorts } from "../../entra-loop-ports.ts";
import type { Caches } from "../../loop-ports.ts";
import { CONFIGURATION_INDEXES, GROUP_SCOPE_INDEXES } from "../../wake.ts";
import { assignmentReconciler } from "../assignments.ts";
import { groupScopeReconciler } from "../controller.ts";
import { wireBoard } from "../loops.ts";
import { scopePorts } from "../ports.ts";
import { graphModel, SERVICE_PRINCIPAL, type GraphModel } from "./graph-model.ts";
import { kubeModel, type KubeModel, type Stored } from "./kube-model.ts";

export const CONFIGURATION: ObjectKey = { namespace: "identity", name: "corp-groups" };
const RESYNC_MS = 5 * 60_000;
const PASSES_MAX = 20_000;

/** Thrown by a fault to end the process in the middle of a pass. */
export class Killed extends Error {}

export interface Bench {
  readonly kube: KubeModel;
  readonly graph: GraphModel;
  readonly events: { readonly reason: string; readonly about: string }[];
  nowMs(): number;
  /** Runs what is due until nothing is. Returns how many passes it took. */
  settle(): Promise<number>;
  /** Lets time pass, with resyncs. */
  advance(byMs: number): Promise<void>;
  restart(): void;
  addScope(name: string, spec: Readonly<Record<string, unknown>>, namespace?: string): ObjectKey;
  scope(key: ObjectKey): Stored;
  condition(
    key: ObjectKey,
    type: string,
  ): { readonly status: string; readonly reason: string; readonly message: string };
}

export interface BenchOptions {
  readonly configuration?: Readonly<Record<string, unknown>>;
  readonly isSelfApprovalAllowed?: boolean;
  readonly startMs?: number;
  /** Which of two loops that are due runs first: chance on a real queue. */
  readonly isWriterFirst?: boolean;
}

export function scopeBench(options: BenchOptions = {}): Bench {
  const { configuration = {}, isSelfApprovalAllowed = true, startMs, isWriterFirst = false } = options;
  let elapsedMs = 0;
  const baseMs = startMs ?? Date.parse("2026-11-22T08:00:00Z");
  const nowMs = (): number => baseMs + elapsedMs;
  const kube = kubeModel(nowMs);
  const graph = graphModel(nowMs);
  const events: { reason: string; about: string }[] = [];
  const due = new Map<string, number>(); // "scope ns/name" | "assignments ns/name"
  const wake = (loop: string, key: ObjectKey, atMs = elapsedMs): void => {
    const name = `${loop} ${keyText(key)}`;
    due.set(name, Math.min(due.get(name) ?? Number.POSITIVE_INFINITY, atMs));
  };
  const scopeKeys = (): readonly ObjectKey[] =>
    kube.list("GroupScope").map(({ metadata }) => ({ namespace: metadata.namespace ?? "", name: metadata.name }));

  const silent = (): void => undefined;
  const ports: EntraLoopPorts = {
    clock: { nowMs, monotonicMs: () => 1_000_000 + elapsedMs, schedule: () => silent },
    log: { debug: silent, info: silent, warn: silent, error: silent } as unknown as EntraLoopPorts["log"],
    kube: kube.port,
    events: { emit: (about, { reason }) => void events.push({ reason, about: about.metadata.name }) },
    caches: scopeCaches(kube),
    operatorNamespace: "cloudsync",
    ownerID: "test",
    figures: {} as unknown as EntraLoopPorts["figures"],
    mayAct: () => true,
    entra: graph.ports,
    entraSettings: { allowedUnverified: new Set(), isSelfApprovalAllowed },
  };
  let loops = start();

  function start(): Readonly<Record<string, Reconcile>> {
    const shared = scopePorts({ ...ports, trust: approvalTrust(ports) });
    wireBoard(shared, { enqueue: (key) => wake("scope", key) }, { enqueue: (key) => wake("assignments", key) });
    return { scope: groupScopeReconciler(shared), assignments: assignmentReconciler(shared) };
  }

  // More than the real watches wake, which only costs passes.
  kube.onChange(({ kind, metadata }) => {
    const key = { namespace: metadata.namespace ?? "", name: metadata.name };
    if (kind === GROUP_SCOPE.kind) wake("scope", key);
    if (kind === GROUP_SCOPE.kind) wake("assignments", CONFIGURATION);
    if ([SYNC_CONFIGURATION.kind, ENTRA_TENANT.kind, AD_DOMAIN.kind, "Namespace"].includes(kind)) {
      wake("assignments", CONFIGURATION);
      for (const scope of scopeKeys()) wake("scope", scope);
    }
  });

  async function runDue(): Promise<boolean> {
    const next = [...due]
      .filter(([, atMs]) => atMs <= elapsedMs)
      .sort(([a], [b]) => (a < b === isWriterFirst ? -1 : 1))[0];
    if (next === undefined) return false;
    const [name] = next;
    due.delete(name);
    const [loop = "", text = ""] = name.split(" ");
    const [namespace = "", objectName = ""] = text.split("/");
    const key = { namespace, name: objectName };
    try {
      const result = await loops[loop]?.(key, new AbortController().signal);
      if (result?.kind === "requeue") wake(loop, key, elapsedMs + result.afterMs);
      if (result?.kind === "retry") wake(loop, key, elapsedMs + (result.retryAfterMs ?? 1_000));
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      bench.restart();
    }
    return true;
  }

  const bench: Bench = {
    kube,
    graph,
    events,
    nowMs,
    async settle() {
      for (let passes = 0; passes < PASSES_MAX; passes += 1) if (!(await runDue())) return passes;
      throw new Error("the loops do not come to rest");
    },
    async advance(byMs) {
      const untilMs = elapsedMs + byMs;
      await bench.settle();
      while (elapsedMs < untilMs) {
        const nextResyncMs = (Math.floor(elapsedMs / RESYNC_MS) + 1) * RESYNC_MS;
        elapsedMs = Math.min(untilMs, nextResyncMs, ...[...due.values()].filter((atMs) => atMs > elapsedMs));
        if (elapsedMs === nextResyncMs) {
          wake("assignments", CONFIGURATION);
          for (const key of scopeKeys()) wake("scope", key);
        }
        await bench.settle();
      }
    },
    restart() {
      loops = start();
      due.clear();
      wake("assignments", CONFIGURATION);
      for (const key of scopeKeys()) wake("scope", key);
    },
    addScope(name, spec, namespace = CONFIGURATION.namespace) {
      kube.apply({
        apiVersion: "cloudsync.dev/v1alpha1",
        kind: "GroupScope",
        metadata: { namespace, name },
        spec: { configurationRef: CONFIGURATION, ...spec },
      });
      return { namespace, name };
    },
    scope(key) {
      const object = kube.get("GroupScope", key);
      if (object === undefined) throw new Error(`no GroupScope ${keyText(key)}`);
      return object;
    },
    condition(key, type) {
      const conditions = (bench.scope(key).status?.["conditions"] ?? []) as readonly {
        type: string;
        status: string;
        reason: string;
        message: string;
      }[];
      const found = conditions.find((condition) => condition.type === type);
      return found ?? { status: "absent", reason: "absent", message: "" };
    },
  };
  plantScopes(kube, configuration);
  return bench;
}

export function scopeCaches(kube: KubeModel): Caches {
  return {
    tenants: kube.cache("EntraTenant"),
    configurations: kube.cache("SyncConfiguration", merged(CONFIGURATION_INDEXES)),
    groupScopes: kube.cache("GroupScope", merged(GROUP_SCOPE_INDEXES)),
    domains: kube.cache("ADDomain"),
    namespaces: kube.cache("Namespace"),
    pools: kube.cache("CloudSyncAgentPool"),
    agents: kube.cache("CloudSyncAgent"),
    provisioningTests: kube.cache("ProvisioningTest"),
    slots: kube.cache("Lease"),
  };
}

function merged(indexes: Readonly<Record<string, (object: KubeObject) => readonly string[]>>) {
  return (object: KubeObject): readonly string[] => Object.values(indexes).flatMap((index) => index(object));
}

/** A tenant, a configuration that stands in Entra, and the namespaces of four teams. */
export function plantScopes(kube: KubeModel, configuration: Readonly<Record<string, unknown>>): void {
  const apiVersion = "cloudsync.dev/v1alpha1";
  const { namespace } = CONFIGURATION;
  for (const name of [namespace, "team-a", "team-b", "team-c", "team-d"])
    kube.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels: {} } });
  kube.apply({
    apiVersion,
    kind: "EntraTenant",
    metadata: { namespace, name: "contoso" },
    spec: {
      tenantID: "6b29fc40-ca47-4067-b31d-00dd010662da",
      credential: { type: "WorkloadIdentity", clientID: "9c8f0a52-9c3c-4b59-8f3f-6f4a5f6a7b10" },
    },
  });
  kube.apply({
    apiVersion,
    kind: "SyncConfiguration",
    metadata: { ...CONFIGURATION },
    spec: {
      tenantRef: { name: "contoso" },
      connector: "EntraToAD",
      entraToAD: {
        domainRef: { name: "corp" },
        targetContainer: { constant: "OU=EntraGroups,DC=corp,DC=example,DC=com" },
      },
      allowedNamespaces: { from: "All" },
      ...configuration,
    },
    status: { servicePrincipalID: SERVICE_PRINCIPAL },
  });
}
