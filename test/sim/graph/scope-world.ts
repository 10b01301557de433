/** The two loops of a scope with the true adapters in front of the simulated tenant; Kubernetes is the model of these loops. Only tests import this file. */
import { graphDesk, OPERATOR, SCOPE, TENANT_ID } from "../../../sim/src/graph/test-desk.ts";
import { createConfiguration } from "../../../sim/src/synchronization/portal.ts";
import { serviceIn } from "../../../sim/src/synchronization/tenants.ts";
import type { EntraLoopPorts } from "../../../src/controllers/entra-loop-ports.ts";
import { assignmentReconciler } from "../../../src/controllers/scope/assignments.ts";
import { groupScopeReconciler } from "../../../src/controllers/scope/controller.ts";
import { wireBoard } from "../../../src/controllers/scope/loops.ts";
import { scopePorts } from "../../../src/controllers/scope/ports.ts";
import { CONFIGURATION, plantScopes, scopeCaches } from "../../../src/controllers/scope/testing/bench.ts";
import { kubeModel } from "../../../src/controllers/scope/testing/kube-model.ts";
import { silentLog } from "../../../src/runtime/log.ts";
import { worldEntra } from "./world-entra.ts";
import { wait, worldLoop } from "./world-loop.ts";

const KEY = { namespace: CONFIGURATION.namespace, name: "groups" };
const STEP_MS = 30_000;
const bySecret = (clientID: string, name: string) => ({ type: "ClientSecret", clientID, secretRef: { name } });
export const SECOND_IDENTITY = bySecret(SCOPE, "world-scope-secret");
const WRITES = /^(POST|DELETE) .*\/appRoleAssignedTo/;

export async function scopeWorld({
  ids,
  scopeCredential,
  directory,
}: {
  readonly ids: readonly string[];
  readonly scopeCredential?: object;
  readonly directory?: NonNullable<Parameters<typeof graphDesk>[0]>["directory"];
}) {
  const desk = await graphDesk(directory === undefined ? {} : { directory });
  const { world } = desk;
  const { entra, clock } = worldEntra({ clock: desk.clock, handle: (request) => world.handleGraph(request) });
  const portal = { displayName: "corp", domain: "corp.example.com" };
  const { servicePrincipalID } = createConfiguration(serviceIn(world.synchronization, TENANT_ID), portal);
  const kube = kubeModel(() => clock.nowMs());
  plantScopes(kube, {});
  kube.edit("SyncConfiguration", CONFIGURATION, { status: { servicePrincipalID } });
  const credential = bySecret(OPERATOR, "world-operator-secret");
  const tenant = { namespace: CONFIGURATION.namespace, name: "contoso" };
  kube.edit("EntraTenant", tenant, { spec: { credential, ...(scopeCredential !== undefined && { scopeCredential }) } });
  kube.apply({
    apiVersion: "cloudsync.dev/v1alpha1",
    kind: "GroupScope",
    metadata: KEY,
    spec: { configurationRef: CONFIGURATION, groups: { ids } },
  });
  const ports: EntraLoopPorts = {
    clock,
    log: silentLog,
    kube: kube.port,
    events: { emit: () => undefined },
    caches: scopeCaches(kube),
    operatorNamespace: "cloudsync",
    ownerID: "test",
    figures: {} as EntraLoopPorts["figures"],
    mayAct: () => true,
    entra,
    entraSettings: { allowedUnverified: new Set(), isSelfApprovalAllowed: false },
  };
  const shared = scopePorts({ ...ports, trust: { isTrusted: () => Promise.resolve(true) } });
  // Both loops come by at every step anyway.
  const asleep = { enqueue: () => undefined };
  wireBoard(shared, asleep, asleep);
  const loops = [
    worldLoop(desk.clock, groupScopeReconciler(shared), KEY),
    worldLoop(desk.clock, assignmentReconciler(shared), CONFIGURATION),
  ];
  const scope = () => kube.get("GroupScope", KEY);
  return {
    desk,
    kube,
    async run(forMs: number): Promise<void> {
      for (const untilMs = clock.nowMs() + forMs; clock.nowMs() < untilMs;) {
        for (const loop of loops) await loop.pass();
        await wait(desk.clock, STEP_MS);
      }
    },
    name: (wanted: readonly string[]): void => kube.edit("GroupScope", KEY, { spec: { groups: { ids: wanted } } }),
    counts: () => scope()?.status?.["counts"] as Readonly<Record<string, number>> | undefined,
    condition(type: string): string {
      const conditions = scope()?.status?.["conditions"] as
        readonly { type: string; status: string; reason: string }[] | undefined;
      const found = conditions?.find((one) => one.type === type);
      return `${found?.status}/${found?.reason}`;
    },
    /** Groups that are in scope in Entra. */
    assigned: (): readonly string[] =>
      desk.directory
        .assignedTo(servicePrincipalID)
        .map(({ principalId }) => principalId)
        .toSorted(),
    /** Writes of assignments that took effect, and who sent them. */
    writers: (): readonly (readonly [method: string, clientID: string])[] =>
      world.log
        .read({ service: "graph", outcome: "ok", limit: 10_000 })
        .filter(({ action }) => WRITES.test(action))
        .map(({ action, accessKeyID }) => [action.split(" ", 1)[0] ?? "", accessKeyID]),
  };
}
