/**
 * Troubles inside a host, driven by the world's fault table: service `host`, action = step name.
 * Guarantees: a struck host goes through the doors that EC2 and the guest have (shutdown, hang); nothing else is touched.
 */
import type { Faults, FaultSubject } from "../core/faults.ts";
import type { MachineDirectory } from "../core/machine.ts";
import type { Host } from "./host.ts";
import type { StepName } from "./steps/step.ts";

export class HostFaults {
  readonly #faults: Faults;
  readonly #machines: MachineDirectory;

  constructor(faults: Faults, machines: MachineDirectory) {
    this.#faults = faults;
    this.#machines = machines;
  }

  /**
   * Dies or hangs `before` the step's effect or `after` it, when its result is still on the host.
   * Returns whether it died; a run on a hanging host stands still and goes on after a thaw.
   */
  strikesDown(host: Host, step: StepName, when: "before" | "after"): boolean {
    const subject = subjectOf(host, step);
    const isNow = (effect: { readonly when?: "before" | "after" }): boolean => (effect.when ?? "before") === when;
    if (this.#faults.strike("hostDeath", subject, isNow) !== undefined) {
      this.#machines.guestShutdown(host.machine.instanceID);
      return true;
    }
    if (this.#faults.strike("hostHang", subject, isNow) !== undefined) {
      host.freeze();
      this.#machines.guestHung(host.machine.instanceID);
    }
    return false;
  }

  slowMs(host: Host, step: StepName): number {
    return this.#faults.strike("hostSlow", subjectOf(host, step))?.effect.delayMs ?? 0;
  }

  exitCode(host: Host, step: StepName): number | undefined {
    return this.#faults.strike("hostExit", subjectOf(host, step))?.effect.exitCode;
  }
}

function subjectOf({ machine }: Host, step: StepName): FaultSubject {
  return {
    service: "host",
    action: step,
    facts: {
      instanceID: [machine.instanceID],
      availabilityZone: [machine.availabilityZone],
      subnetID: [machine.subnetID],
      accountID: [machine.accountID],
    },
  };
}
