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

export interface ComputerAccount {
  readonly name: string;
  readonly organizationalUnit: string;
  readonly creator: string;
  readonly createdMs: number;
  /** The host that last set the machine password: only that one is trusted. */
  boundTo: string | undefined;
}

export interface ServiceAccount {
  readonly name: string;
  readonly principalGroups: readonly string[];
  /** Computers that are named one by one. */
  readonly principalComputers: Set<string>;
  readonly isServiceLogonDenied: boolean;
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
    const keyAgeHours = layout.kdsRootKeyAgeHours;
    this.#kdsKeyMs = keyAgeHours === undefined ? undefined : clock.nowMs() - keyAgeHours * HOUR_MS;
    for (const { name, isUp } of layout.controllers) if (isUp === false) this.#down.add(name);
    for (const { distinguishedName } of layout.hostGroups) this.#groups.set(fold(distinguishedName), new Set());
    for (const account of layout.serviceAccounts) this.addServiceAccount(account);
    for (const { name, organizationalUnit, creator } of layout.computers ?? []) {
      const account = { name, organizationalUnit, creator, createdMs: clock.nowMs(), boundTo: undefined };
      this.computers.set(fold(name), account);
    }
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
    };
    this.computers.set(fold(host.name), computer);
    return { kind: "joined", computer };
  }

  isTrusted(instanceID: string, computerName: string): boolean {
    return this.computers.get(fold(computerName))?.boundTo === instanceID;
  }

  hasGroup(distinguishedName: string): boolean {
    return this.#groups.has(fold(distinguishedName));
  }

  addMember(account: DirectoryAccountLayout, distinguishedName: string, computerName: string): "added" | "denied" {
    const mayChange = account.memberGroups?.some((group) => fold(group) === fold(distinguishedName)) ?? true;
    if (!mayChange) return "denied";
    this.putMember(distinguishedName, computerName);
    return "added";
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

  addServiceAccount({ name, principalGroups, isServiceLogonDenied }: ServiceAccountLayout): ServiceAccount {
    const account: ServiceAccount = {
      name,
      principalGroups,
      principalComputers: new Set(),
      isServiceLogonDenied: isServiceLogonDenied ?? false,
    };
    this.serviceAccounts.set(fold(name), account);
    return account;
  }

  kdsRootKey(): "usable" | "waiting" | "none" {
    if (this.#kdsKeyMs === undefined) return "none";
    return this.#clock.nowMs() - this.#kdsKeyMs >= KDS_KEY_WAIT_MS ? "usable" : "waiting";
  }
}

export function fold(name: string): string {
  return name.toLowerCase();
}

/** `CORP\user` and `user@corp.example.com` name the same account as `user`. */
function shortUserName(userName: string): string {
  const withoutDomain = userName.slice(userName.lastIndexOf("\\") + 1);
  return withoutDomain.split("@")[0] ?? withoutDomain;
}
