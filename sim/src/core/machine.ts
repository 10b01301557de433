/**
 * The seam between EC2 (which powers machines) and what runs inside them (Windows, the SSM agent, the provisioning agent).
 * EC2 never looks inside a host; a host never changes EC2 state but by a guest reboot or shutdown.
 */
export interface Machine {
  readonly instanceID: string;
  readonly accountID: string;
  readonly region: string;
  readonly availabilityZone: string;
  readonly subnetID: string;
  readonly privateIPAddress: string;
  readonly imageID: string;
  readonly instanceProfileARN: string | undefined;
  /** The true tags (not the lagging ones that lists show). */
  readonly tags: Readonly<Record<string, string>>;
}

export type PowerOnCause = "launch" | "start" | "reboot";
export type PowerOffCause = "stop" | "terminate" | "crash";

/** Implemented by the hosts; called by EC2 when the hypervisor starts or ends a guest. */
export interface GuestLifecycle {
  poweredOn(machine: Machine, cause: PowerOnCause): void;
  /** A reboot (by the guest or by RebootInstances) is `stop` followed by `poweredOn(machine, "reboot")`. */
  poweredOff(instanceID: string, cause: PowerOffCause): void;
  /** The machine carries another instance profile from now on; credentials of the one before are still on it. */
  profileReplaced(machine: Machine): void;
}

/** Implemented by EC2; used by hosts and by SSM. `state` is the true EC2 state name, `undefined` for an id that never was. */
export interface MachineDirectory {
  machine(instanceID: string): Machine | undefined;
  state(instanceID: string): string | undefined;
  list(): readonly Machine[];
  /** A guest restarts itself: EC2 stays "running"; poweredOff("stop") at once, poweredOn("reboot") after the delay `ec2.reboot`. */
  guestReboot(instanceID: string): void;
  /** A guest shuts itself down: EC2 goes to stopping, then stopped (InstanceInitiatedShutdownBehavior `stop`). */
  guestShutdown(instanceID: string): void;
  /** A guest hangs by itself: EC2 stays "running", its instance status check fails after `ec2.statusImpaired`. */
  guestHung(instanceID: string): void;
}

/** What a person at the world's control desk may do to, and read from, the inside of hosts. Implemented by the hosts. */
export interface GuestControl {
  /** The true inside of one host, as plain JSON: booted, joined domain, registered tenant, service, account, ping. */
  truth(instanceID: string): Readonly<Record<string, unknown>> | undefined;
  /** The guest stops answering anything, EC2 still says running. */
  freeze(instanceID: string): void;
  thaw(instanceID: string): void;
  /** A person finishes a Manual registration on the host's desktop. @throws Error with a sentence when the host is not waiting for it */
  finishRegistration(instanceID: string): void;
}
