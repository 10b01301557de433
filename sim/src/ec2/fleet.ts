/**
 * All instances of the world and their state timeline: pending -> running -> (stopping -> stopped ->) shutting-down -> terminated -> forgotten.
 * Guarantees: guests are powered exactly when the state says so; an address is free again when its instance is terminated; a late timer changes nothing.
 * Never: judges permissions, protection or input: the operations do.
 */
import type { WorldClock, WorldDice } from "../core/clock.ts";
import type { Delays } from "../core/delays.ts";
import type { GuestLifecycle, Machine, MachineDirectory } from "../core/machine.ts";
import type { SubnetAddresses } from "./addresses.ts";
import type { Instance, InstanceState, LaunchedAs, ListWindows, ProfileAssociation, Tags } from "./instance.ts";
import { isListed, machineOf } from "./instance.ts";

export interface FleetParts {
  readonly clock: WorldClock;
  readonly dice: WorldDice;
  readonly delays: Delays;
  readonly addresses: ReadonlyMap<string, SubnetAddresses>;
}

export interface Birth {
  readonly launchedAs: LaunchedAs;
  readonly reservationID: string;
  readonly launchIndex: number;
  readonly privateIPAddress: string;
  readonly tags: Tags;
  readonly isTerminationProtected: boolean;
  readonly isStopProtected: boolean;
  readonly notFoundWindowMs: number;
  readonly tagLagMs: number;
}

export type StateReason = NonNullable<Instance["stateReason"]>;
/** EC2 API Reference, StateReason. */
export const USER_SHUTDOWN: StateReason = {
  code: "Client.UserInitiatedShutdown",
  message: "Client.UserInitiatedShutdown: User initiated shutdown",
};
export const INTERNAL_ERROR: StateReason = {
  code: "Server.InternalError",
  message: "Server.InternalError: Internal error on launch",
};
const GUEST_SHUTDOWN: StateReason = {
  code: "Client.InstanceInitiatedShutdown",
  message: "Client.InstanceInitiatedShutdown: Instance initiated shutdown",
};

/** The association in force and the newest of those that it replaced. */
const PROFILES_KEPT_MAX = 2;

/** Versions of an instance's tags that lists may still be behind on. */
const TAG_VERSIONS_MAX = 50;

export class Fleet implements MachineDirectory {
  readonly #parts: FleetParts;
  readonly #instances = new Map<string, Instance>();
  #sequence = 0;
  #guests: GuestLifecycle | undefined;

  constructor(parts: FleetParts) {
    this.#parts = parts;
  }

  /** Hosts and EC2 know each other; EC2 is made first. */
  connect(guests: GuestLifecycle): void {
    this.#guests = guests;
  }

  /** An id of EC2's long form: a prefix and 17 hex digits. */
  newID(prefix: string): string {
    const digit = (): string => Math.floor(this.#parts.dice() * 16).toString(16);
    return `${prefix}-0${Array.from({ length: 16 }, digit).join("")}`;
  }

  create({ launchedAs, notFoundWindowMs, tagLagMs, tags, ...birth }: Birth): Instance {
    this.forget();
    const nowMs = this.#parts.clock.nowMs();
    this.#sequence += 1;
    const instance: Instance = {
      ...birth,
      launchedAs,
      tags,
      instanceID: this.newID("i"),
      sequence: this.#sequence,
      launchedAtMs: nowMs,
      visibleAtMs: nowMs + notFoundWindowMs,
      state: "pending",
      stateReason: { code: "pending", message: "pending" },
      startedAtMs: nowMs,
      runningAtMs: undefined,
      terminatedAtMs: undefined,
      impairedAtMs: undefined,
      profiles: [],
      tagVersions: [{ shownFromMs: nowMs + Math.max(notFoundWindowMs, tagLagMs), tags }],
      generation: 0,
    };
    this.#instances.set(instance.instanceID, instance);
    if (launchedAs.instanceProfileARN !== undefined) this.#associate(instance, launchedAs.instanceProfileARN);
    this.#powerOnAfterPending(instance, "launch");
    return instance;
  }

  instance(instanceID: string): Instance | undefined {
    return this.#instances.get(instanceID);
  }

  instances(): readonly Instance[] {
    return [...this.#instances.values()];
  }

  listWindows(): ListWindows {
    return {
      nowMs: this.#parts.clock.nowMs(),
      terminatedVisibleMs: this.#parts.delays.ms("ec2.terminatedVisible"),
      terminatedTagsVisibleMs: this.#parts.delays.ms("ec2.terminatedTagsVisible"),
    };
  }

  isListed(instance: Instance): boolean {
    return isListed(instance, this.listWindows());
  }

  machine(instanceID: string): Machine | undefined {
    const instance = this.#instances.get(instanceID);
    return instance && machineOf(instance);
  }

  state(instanceID: string): InstanceState | undefined {
    return this.#instances.get(instanceID)?.state;
  }

  list(): readonly Machine[] {
    return this.instances().map(machineOf);
  }

  terminate(instance: Instance, reason: StateReason, cause: "terminate" | "crash" = "terminate"): void {
    if (instance.state === "shutting-down" || instance.state === "terminated") return;
    const wasPowered = instance.state === "running";
    this.#enter(instance, "shutting-down", reason);
    this.#guests?.poweredOff(instance.instanceID, wasPowered ? cause : "terminate");
    this.#later(instance, "ec2.shuttingDown", () => {
      this.#enter(instance, "terminated", reason);
      instance.terminatedAtMs = this.#parts.clock.nowMs();
      if (cause === "crash") this.#guests?.poweredOff(instance.instanceID, "terminate");
      this.#parts.addresses.get(instance.launchedAs.subnetID)?.release(instance.privateIPAddress);
    });
  }

  stop(instance: Instance, reason: StateReason = USER_SHUTDOWN): void {
    if (instance.state !== "running" && instance.state !== "pending") return;
    const wasPowered = instance.state === "running";
    this.#enter(instance, "stopping", reason);
    if (wasPowered) this.#guests?.poweredOff(instance.instanceID, "stop");
    this.#later(instance, "ec2.stopping", () => this.#enter(instance, "stopped", reason));
  }

  start(instance: Instance): void {
    if (instance.state !== "stopped") return;
    this.#enter(instance, "pending", { code: "pending", message: "pending" });
    instance.startedAtMs = this.#parts.clock.nowMs();
    this.#powerOnAfterPending(instance, "start");
  }

  reboot(instance: Instance): void {
    if (instance.state !== "running") return;
    instance.generation += 1;
    instance.impairedAtMs = undefined;
    this.#guests?.poweredOff(instance.instanceID, "stop");
    this.#later(instance, "ec2.reboot", () => this.#guests?.poweredOn(machineOf(instance), "reboot"));
  }

  guestReboot(instanceID: string): void {
    const instance = this.#instances.get(instanceID);
    if (instance !== undefined) this.reboot(instance);
  }

  guestShutdown(instanceID: string): void {
    const instance = this.#instances.get(instanceID);
    if (instance === undefined) return;
    if (instance.launchedAs.shutdownBehavior === "terminate") this.terminate(instance, GUEST_SHUTDOWN);
    else this.stop(instance, GUEST_SHUTDOWN);
  }

  guestHung(instanceID: string): void {
    const instance = this.#instances.get(instanceID);
    if (instance !== undefined) instance.impairedAtMs ??= this.#parts.clock.nowMs();
  }

  /** Replaces the true tags; lists follow after `lagMs`. */
  retag(instance: Instance, tags: Tags, lagMs: number): void {
    instance.tags = tags;
    const version = { shownFromMs: this.#parts.clock.nowMs() + lagMs, tags };
    instance.tagVersions = [...instance.tagVersions, version].slice(-TAG_VERSIONS_MAX);
  }

  /** Another profile takes the place of the one in force, under an id of its own (EC2 API Reference, ReplaceIamInstanceProfileAssociation, Examples). */
  replaceProfile(instance: Instance, profileARN: string): ProfileAssociation {
    const replacedAtMs = this.#parts.clock.nowMs();
    instance.profiles = instance.profiles.map((one) => ({ ...one, replacedAtMs: one.replacedAtMs ?? replacedAtMs }));
    const association = this.#associate(instance, profileARN);
    this.#guests?.profileReplaced(machineOf(instance));
    return association;
  }

  /** Instances whose end is older than lists and tokens remember are gone for good. */
  forget(): void {
    const nowMs = this.#parts.clock.nowMs();
    const memoryMs = Math.max(this.#parts.delays.ms("ec2.terminatedVisible"), this.#parts.delays.ms("ec2.tokenMemory"));
    for (const [instanceID, { terminatedAtMs }] of this.#instances) {
      if (terminatedAtMs !== undefined && nowMs >= terminatedAtMs + memoryMs) this.#instances.delete(instanceID);
    }
  }

  #associate(instance: Instance, profileARN: string): ProfileAssociation {
    const ordinal = (instance.profiles.at(-1)?.ordinal ?? -1) + 1;
    const association = {
      // Follows from the instance's own id: no chance is spent on it.
      associationID: `iip-assoc-${instance.instanceID.slice(2, -2)}${ordinal.toString(16).padStart(2, "0")}`,
      ordinal,
      profileARN,
      sinceMs: this.#parts.clock.nowMs(),
      replacedAtMs: undefined,
    };
    instance.profiles = [...instance.profiles, association].slice(-PROFILES_KEPT_MAX);
    return association;
  }

  #powerOnAfterPending(instance: Instance, cause: "launch" | "start"): void {
    this.#later(instance, "ec2.pending", () => {
      this.#enter(instance, "running", undefined);
      instance.runningAtMs = this.#parts.clock.nowMs();
      this.#guests?.poweredOn(machineOf(instance), cause);
    });
  }

  #enter(instance: Instance, state: InstanceState, reason: Instance["stateReason"]): void {
    instance.state = state;
    instance.stateReason = reason;
    instance.generation += 1;
    instance.impairedAtMs = undefined;
    if (state !== "running") instance.runningAtMs = undefined;
  }

  #later(instance: Instance, delayName: string, change: () => void): void {
    const { generation } = instance;
    this.#parts.clock.schedule(this.#parts.delays.ms(delayName), () => {
      if (instance.generation === generation) change();
    });
  }
}
