/**
 * Whether a configuration may be started.
 * Guarantees: open only on a test of this configuration that passed for its present generation and for exactly the schema that the job has now.
 */
import type { ProvisioningTest } from "../../api/provisioning-test.ts";
import type { SyncConfiguration } from "../../api/sync-configuration.ts";

export type Gate =
  { readonly kind: "open" } | { readonly kind: "closed"; readonly reason: string; readonly message: string };

export function judgeGate(
  { spec, metadata }: SyncConfiguration,
  test: ProvisioningTest | undefined,
  schemaHash: string,
): Gate {
  const { gateRef, withoutTest } = spec.start;
  if (withoutTest === true) return { kind: "open" };
  if (gateRef === undefined)
    return closed(
      "NoGate",
      "It stays paused until start.gateRef names a ProvisioningTest that passes, or start.withoutTest is true.",
    );
  if (test === undefined)
    return closed(
      "GateNotFound",
      `ProvisioningTest ${gateRef.name} does not exist: apply it, or correct start.gateRef.`,
    );
  if (test.spec.configurationRef.name !== metadata.name)
    return closed(
      "GateOfOtherConfiguration",
      `ProvisioningTest ${gateRef.name} tests ${test.spec.configurationRef.name}: name a test of this configuration.`,
    );
  const { last } = test.status;
  if (last === undefined) return closed("GateNotPassed", `ProvisioningTest ${gateRef.name} has not run yet.`);
  if (last.generation !== test.metadata.generation || last.schemaHash !== schemaHash)
    return closed(
      "GateStale",
      `ProvisioningTest ${gateRef.name} last ran before its own spec or the job's schema was changed: it has to pass anew.`,
    );
  if (last.result !== "Passed")
    return closed(
      "GateNotPassed",
      `ProvisioningTest ${gateRef.name} has not passed (${last.result}): it stays paused.`,
    );
  return { kind: "open" };
}

function closed(reason: string, message: string): Gate {
  return { kind: "closed", reason, message };
}
