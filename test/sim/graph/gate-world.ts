/**
 * A configuration, its canary and the simulated AD: both loops with the true adapters, a host that reads the domain. Only tests import this file.
 */
import { testReconciler } from "../../../src/controllers/provisioning-test/controller.ts";
import type { TestPorts } from "../../../src/controllers/provisioning-test/ports.ts";
import { anAgent, INSTANCE_ID } from "../../../src/fleet/testing/builders.ts";
import type { ProvisioningTestStatus } from "../../../src/api/provisioning-test.ts";
import { aCondition, aProvisioningTest } from "../../../src/sync/testing.ts";
import { configurationWorld, type WorldOptions } from "./configuration-world.ts";
import { OU } from "./one-agent.ts";
import { readGroupFrom } from "./read-group.ts";
import { wait, worldLoop } from "./world-loop.ts";

const KEY = { namespace: "identity", name: "canary" };
/** sg-canary of the default layout: three members that are synchronized from the domain. */
export const CANARY_GROUP = "96009000-0000-4000-8000-000000000021";
const STEP_MS = 30_000;

export function gateWorld({ test = {}, ...options }: WorldOptions & { readonly test?: object } = {}) {
  const configuration = configurationWorld(options);
  const { kube, clock, agent, ports } = configuration;
  const testPorts: TestPorts = {
    ...ports,
    directoryLookDelayMs: 30_000,
    scopes: { resolve: () => Promise.resolve({ kind: "granted", scope: {} }) } as unknown as TestPorts["scopes"],
    directory: readGroupFrom(agent.domain),
  };
  const loop = worldLoop(clock, testReconciler(testPorts), KEY);
  const subject = { group: { id: CANARY_GROUP }, members: { sample: 3 } };
  kube.put(
    aProvisioningTest({ spec: { subject, expect: { verify: "Directory", container: OU, members: "All" }, ...test } }),
  );
  const g = {
    configuration,
    /** The host is Ready since now. */
    hostReady(): void {
      const lastTransitionTime = `${new Date(clock.nowMs()).toISOString().slice(0, 19)}Z`;
      const conditions = [{ ...aCondition("Ready", "True"), lastTransitionTime }];
      kube.put(anAgent({ status: { instanceID: INSTANCE_ID, conditions } }));
    },
    /** The configuration stands in Entra and the canary is in its scope; the canary has not run. */
    async prepare(): Promise<void> {
      await configuration.settle();
      await configuration.assign([CANARY_GROUP]);
      g.hostReady();
    },
    async run(forMs: number): Promise<void> {
      for (const untilMs = clock.nowMs() + forMs; clock.nowMs() < untilMs;) {
        await configuration.pass();
        await loop.pass();
        await wait(clock, STEP_MS);
      }
    },
    status: () => kube.at("ProvisioningTest", KEY).status as ProvisioningTestStatus,
    verdict: (): string => `${g.status().last?.result}/${g.status().last?.reason}`,
    request(word: string): void {
      const stored = kube.at("ProvisioningTest", KEY);
      const annotations = { "cloudsync.dev/requested-at": word };
      const resourceVersion = `${stored.metadata.resourceVersion}-${word}`;
      kube.put({ ...stored, metadata: { ...stored.metadata, annotations, resourceVersion } });
    },
    /** Groups in AD, each with how many members it has. */
    inAD: (): readonly string[] =>
      agent.domain.groups
        .list()
        .map(
          ({ objectGUID, distinguishedName }) => `${distinguishedName} ${agent.domain.groups.members(objectGUID).size}`,
        )
        .toSorted(),
    starts: (): number => configuration.writes.filter((write) => write === "POST start").length,
  };
  return g;
}
