/** The loop of one configuration with a model of Entra around it; a killed process is one that writes nothing any more. Only tests import this file. */
import type { SyncConfiguration } from "../../../api/sync-configuration.ts";
import { parseConfiguration } from "../../../api/parse.ts";
import type { Reconcile } from "../../../kube/port.ts";
import { aConfiguration, aDomain, aProvisioningTest, aTenant } from "../../../sync/testing.ts";
import { loopBench, type LoopBench } from "../../testing/loop-bench.ts";
import { configurationReconciler } from "../controller.ts";
import { graphModel, type GraphModel } from "./graph-model.ts";

export const KEY = { namespace: "identity", name: "corp-groups" };

export interface ConfigurationBench {
  readonly kube: LoopBench;
  readonly graph: GraphModel;
  readonly at: () => SyncConfiguration;
  /** Changes the spec as `kubectl apply` would. */
  readonly edit: (spec: object, metadata?: object) => void;
  /** Passes until the loop asks for more than `untilMs`; a bounded number. */
  readonly settle: (untilMs?: number) => Promise<void>;
  /** One pass, then the time that it asked for. */
  readonly pass: () => Promise<number>;
  /** A new process: what the old one had in memory is gone. */
  readonly restart: () => void;
  readonly passGate: () => void;
  isTrusted: boolean;
}

export interface BenchOptions {
  readonly spec?: object;
  readonly status?: object;
  readonly allowedUnverified?: readonly string[];
  readonly tenantSpec?: object;
}

export function configurationBench({
  spec = {},
  status = {},
  allowedUnverified = [],
  tenantSpec = {},
}: BenchOptions = {}): ConfigurationBench {
  const kube = loopBench();
  const graph = graphModel();
  const fresh = {
    servicePrincipalID: undefined,
    jobs: undefined,
    schemaHash: undefined,
    conditions: undefined,
    observedGeneration: undefined,
  };
  kube.put(aTenant({ spec: tenantSpec }));
  kube.put(aDomain({ metadata: { finalizers: ["cloudsync.dev/in-use"] } }));
  kube.put(withStatus(aConfiguration({ spec, status: {} }), { ...fresh, ...status }));
  const bench = { kube, graph, isTrusted: true };
  const made = (): Reconcile =>
    configurationReconciler({
      ...kube.ports,
      entra: graph.ports,
      entraSettings: { allowedUnverified: new Set(allowedUnverified), isSelfApprovalAllowed: false },
      trust: { isTrusted: () => Promise.resolve(bench.isTrusted) },
    });
  let reconcile = made();
  const at = (): SyncConfiguration => {
    const parsed = parseConfiguration(kube.at("SyncConfiguration", KEY));
    if (parsed.kind === "invalid") throw new Error(parsed.problems.join("\n"));
    return parsed.object;
  };
  const pass = async (): Promise<number> => {
    const result = await reconcile(KEY, new AbortController().signal);
    if (result.kind === "done") return Infinity;
    return result.kind === "requeue" ? result.afterMs : (result.retryAfterMs ?? 30_000);
  };
  return Object.assign(bench, {
    at,
    pass,
    edit(change: object, metadata: object = {}) {
      const object = at();
      const generation = (object.metadata.generation ?? 1) + 1;
      const resourceVersion = `edit-${generation}-${object.metadata.resourceVersion}`;
      kube.put({
        ...object,
        spec: defined({ ...object.spec, ...change }),
        metadata: { ...object.metadata, generation, resourceVersion, ...metadata },
      });
    },
    async settle(untilMs = 60_000) {
      for (let passes = 0; passes < 60; passes += 1) {
        const waitMs = await pass();
        if (waitMs > untilMs) return;
        await kube.clock.advance(Math.max(waitMs, 1));
      }
    },
    restart: () => void (reconcile = made()),
    passGate() {
      const { schemaHash } = at().status;
      const last = { startedAt: "2026-11-22T08:00:00Z", generation: 1, schemaHash, result: "Passed" };
      kube.put(aProvisioningTest({ status: { last } }));
    },
  });
}

function withStatus(object: SyncConfiguration, status: object): object {
  return { ...object, status: defined(status) };
}

/** As JSON has it: a member without a value is not there. */
function defined(members: object): object {
  return JSON.parse(JSON.stringify(members)) as object;
}
