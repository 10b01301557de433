/**
 * Whether a test lets something pass that waits for it: the start of a configuration now, rollouts of pools later.
 * Guarantees: only a Passed run of the test's present generation, for the configuration's present schema.
 */
import type { ProvisioningTest } from "../../api/provisioning-test.ts";
import type { SyncConfiguration } from "../../api/sync-configuration.ts";

export type Gate =
  | { readonly kind: "open" }
  | { readonly kind: "closed"; readonly reason: "GateFailed" | "GateUnknown" | "GateNotRun" | "GateOutdated" };

export function judgeGate(test: ProvisioningTest, { status }: SyncConfiguration): Gate {
  const { last } = test.status;
  if (last === undefined) return { kind: "closed", reason: "GateNotRun" };
  const isPresent =
    last.generation === test.metadata.generation &&
    status.schemaHash !== undefined &&
    last.schemaHash === status.schemaHash;
  if (!isPresent) return { kind: "closed", reason: "GateOutdated" };
  if (last.result === "Passed") return { kind: "open" };
  return { kind: "closed", reason: last.result === "Failed" ? "GateFailed" : "GateUnknown" };
}
