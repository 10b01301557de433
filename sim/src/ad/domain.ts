/**
 * One Active Directory domain: what is in it and who may change it.
 * Guarantees: nothing is cleaned up when a host dies; an account locked by bad passwords stays locked; names compare without regard to case.
 * Never: knows what a host runs; reachability is asked by zone.
 */
import type { WorldClock } from "../core/clock.ts";
import type {
  DirectoryAccountLayout,
  DomainControllerLayout,
  DomainLayout,
  ServiceAccountLayout,
} from "../layout/domains.ts";
import type { GroupObjectLayout } from "../layout/group-objects.ts";
import { AccessControl } from "./access.ts";
import { domainRoot, fold, isSame, isWithin } from "./distinguished-name.ts";
import { Presence } from "./presence.ts";

export interface ComputerAccount {
  readonly name: string;
  readonly organizationalUnit: string;
  readonly creator: string;
  readonly createdMs: number;
  /** The host that last set the machine password: only that one is trusted. */
  boundTo: string | undefined;
  readonly hasChildren: boolean;
}

export interface ServiceAccount {
  readonly name: string;
  readonly principalGroups: readonly string[];
  /** Computers that are named one by one. */
  readonly principalComputers: Set<string>;
  isServiceLogonDenied: boolean;
  readonly memberOf: readonly string[];
  /** Inheritance is off on its own object. */
  isRestricted: boolean;
}

export interface Credential {
  readonly userName: string;
  readonly password: string;
}

export type BindResult =
  | { readonly kind: "bound"; readonly account: DirectoryAccountLayout }
  | {
      readonly kind: "refused";
      readonly reason: "CredentialRefused" | "AccountLockedOut" | "AccountDisabled" | "PasswordExpired";
    };

export type JoinResult =
  | { readonly kind: "joined"; readonly computer: ComputerAccount }
  | {
      readonly kind: "refused";
      readonly reason: "OrganizationalUnitNotFound" | "JoinDenied" | "ComputerNameTaken" | "MachineAccountQuota";
    };

/** What AD itself makes at the root and marks as critical: no place where a product hands out rights. */
const CRITICAL_CONTAINERS = [
  "CN=Users",
  "CN=Computers",
  "CN=Builtin",
  "CN=System",
  "CN=ForeignSecurityPrincipals",
  "OU=Domain Controllers",
];
const LOCKOUT_THRESHOLD_DEFAULT = 5;
const HOUR_MS = 3_600_000;
/** DCs wait up to 10 hours so that a new KDS root key replicates (Windows Server documentation, "Create the KDS root key"). */
const KDS_KEY_WAIT_MS = 10 * HOUR_MS;

export class Domain {
  readonly dnsName: string;
  readonly netBIOSName: string;
  readonly tenantID: string;
  readonly serviceAccounts = new Map<string, ServiceAccount>();
  readonly computers = new Map<string, ComputerAccount>();
  readonly access: AccessControl;
  readonly presence: Presence;
  readonly #clock: WorldClock;
  readonly #layout: DomainLayout;
  readonly #down = new Set<string>();
  readonly #groups = new Map<string, Set<string>>();
  readonly #badPasswords = new Map<string, number>();
  readonly #kdsKeyMs: number | undefined;

  constructor(layout: DomainLayout, clock: WorldClock) {
    this.#layout = layout;
    this.#clock = clock;
    this.dnsName = layout.dnsName.toLowerCase();
    this.netBIOSName = layout.netBIOSName;
    this.tenantID = layout.tenantID;
    this.access = new AccessControl(layout.access ?? [], layout.inheritanceCutOff ?? []);
    this.presence = new Presence(clock);
    const keyAgeHours = layout.kdsRootKeyAgeHours;
    this.#kdsKeyMs = keyAgeHours === undefined ? undefined : clock.nowMs() - keyAgeHours * HOUR_MS;
    for (const { name, isUp } of layout.controllers) if (isUp === false) this.#down.add(name);
    for (const { distinguishedName } of layout.hostGroups) this.#groups.set(fold(distinguishedName), new Set());
    for (const account of layout.serviceAccounts) this.addServiceAccount(account);
    for (const computer of layout.computers ?? []) {
      const account = { hasChildren: false, ...computer, createdMs: clock.nowMs(), boundTo: undefined };
      this.computers.set(fold(computer.name), account);
    }
  }

  get root(): string {
    return domainRoot(this.dnsName);
  }

  hasContainer(distinguishedName: string): boolean {
    const known = [this.root, ...CRITICAL_CONTAINERS.map((name) => `${name},${this.root}`)];
    return (
      known.some((name) => isSame(name, distinguishedName)) ||
      this.#layout.organizationalUnits.some((unit) => isWithin(unit, distinguishedName))
    );
  }

  isCritical(distinguishedName: string): boolean {
    return CRITICAL_CONTAINERS.some((name) => isWithin(distinguishedName, `${name},${this.root}`));
  }

  /** Whether the schema has msDS-ExternalDirectoryObjectId. */
  get hasAnchorAttribute(): boolean {
    return this.#layout.hasAnchorAttribute ?? true;
  }

  groupsByAnchor(anchor: string): readonly GroupObjectLayout[] {
    return (this.#layout.groups ?? []).filter((group) => group.anchor === anchor);
  }

  controllers(): readonly DomainControllerLayout[] {
    return this.#layout.controllers;
  }

  reachableControllers(availabilityZone: string): readonly DomainControllerLayout[] {
    return this.#layout.controllers.filter(
      ({ name, unreachableFrom }) => !this.#down.has(name) && !(unreachableFrom ?? []).includes(availabilityZone),
    );
  }

  /** @throws RangeError for a name that is no controller of this domain */
  setControllerUp(name: string, isUp: boolean): void {
    if (!this.#layout.controllers.some((controller) => controller.name === name)) {
      throw new RangeError(`${name} is no domain controller of ${this.dnsName}`);
    }
    if (isUp) this.#down.delete(name);
    else this.#down.add(name);
  }

  downControllers(): readonly string[] {
    return [...this.#down];
  }

  bind({ userName, password }: Credential): BindResult {
    const key = fold(shortUserName(userName));
    const account = this.#layout.accounts.find((one) => fold(one.userName) === key);
    if (account === undefined) return { kind: "refused", reason: "CredentialRefused" };
    const threshold = this.#layout.lockoutThreshold ?? LOCKOUT_THRESHOLD_DEFAULT;
    const bad = this.#badPasswords.get(key) ?? 0;
    if (bad >= threshold) return { kind: "refused", reason: "AccountLockedOut" };
    if (password !== account.password) {
      this.#badPasswords.set(key, bad + 1);
      return { kind: "refused", reason: "CredentialRefused" };
    }
    if (account.isDisabled === true) return { kind: "refused", reason: "AccountDisabled" };
    if (account.isPasswordExpired === true) return { kind: "refused", reason: "PasswordExpired" };
    this.#badPasswords.delete(key);
    return { kind: "bound", account };
  }

  lockedAccounts(): readonly string[] {
    const threshold = this.#layout.lockoutThreshold ?? LOCKOUT_THRESHOLD_DEFAULT;
    return [...this.#badPasswords].filter(([, bad]) => bad >= threshold).map(([name]) => name);
  }

  /** Creates the computer account, or takes over one that the same account created (KB5020276). */
  join(
    account: DirectoryAccountLayout,
    host: { readonly instanceID: string; readonly name: string; readonly organizationalUnit: string },
  ): JoinResult {
    const isKnownOU = this.#layout.organizationalUnits.some((unit) => fold(unit) === fold(host.organizationalUnit));
    if (!isKnownOU) return { kind: "refused", reason: "OrganizationalUnitNotFound" };
    const known = this.computers.get(fold(host.name));
    if (known !== undefined) {
      if (fold(known.creator) !== fold(account.userName)) return { kind: "refused", reason: "ComputerNameTaken" };
      known.boundTo = host.instanceID;
      return { kind: "joined", computer: known };
    }
    const mayCreate = account.joinOUs?.some((unit) => fold(unit) === fold(host.organizationalUnit)) ?? true;
    if (!mayCreate) return { kind: "refused", reason: "JoinDenied" };
    const created = [...this.computers.values()].filter(({ creator }) => fold(creator) === fold(account.userName));
    if (created.length >= (account.computersMax ?? Number.POSITIVE_INFINITY)) {
      return { kind: "refused", reason: "MachineAccountQuota" };
    }
    const computer: ComputerAccount = {
      name: host.name,
      organizationalUnit: host.organizationalUnit,
      creator: account.userName,
      createdMs: this.#clock.nowMs(),
      boundTo: host.instanceID,
      hasChildren: false,
    };
    this.computers.set(fold(host.name), computer);
    return { kind: "joined", computer };
  }

  /** Memberships go with the object. */
  removeComputer(account: DirectoryAccountLayout, name: string): "removed" | "denied" | "hasChildren" {
    const computer = this.computers.get(fold(name));
    if (computer === undefined) return "removed";
    const { deletesComputersIn } = account;
    const mayDelete = deletesComputersIn?.some((unit) => isWithin(computer.organizationalUnit, unit)) ?? true;
    if (!mayDelete) return "denied";
    if (computer.hasChildren) return "hasChildren";
    this.dropComputer(name);
    return "removed";
  }

  /** By whoever may. */
  dropComputer(name: string): void {
    this.computers.delete(fold(name));
    for (const members of this.#groups.values()) members.delete(fold(name));
  }

  isTrusted(instanceID: string, computerName: string): boolean {
    return this.computers.get(fold(computerName))?.boundTo === instanceID;
  }

  hasGroup(distinguishedName: string): boolean {
    return this.#groups.has(fold(distinguishedName));
  }

  addMember(account: DirectoryAccountLayout, distinguishedName: string, computerName: string): "added" | "denied" {
    if (!mayChangeMembers(account, distinguishedName)) return "denied";
    this.putMember(distinguishedName, computerName);
    return "added";
  }

  removeMember(account: DirectoryAccountLayout, distinguishedName: string, computerName: string): "removed" | "denied" {
    if (!mayChangeMembers(account, distinguishedName)) return "denied";
    this.takeMember(distinguishedName, computerName);
    return "removed";
  }

  takeMember(distinguishedName: string, computerName: string): void {
    this.#groups.get(fold(distinguishedName))?.delete(fold(computerName));
  }

  /** @throws RangeError for an unknown group */
  putMember(distinguishedName: string, computerName: string): void {
    const members = this.#groups.get(fold(distinguishedName));
    if (members === undefined) throw new RangeError(`there is no group ${distinguishedName}`);
    members.add(fold(computerName));
  }

  isMember(distinguishedName: string, computerName: string): boolean {
    return this.#groups.get(fold(distinguishedName))?.has(fold(computerName)) ?? false;
  }

  /** The groups (folded names) that a ticket fetched now would carry. */
  groupsOf(computerName: string): ReadonlySet<string> {
    const names = [...this.#groups].filter(([, members]) => members.has(fold(computerName))).map(([name]) => name);
    return new Set(names);
  }

  members(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries([...this.#groups].map(([name, members]) => [name, [...members]]));
  }

  serviceAccount(name: string): ServiceAccount | undefined {
    return this.serviceAccounts.get(fold(name));
  }

  addServiceAccount(layout: ServiceAccountLayout): ServiceAccount {
    const account: ServiceAccount = {
      name: layout.name,
      principalGroups: layout.principalGroups,
      principalComputers: new Set(),
      isServiceLogonDenied: layout.isServiceLogonDenied ?? false,
      memberOf: layout.memberOf ?? [],
      isRestricted: layout.isRestricted ?? false,
    };
    this.serviceAccounts.set(fold(layout.name), account);
    return account;
  }

  kdsRootKey(): "usable" | "waiting" | "none" {
    if (this.#kdsKeyMs === undefined) return "none";
    return this.#clock.nowMs() - this.#kdsKeyMs >= KDS_KEY_WAIT_MS ? "usable" : "waiting";
  }
}

function mayChangeMembers({ memberGroups }: DirectoryAccountLayout, distinguishedName: string): boolean {
  return memberGroups?.some((group) => isSame(group, distinguishedName)) ?? true;
}

/** `CORP\user` and `user@corp.example.com` name the same account as `user`. */
function shortUserName(userName: string): string {
  const withoutDomain = userName.slice(userName.lastIndexOf("\\") + 1);
  return withoutDomain.split("@")[0] ?? withoutDomain;
}
