/**
 * The loop of a configuration with the true adapters in front of the simulated world: Graph's contract, its synchronization service, one agent that works.
 * Kubernetes is the bench of the loops. Only tests import this file.
 */
import { virtualClock } from "../../../sim/src/core/clock.ts";
import { GraphContract } from "../../../sim/src/graph/contract/contract.ts";
import { OPERATOR, TENANT_ID } from "../../../sim/src/graph/test-desk.ts";
import { DEFAULT_LAYOUT } from "../../../sim/src/layout/default.ts";
import {
  DEFAULT_ENTRA_DIRECTORY,
  type EntraDirectoryLayout,
  type GroupLayout,
} from "../../../sim/src/layout/entra-directory.ts";
import { serviceIn } from "../../../sim/src/synchronization/tenants.ts";
import { createWorldOf } from "../../../sim/src/world.ts";
import { parseConfiguration } from "../../../src/api/parse.ts";
import type { SyncConfiguration } from "../../../src/api/sync-configuration.ts";
import type { ConfigurationPorts } from "../../../src/controllers/configuration/ports.ts";
import { configurationReconciler } from "../../../src/controllers/configuration/controller.ts";
import { loopBench } from "../../../src/controllers/testing/loop-bench.ts";
import type { SecretReader } from "../../../src/entra/access/cluster.ts";
import { aConfiguration, aDomain, aProvisioningTest, aTenant } from "../../../src/sync/testing.ts";
import { oneAgent } from "./one-agent.ts";
import { ACCESS, SCOPE_ACCESS, SCOPE_ROLE, worldEntra } from "./world-entra.ts";
import { worldLoop } from "./world-loop.ts";

const KEY = { namespace: "identity", name: "corp-groups" };
// Read and compiled once for all tests of a file, and before the time of the first one runs.
const CONTRACT = new GraphContract();
CONTRACT.operations("v1.0");
CONTRACT.tokenSchemas();

export const worldGroup = (number: number, displayName: string): GroupLayout => ({
  id: `96009000-0000-4000-9000-${String(number).padStart(12, "0")}`,
  displayName,
});

export interface WorldOptions {
  readonly spec?: object;
  readonly groups?: readonly GroupLayout[];
  readonly allowedUnverified?: readonly string[];
  /** Without one, runs fail. */
  readonly hasAgent?: boolean;
  /** Replication takes its real time. */
  readonly areDelaysReal?: boolean;
  /** What differs from the default directory. */
  readonly directory?: Partial<EntraDirectoryLayout>;
  /** Of the EntraTenant. */
  readonly tenantSpec?: object;
  readonly secrets?: SecretReader;
  /** Of the world's clock: certificates made by openssl are valid from the real present. */
  readonly startMs?: number;
}

export function configurationWorld({
  spec = {},
  groups = [],
  allowedUnverified = [],
  hasAgent = true,
  areDelaysReal = false,
  directory: changes = {},
  tenantSpec = {},
  secrets,
  startMs,
}: WorldOptions = {}) {
  const clock = virtualClock(startMs);
  const [tenant, ...others] = DEFAULT_LAYOUT.tenants.tenants;
  if (tenant === undefined) throw new Error("the default layout has no tenant");
  const directory = {
    ...DEFAULT_ENTRA_DIRECTORY,
    groups: [...DEFAULT_ENTRA_DIRECTORY.groups, ...groups],
    ...changes,
  };
  const agent = oneAgent(clock);
  agent.isRunning = hasAgent;
  const world = createWorldOf(agent.guests, {
    delays: { preset: areDelaysReal ? "real" : "zero" },
    graphContract: CONTRACT,
    layout: { ...DEFAULT_LAYOUT, tenants: { tenants: [{ ...tenant, directory }, ...others] } },
    clock,
  });
  /** Every write that left for Graph: method and last word of the path. */
  const writes: string[] = [];
  const { entra, clock: operatorClock } = worldEntra({
    clock,
    handle: (request) => {
      const last = new URL(request.url).pathname.split("/").at(-1) ?? "";
      if (request.method !== "GET" && !["token", "parseExpression", "$batch"].includes(last))
        writes.push(`${request.method} ${last}`);
      return world.handleGraph(request);
    },
    ...(secrets !== undefined && { secrets }),
  });
  const kube = loopBench();
  const credential = {
    serviceAccountRef: undefined,
    type: "ClientSecret",
    clientID: OPERATOR,
    secretRef: { name: "world-operator-secret" },
  };
  kube.put(aTenant({ spec: { tenantID: TENANT_ID, credential, ...tenantSpec } }));
  kube.put(aDomain({ metadata: { finalizers: ["cloudsync.dev/in-use"] } }));
  kube.put({ ...aConfiguration({ spec }), status: {} });
  const ports: ConfigurationPorts = {
    ...kube.ports,
    clock: operatorClock,
    entra,
    entraSettings: { allowedUnverified: new Set(allowedUnverified), isSelfApprovalAllowed: true },
    trust: { isTrusted: () => Promise.resolve(true) },
  };
  const reconcile = configurationReconciler(ports);
  const at = (): SyncConfiguration => {
    const parsed = parseConfiguration(kube.at("SyncConfiguration", KEY));
    if (parsed.kind === "invalid") throw new Error(parsed.problems.join("\n"));
    return parsed.object;
  };
  const loop = worldLoop(clock, reconcile, KEY);
  const service = serviceIn(world.synchronization, TENANT_ID);
  return {
    kube,
    world,
    clock,
    agent,
    /** The tenant's directory and its synchronization, as a person in the portal has them. */
    directory: service.directory,
    service,
    writes,
    entra,
    at,
    ...loop,
    /** The loops' own ports, for other loops over the same objects. */
    ports,
    edit(change: object, metadata: object = {}): void {
      const object = at();
      const generation = (object.metadata.generation ?? 1) + 1;
      const resourceVersion = `edit-${generation}-${object.metadata.resourceVersion}`;
      kube.put({
        ...object,
        spec: { ...object.spec, ...change },
        metadata: { ...object.metadata, generation, resourceVersion, ...metadata },
      });
    },
    passGate(): void {
      const { schemaHash } = at().status;
      kube.put(
        aProvisioningTest({
          status: { last: { startedAt: "2026-11-22T08:00:00Z", generation: 1, schemaHash, result: "Passed" } },
        }),
      );
    },
    condition(type = "Ready"): string {
      const found = at().status.conditions?.find((one) => one.type === type);
      return `${found?.status}/${found?.reason}`;
    },
    message(type = "Ready"): string {
      return at().status.conditions?.find((one) => one.type === type)?.message ?? "";
    },
    breaches: () => world.graph.gate.breaches,
    async assign(groupIDs: readonly string[]): Promise<void> {
      const request = { servicePrincipalID: at().status.servicePrincipalID ?? "", appRoleID: SCOPE_ROLE, groupIDs };
      for (const answer of await entra.assignments.assign(SCOPE_ACCESS, request, new AbortController().signal))
        if (answer.kind !== "done") throw new Error(JSON.stringify(answer));
    },
    async unassign(): Promise<void> {
      const servicePrincipalID = at().status.servicePrincipalID ?? "";
      const { signal } = new AbortController();
      const listed = await entra.assignments.list(SCOPE_ACCESS, servicePrincipalID, signal);
      if (listed.kind !== "complete") throw new Error("not listed");
      await entra.assignments.remove(
        SCOPE_ACCESS,
        { servicePrincipalID, assignmentIDs: listed.items.map(({ id }) => id) },
        signal,
      );
    },
    async jobs() {
      const listed = await entra.jobs.list(ACCESS, at().status.servicePrincipalID ?? "", new AbortController().signal);
      return listed.kind === "complete" ? listed.items : [];
    },
  };
}
