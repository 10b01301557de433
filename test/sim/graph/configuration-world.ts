/**
 * The loop of a configuration with the true adapters in front of the simulated world: Graph's contract, its synchronization service, one agent that works.
 * Kubernetes is the bench of the loops. Only tests import this file.
 */
import { setImmediate } from "node:timers/promises";
import { Domain } from "../../../sim/src/ad/domain.ts";
import { virtualClock } from "../../../sim/src/core/clock.ts";
import { NO_GUESTS, type GuestsMaker } from "../../../sim/src/core/guests.ts";
import { GraphContract } from "../../../sim/src/graph/contract/contract.ts";
import { OPERATOR, SCOPE, TENANT_ID } from "../../../sim/src/graph/test-desk.ts";
import { DEFAULT_LAYOUT } from "../../../sim/src/layout/default.ts";
import { DEFAULT_DOMAINS } from "../../../sim/src/layout/domains.ts";
import { DEFAULT_ENTRA_DIRECTORY, type GroupLayout } from "../../../sim/src/layout/entra-directory.ts";
import { createWorldOf } from "../../../sim/src/world.ts";
import { parseConfiguration } from "../../../src/api/parse.ts";
import type { SyncConfiguration } from "../../../src/api/sync-configuration.ts";
import { configurationReconciler } from "../../../src/controllers/configuration/controller.ts";
import { loopBench } from "../../../src/controllers/testing/loop-bench.ts";
import type { EntraAccess } from "../../../src/entra/access/port.ts";
import { createEntra } from "../../../src/entra/adapters.ts";
import type { Clock } from "../../../src/runtime/clock.ts";
import { silentLog } from "../../../src/runtime/log.ts";
import { aConfiguration, aDomain, aProvisioningTest, aTenant } from "../../../src/sync/testing.ts";
import { worldTransport } from "./world-transport.ts";

export const OU = "OU=EntraGroups,DC=corp,DC=example,DC=com";
const GMSA = "gmsaCloudSync$";
const KEY = { namespace: "identity", name: "corp-groups" };
const SCOPE_ROLE = "1a0abf4d-b9fa-4512-a3a2-51ee82c6fd9f";
// Read and compiled once for all tests of a file.
const CONTRACT = new GraphContract();

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
}

export function configurationWorld({
  spec = {},
  groups = [],
  allowedUnverified = [],
  hasAgent = true,
  areDelaysReal = false,
}: WorldOptions = {}) {
  const clock = virtualClock();
  const [tenant, ...others] = DEFAULT_LAYOUT.tenants.tenants;
  if (tenant === undefined) throw new Error("the default layout has no tenant");
  const directory = { ...DEFAULT_ENTRA_DIRECTORY, groups: [...DEFAULT_ENTRA_DIRECTORY.groups, ...groups] };
  const world = createWorldOf(hasAgent ? oneAgent() : NO_GUESTS, {
    delays: { preset: areDelaysReal ? "real" : "zero" },
    graphContract: CONTRACT,
    layout: { ...DEFAULT_LAYOUT, tenants: { tenants: [{ ...tenant, directory }, ...others] } },
    clock,
  });
  /** Every write that left for Graph: method and last word of the path. */
  const writes: string[] = [];
  const startMs = clock.nowMs();
  const operatorClock: Clock = {
    nowMs: () => clock.nowMs(),
    monotonicMs: () => clock.nowMs() - startMs,
    schedule: (delayMs, callback) => clock.schedule(delayMs, callback),
  };
  const entra = createEntra({
    clock: operatorClock,
    dice: () => 0.5,
    log: silentLog,
    transport: worldTransport((request) => {
      const last = new URL(request.url).pathname.split("/").at(-1) ?? "";
      if (request.method !== "GET" && !["token", "parseExpression", "$batch"].includes(last))
        writes.push(`${request.method} ${last}`);
      return world.handleGraph(request);
    }),
    endpoints: {},
    grants: [],
    serviceAccounts: { token: () => Promise.reject(new Error("no service accounts here")) },
    // The Secret's name is what it holds.
    secrets: { read: ({ name }) => Promise.resolve({ kind: "found", values: { "client-secret": name } }) },
    mayWrite: () => true,
  });
  const kube = loopBench();
  const credential = { type: "ClientSecret", clientID: OPERATOR, secretRef: { name: "world-operator-secret" } };
  kube.put(aTenant({ spec: { tenantID: TENANT_ID, credential: { serviceAccountRef: undefined, ...credential } } }));
  kube.put(aDomain({ metadata: { finalizers: ["cloudsync.dev/in-use"] } }));
  kube.put({ ...aConfiguration({ spec }), status: {} });
  const reconcile = configurationReconciler({
    ...kube.ports,
    clock: operatorClock,
    entra,
    entraSettings: { allowedUnverified: new Set(allowedUnverified), isSelfApprovalAllowed: true },
    trust: { isTrusted: () => Promise.resolve(true) },
  });
  const at = (): SyncConfiguration => {
    const parsed = parseConfiguration(kube.at("SyncConfiguration", KEY));
    if (parsed.kind === "invalid") throw new Error(parsed.problems.join("\n"));
    return parsed.object;
  };
  /** World time passes in steps, so that answers in flight arrive in their order. */
  const wait = async (forMs: number): Promise<void> => {
    for (let leftMs = forMs; leftMs > 0; leftMs -= 60_000) {
      await setImmediate();
      clock.advance(Math.min(60_000, leftMs));
    }
    await setImmediate();
  };
  /** One pass; time goes on while it waits for an answer. */
  const pass = async (): Promise<number> => {
    let answer: Awaited<ReturnType<typeof reconcile>> | undefined;
    void reconcile(KEY, new AbortController().signal).then((result) => (answer = result));
    for (let turn = 0; answer === undefined && turn < 20_000; turn += 1) {
      await setImmediate();
      if (turn > 20) clock.advance(100);
    }
    if (answer === undefined) throw new Error("the pass does not end");
    return answer.kind === "done"
      ? Infinity
      : answer.kind === "requeue"
        ? answer.afterMs
        : (answer.retryAfterMs ?? 30_000);
  };
  return {
    kube,
    world,
    writes,
    entra,
    at,
    wait,
    pass,
    async settle(untilMs = 60_000): Promise<void> {
      for (let passes = 0; passes < 80; passes += 1) {
        const waitMs = await pass();
        if (waitMs > untilMs) return;
        await wait(Math.max(waitMs, 1));
      }
      throw new Error("the loop did not come to rest");
    },
    /** Passes and time, as a worker would. */
    async run(forMs: number): Promise<void> {
      for (const untilMs = clock.nowMs() + forMs; clock.nowMs() < untilMs;)
        await wait(Math.max(1, Math.min(await pass(), untilMs - clock.nowMs())));
    },
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
      const listed = await entra.jobs.list(
        accessOf(OPERATOR, "world-operator-secret"),
        at().status.servicePrincipalID ?? "",
        new AbortController().signal,
      );
      return listed.kind === "complete" ? listed.items : [];
    },
  };
}

const accessOf = (clientID: string, secretName: string): EntraAccess => ({
  cloud: "Public",
  tenantID: TENANT_ID,
  clientID,
  proof: { kind: "secret", namespace: "identity", secretNames: [secretName] },
});
const SCOPE_ACCESS = accessOf(SCOPE, "world-scope-secret");

/** One agent that is always there, with all rights on the container. */
function oneAgent(): GuestsMaker {
  return {
    delays: NO_GUESTS.delays,
    make(surroundings, layout) {
      const [corp] = DEFAULT_DOMAINS.domains;
      if (corp === undefined) throw new Error("the default layout has no domain");
      const access = (["CreateGroups", "DeleteGroups", "WriteGroups"] as const).map((right) => ({
        distinguishedName: OU,
        trustee: GMSA,
        kind: "Allow" as const,
        right,
      }));
      const domain = new Domain({ ...corp, access }, surroundings.clock);
      const path = {
        kind: "reached" as const,
        instanceID: "i-1",
        serviceAccount: `CORP\\${GMSA}`,
        domain,
        forest: [domain],
      };
      return {
        ...NO_GUESTS.make(surroundings, layout),
        agentReach: { reach: () => path },
        activeDirectory: new Map([["corp.example.com", domain]]),
      };
    },
  };
}
