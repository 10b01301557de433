/**
 * Hosts keep the secrets of their set-up only while they need them (S9): the real operator process against the real API server, killed on the way.
 * Guarantees: what a host can read comes from the world's own record.
 */
import type { HostTruth } from "../../../sim/src/hosts/truth.ts";
import type { Stack } from "../../support/stack.ts";
import * as fleets from "./fleets.ts";
import { namespaceOf, useOneStack } from "./one-stack.ts";

const ONE = 0;

let stack: Stack;
// Credentials of the former profile last hours; here seconds, and the pool waits for longer than that.
const delays = { "host.credentialLifetime": 2_000, "host.metadataRefresh": 500 };
useOneStack({ namespaces: 1, delays }, (started) => void (stack = started));

async function readableOn(instanceID: string): Promise<readonly string[]> {
  const { truth } = (await stack.world.control.ask("GET", `/hosts/${instanceID}`)) as { readonly truth: HostTruth };
  return truth.readableSecrets;
}

async function replacementsOf(instanceID: string): Promise<number> {
  const calls = await fleets.callsSince(stack, 0, "ReplaceIamInstanceProfileAssociation");
  return calls.filter(({ facts, outcome }) => outcome === "ok" && facts.instanceID?.includes(instanceID) === true)
    .length;
}

test(
  "a host that is set up loses its bootstrap profile, its credentials are waited out, and it proves that it is refused",
  async () => {
    const namespace = namespaceOf(stack, ONE);
    const pool = {
      spec: {
        aws: { instanceProfile: "cloudsync-runtime", bootstrapInstanceProfile: "cloudsync-agent" },
        timeouts: { credentialExpiry: "10s" },
      },
    };
    await stack.apply(fleets.fleetOf(stack, ONE, { pool }));
    const [ready] = await fleets.untilPoolReady(stack, namespace);
    const instanceID = fleets.instanceOf(ready);
    const place: fleets.Place = ["agents", namespace, ready?.metadata.name ?? ""];
    await fleets.until(stack, place, { SecretsReleased: "False/AwaitingCredentialExpiry", Ready: "True" });
    await fleets.until(stack, ["pools", namespace], { SecretsReleased: "False/AwaitingCredentialExpiry" });
    // What it knows of the replacement stands in the record alone.
    await stack.operator().kill();
    stack.startOperator();
    const agent = await fleets.until(stack, place, { SecretsReleased: "True/SecretsDenied", Ready: "True" });
    expect(await readableOn(instanceID)).toEqual([]);
    const { replacedAt, deniedAt } = agent.status?.["secrets"] as { replacedAt: string; deniedAt: string };
    expect(Date.parse(deniedAt) - Date.parse(replacedAt)).toBeGreaterThanOrEqual(10_000);
    expect(await replacementsOf(instanceID)).toBe(1);
    await fleets.until(stack, ["pools", namespace], { SecretsReleased: "True/SecretsDenied", Stalled: "False" });
  },
  fleets.TEST_MS,
);
