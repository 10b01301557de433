/**
 * One Windows host: power, boot, its disk and the agent's service. EC2 powers it; scripts and people change its disk.
 * Guarantees: what runs ends with the power; the disk ends with the instance; a join takes effect at the next boot.
 * Never: changes EC2 state, decides what a script does.
 */
import type { Domain } from "../ad/domain.ts";
import type { WorldClock, WorldDice } from "../core/clock.ts";
import type { Delays } from "../core/delays.ts";
import type { Machine, PowerOffCause, PowerOnCause } from "../core/machine.ts";
import type { HostDirectory } from "./directory.ts";
import { freshDisk, type Registration, type WindowsDisk } from "./disk.ts";
import { GuestTimers } from "./timers.ts";

/** Which agent of the two that a host may carry. */
export type AgentKind = "Provisioning" | "PassThroughAuthentication";
export type ServiceState = "Running" | "Stopped" | "Missing";
/** `terminated`: the disk is gone; only the memory of the host is left. */
export type Power = "off" | "booting" | "up" | "terminated";

/** From power on to power off. */
export interface Session {
  readonly timers: GuestTimers;
  /**
   * Groups in the machine's Kerberos ticket, fetched when a controller first answers after a boot: a later membership counts only after
   * a fresh one [general].
   */
  ticketGroups: ReadonlySet<string> | undefined;
  readonly onEnd: Set<() => void>;
  isFrozen: boolean;
}

/** Credentials of an instance profile that were given to the host and outlive its replacement. */
interface FormerCredentials {
  readonly profileARN: string;
  readonly untilMs: number;
}

export interface HostParts {
  readonly clock: WorldClock;
  readonly dice: WorldDice;
  readonly delays: Delays;
  readonly directory: HostDirectory;
  /** Windows is up: start what runs in it. */
  readonly booted: (host: Host) => void;
  readonly frozen: (host: Host, isFrozen: boolean) => void;
}

export class Host {
  machine: Machine;
  power: Power = "off";
  disk: WindowsDisk;
  session: Session | undefined;
  isServiceRunning = false;
  isPassThroughRunning = false;
  serviceStartedMs = 0;
  boots = 0;
  #formerCredentials: readonly FormerCredentials[] = [];
  readonly #parts: HostParts;

  constructor(machine: Machine, parts: HostParts) {
    this.machine = machine;
    this.#parts = parts;
    this.disk = freshDisk(parts.dice);
  }

  powerOn(machine: Machine, cause: PowerOnCause): void {
    if (this.power === "terminated") return;
    this.machine = machine;
    this.#endSession();
    this.power = "booting";
    const { clock, delays } = this.#parts;
    const session: Session = {
      timers: new GuestTimers(clock),
      ticketGroups: undefined,
      onEnd: new Set(),
      isFrozen: false,
    };
    this.session = session;
    const bootMs = delays.ms(cause === "launch" ? "host.boot" : "host.reboot");
    session.timers.after(jittered(bootMs, this.#parts.dice), () => this.#boot(session));
  }

  powerOff(cause: PowerOffCause): void {
    if (this.power === "terminated") return;
    this.#endSession();
    this.power = cause === "terminate" ? "terminated" : "off";
    if (this.power === "terminated") this.disk = freshDisk(() => 0);
  }

  /** The metadata gives credentials of the new profile after a while; those of the one before stay valid until they expire. */
  profileReplaced({ instanceProfileARN }: Machine): void {
    const { clock, delays } = this.#parts;
    const refreshMs = delays.ms("host.metadataRefresh");
    const former = this.machine.instanceProfileARN;
    if (former !== undefined) {
      const untilMs = clock.nowMs() + refreshMs + delays.ms("host.credentialLifetime");
      this.#formerCredentials = [...this.#formerCredentials, { profileARN: former, untilMs }];
    }
    clock.schedule(refreshMs, () => {
      this.machine = { ...this.machine, instanceProfileARN };
    });
  }

  /** Profiles whose credentials are valid on the host: the one that its metadata names, and what was given before and has not expired. */
  credentialProfiles(): readonly (string | undefined)[] {
    const nowMs = this.#parts.clock.nowMs();
    const former = this.#formerCredentials.filter(({ untilMs }) => nowMs < untilMs);
    return [this.machine.instanceProfileARN, ...former.map(({ profileARN }) => profileARN)];
  }

  freeze(): void {
    const { session } = this;
    if (session === undefined || session.isFrozen) return;
    session.isFrozen = true;
    session.timers.pause();
    this.#tellTenants(true);
    this.#leaveNetwork();
    this.#parts.frozen(this, true);
  }

  thaw(): void {
    const { session } = this;
    if (session?.isFrozen !== true) return;
    session.isFrozen = false;
    this.#tellTenants(false);
    if (this.isUp) this.#enterNetwork();
    this.#parts.frozen(this, false);
    session.timers.resume();
  }

  get isUp(): boolean {
    return this.power === "up";
  }

  get isFrozen(): boolean {
    return this.session?.isFrozen ?? false;
  }

  get zone(): string {
    return this.machine.availabilityZone;
  }

  get domain(): Domain | undefined {
    return this.disk.domain === undefined ? undefined : this.#parts.directory.domains.get(this.disk.domain);
  }

  /** One updater serves both agents (agent-host reference, section 2). */
  get hasUpdater(): boolean {
    return this.disk.agent !== undefined || this.disk.passThrough !== undefined;
  }

  get serviceState(): ServiceState {
    if (this.disk.agent === undefined) return "Missing";
    return this.isServiceRunning ? "Running" : "Stopped";
  }

  stateOf(kind: AgentKind): ServiceState {
    if (kind === "Provisioning") return this.serviceState;
    if (this.disk.passThrough === undefined) return "Missing";
    return this.isPassThroughRunning ? "Running" : "Stopped";
  }

  /** False when Windows refuses; Network Service needs nothing of the domain. */
  startServiceOf(kind: AgentKind): boolean {
    if (kind === "Provisioning") return this.startService();
    if (this.disk.passThrough === undefined || !this.isUp) return false;
    this.isPassThroughRunning = true;
    this.#tellTenants(false);
    return true;
  }

  stopServiceOf(kind: AgentKind): void {
    if (kind === "Provisioning") this.stopService();
    else this.isPassThroughRunning = false;
    this.#tellTenants(false);
  }

  /** Starts the agent's service under its logon account; false when Windows refuses (errors 1069 and the 7000 series). */
  startService(): boolean {
    const { agent } = this.disk;
    if (agent === undefined || !this.isUp || this.disk.ailments.has("serviceDoesNotStart")) return false;
    if (agent.service.account.endsWith("$") && this.serviceAccountProblem(agent.service.account) !== undefined) {
      return false;
    }
    if (!this.isServiceRunning) this.serviceStartedMs = this.#parts.clock.nowMs();
    this.isServiceRunning = true;
    this.#tellTenants(false);
    return true;
  }

  stopService(): void {
    this.isServiceRunning = false;
    this.#tellTenants(false);
  }

  /** Why the host cannot run a service under this gMSA now; `undefined`: Test-ADServiceAccount says true and logon is allowed. */
  serviceAccountProblem(
    account: string,
  ): "NotJoined" | "Unreachable" | "Untrusted" | "NotFound" | "NotMember" | "StaleTicket" | "LogonDenied" | undefined {
    const { domain, session } = this;
    if (domain === undefined || session === undefined) return "NotJoined";
    if (domain.reachableControllers(this.zone).length === 0) return "Unreachable";
    if (!this.isTrusted) return "Untrusted";
    const found = domain.serviceAccount(account.slice(account.lastIndexOf("\\") + 1));
    if (found === undefined) return "NotFound";
    const { computerName } = this.disk;
    const isNamed = found.principalComputers.has(computerName.toLowerCase());
    const groups = found.principalGroups.map((group) => group.toLowerCase());
    if (!isNamed && !groups.some((group) => domain.isMember(group, computerName))) return "NotMember";
    if (!isNamed && !groups.some((group) => this.#fetchTicket(session).has(group))) return "StaleTicket";
    return found.isServiceLogonDenied ? "LogonDenied" : undefined;
  }

  get isTrusted(): boolean {
    return this.domain?.isTrusted(this.machine.instanceID, this.disk.computerName) ?? false;
  }

  #boot(session: Session): void {
    this.power = "up";
    this.boots += 1;
    const { pending } = this.disk;
    if (pending !== undefined) {
      this.disk.computerName = pending.computerName;
      this.disk.domain = pending.domain;
      this.disk.pending = undefined;
    }
    this.#fetchTicket(session);
    this.#enterNetwork();
    if (this.disk.agent?.service.startType === "Automatic") this.startService();
    if (this.disk.passThrough?.service.startType === "Automatic") this.startServiceOf("PassThroughAuthentication");
    this.#parts.booted(this);
  }

  #fetchTicket(session: Session): ReadonlySet<string> {
    const { domain } = this;
    if (domain !== undefined && domain.reachableControllers(this.zone).length > 0) {
      session.ticketGroups ??= domain.groupsOf(this.disk.computerName);
    }
    return session.ticketGroups ?? new Set();
  }

  #endSession(): void {
    const { session } = this;
    if (session === undefined) return;
    this.#leaveNetwork();
    this.session = undefined;
    this.isServiceRunning = false;
    this.isPassThroughRunning = false;
    this.#tellTenants(true);
    session.timers.end();
    for (const end of session.onEnd) end();
  }

  /** A record in Entra is active while its service runs and is heard. */
  #tellTenants(isCutOff: boolean): void {
    const { registration, passThrough } = this.disk;
    this.#tellTenant(registration, isCutOff || !this.isServiceRunning);
    this.#tellTenant(passThrough?.registration, isCutOff || !this.isPassThroughRunning);
  }

  #tellTenant(registration: Registration | undefined, isSilent: boolean): void {
    if (registration === undefined) return;
    this.#parts.directory.tenants.get(registration.tenantID)?.setSilent(registration.agentID, isSilent);
  }

  #enterNetwork(): void {
    this.domain?.presence.arrive(this.disk.computerName, this.machine.instanceID, this.isTrusted);
  }

  #leaveNetwork(): void {
    this.domain?.presence.leave(this.disk.computerName, this.machine.instanceID, this.isTrusted);
  }
}

/** A fifth more or less. */
export function jittered(delayMs: number, dice: WorldDice): number {
  return Math.round(delayMs * (0.8 + 0.4 * dice()));
}
