/**
 * The neutral words of the scenario table: a host and its surroundings before a step, the step, and what must be true afterwards.
 * Guarantees: nothing in here belongs to the simulated world or to PowerShell; each has an adapter of its own.
 */

/** Played by the simulated world in `make test`, and by the stand-ins in `make test-host`. */
export const STEPS = [
  "Preflight",
  "Join",
  "Install",
  "Register",
  "Configure",
  "Probe",
  "Drain",
  "HostGroup",
  "Permissions",
  "VendorPermissions",
  "ReadGroup",
  "RestartService",
  "LeaveDomain",
  "CleanUpPeer",
  "PassThroughInstall",
  "PassThroughProbe",
  "ProveSecretDenied",
  "Proxy",
  "CollectDiagnostics",
  "PassThroughRegister",
] as const;
export type ScenarioStep = (typeof STEPS)[number];

/** Steps whose scripts no PowerShell outside Windows can run to their end, and why: `make test-host` names each there as not run. */
export const WINDOWS_ALONE: Readonly<Partial<Record<ScenarioStep, string>>> = {
  Proxy: "it takes the updater's program for one only where its path begins with a drive's letter",
};

/** How far a host is when the step begins: each stage is the one before and one step more; the last two follow `joined`. */
export const STAGES = [
  "fresh",
  "joined",
  "installed",
  "registered",
  "configured",
  "drained",
  "passThroughInstalled",
  "passThroughRegistered",
] as const;
export type Stage = (typeof STAGES)[number];

/** What can be seen of a host and of the directory about it. */
export interface HostState {
  readonly computerName: string;
  readonly domain: string | null;
  readonly agentVersion: string | null;
  readonly agentService: "Running" | "Stopped" | "Missing";
  readonly serviceAccount: string | null;
  readonly tenantID: string | null;
  readonly configuredDomains: readonly string[];
  readonly isHostGroupMember: boolean;
  readonly lockedAccounts: readonly string[];
}

/** What further steps may change besides, on the host and around it. */
export interface FurtherState {
  /** Computer objects of the domain. */
  readonly computers: readonly string[];
  /** Computers in the host group, in upper case. */
  readonly members: readonly string[];
  /** Entries in the directory: `Allow CreateGroups on OU=...`. */
  readonly rights: readonly string[];
  readonly isServiceAccountRestricted: boolean;
  /** Bucket and key of each uploaded archive without the file's own name, which is the operation's id. */
  readonly archives: readonly string[];
  readonly proxies: Readonly<Record<"agent" | "passThrough" | "updater" | "winHTTP", string | null>>;
  readonly passThrough: {
    readonly version: string;
    readonly service: "Running" | "Stopped" | "Missing";
    readonly tenantID: string | null;
  } | null;
}

/** What stands beside the host in its domain under the name CSA2: an object alone, or with a host that lives or was terminated. */
export type Beside = "computer" | "livePeer" | "deadPeer";

export type SecretName = "join" | "setup" | "leave" | "registration" | "token";

/** What is wrong around the host; absent: everything is as the step needs it. */
export type Trouble =
  | {
      readonly kind: "secret";
      readonly secret: SecretName;
      readonly is: "wrongPassword" | "denied" | "missing" | "nameless";
    }
  | { readonly kind: "controllersDown" }
  /** One of two controllers does not answer. */
  | { readonly kind: "oneControllerDown" }
  /** LDAP answers, AD Web Services do not: a firewall that nobody told of TCP 9389. */
  | { readonly kind: "webServicesClosed" }
  /** The join account lacks a right: to create computers in the OU, to change the group's members, or to create one more. */
  | { readonly kind: "joinAccount"; readonly lacks: "unit" | "group" | "quota" }
  /** A computer account of the host's name is there, made by somebody else. */
  | { readonly kind: "computerTaken" }
  | { readonly kind: "gmsa"; readonly is: "missing" | "notAllowed" | "logonDenied" }
  | { readonly kind: "kdsRootKey"; readonly is: "absent" | "young" }
  | { readonly kind: "setupAccountDenied" }
  | { readonly kind: "entraUnreachable" }
  | { readonly kind: "registrationAccount"; readonly is: "mfa" | "roleMissing" | "guest" | "disabled" }
  | { readonly kind: "installer"; readonly is: "missing" | "denied" | "otherHash" | "badSignature" }
  /** Windows Installer is busy with another product. */
  | { readonly kind: "installerBusy" }
  /** The leave account lacks a right: to change the group's members, to delete computers; or it is refused at the bind. */
  | { readonly kind: "leaveAccount"; readonly is: "groupless" | "deletionless" | "expired" | "disabled" }
  /** Another host joined under this host's name, so the domain trusts that one. */
  | { readonly kind: "takenOver" }
  /** The peer's object stands in another unit, or has objects below it. */
  | { readonly kind: "peerComputer"; readonly is: "elsewhere" | "hasChildren" }
  | { readonly kind: "provisionedGroup"; readonly is: "absent" | "twice" | "hidden" | "empty" }
  | { readonly kind: "anchorAttributeMissing" }
  /** An entry on the provisioning container or the domain's root. */
  | { readonly kind: "accessEntry"; readonly is: "deniedAbove" | "partlyAllowed" }
  /** A second gMSA, which is not the agent's. */
  | { readonly kind: "otherServiceAccount" }
  | { readonly kind: "outputBucket"; readonly is: "otherOwner" | "denied" }
  | { readonly kind: "longTrace" }
  /** The agent has written a password beside its name into its trace. */
  | { readonly kind: "loggedSecret" }
  | { readonly kind: "serviceDisabled" }
  | { readonly kind: "serviceAccountLost"; readonly by: "groupMembership" | "logonPolicy" }
  | { readonly kind: "configurationMalformed" }
  /** Something inside the host; the words are those of sim/src/hosts/disk.ts. */
  | { readonly kind: "ailment"; readonly is: Ailment }
  /** Somebody took the host out of its domain, or deleted its computer object. */
  | { readonly kind: "membership"; readonly is: "left" | "deleted" };

export type Ailment =
  | "awsToolsMissing"
  | "featureFails"
  | "serviceHangs"
  | "serviceDoesNotStart"
  | "moduleLoggingOn"
  | "tokenlessAgent"
  | "vendorCmdletFails"
  | "accountNotSet"
  | "winHTTPLocked"
  | "archiveHuge"
  | "secretsManagerUnreachable"
  | "bucketUnreachable";

/** What happens in the middle. `power`: the host goes down, and comes up again, before or after the step's effect. */
export type Interruption = { readonly kind: "power"; readonly when: "before" | "after" } | { readonly kind: "none" };

export interface Expected {
  readonly outcome: "Succeeded" | "Failed";
  readonly changed?: boolean;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly class: string; readonly reason: string };
}

/** Names of a preflight's checks that say Fail; what a machine cannot tell is Unknown there. */
export function failingChecks(line: Readonly<Record<string, unknown>>): readonly string[] {
  const { checks = [] } = (line["facts"] ?? {}) as {
    readonly checks?: readonly { readonly name: string; readonly status: string }[];
  };
  return checks.filter(({ status }) => status === "Fail").map(({ name }) => name);
}

export interface Scenario {
  readonly sentence: string;
  readonly step: ScenarioStep;
  readonly before: Stage;
  readonly beside?: Beside;
  readonly trouble?: Trouble;
  readonly interruption?: Interruption;
  /** Over the parameters that fit the stage. An instant is `now`, or minutes from there: `now-6`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Runs of the step, each under an operation id of its own unless `repeats`; one when absent. */
  readonly runs?: number;
  /** The same operation id comes again. */
  readonly repeats?: boolean;
  /** Of the last run. */
  readonly line: Expected;
  /** Exactly the checks of a preflight that fail. */
  readonly failing?: readonly string[];
  /** What is then otherwise than before; everything else is as it was. */
  readonly after?: Partial<HostState>;
  readonly further?: Partial<FurtherState>;
}
