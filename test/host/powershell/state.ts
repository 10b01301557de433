/** A scenario's host and surroundings as the stand-ins read them, and what they leave behind in the words of the table. */
import type { FurtherState, HostState, Scenario, SecretName, Trouble } from "../scenarios/scenario.ts";
import { FURTHER_STATES, STAGE_STATES, TENANT } from "../scenarios/stages.ts";
import { directoryOf, instant, type StandInDirectory } from "./directory-state.ts";
import type { FileProxies } from "./disk.ts";
import { INSTALLER, PASS_THROUGH_INSTALLER, SECRETS } from "./surroundings.ts";

const AGENT = "AADConnectProvisioningAgent";
const PASS_THROUGH = "AzureADConnectAuthenticationAgent";
const UPDATER = "AzureADConnectAgentUpdater";
const PASS_THROUGH_KEY = "HKLM:\\SOFTWARE\\Microsoft\\Azure AD Connect Agents\\Azure AD Connect Authentication Agent";
const LOGGING_KEY = "HKLM:\\SOFTWARE\\Policies\\Microsoft\\Windows\\PowerShell\\ModuleLogging";
const AGENT_KEY = "HKLM:\\SOFTWARE\\Microsoft\\Azure AD Connect Agents\\Azure AD Connect Provisioning Agent";
const NAME_KEY = "HKLM:\\SYSTEM\\CurrentControlSet\\Control\\ComputerName";
const WINDOWS_KEY = "HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";

interface StandInService {
  state: "Running" | "Stopped";
  startType: string;
  account: string;
  displayName: string;
  /** When its process began. */
  startedAt: string;
}

export interface StandInState {
  computerName: string;
  domain: string | null;
  pending: { computerName: string; domain: string } | null;
  agentVersion: string | null;
  tenantID: string | null;
  configuredDomains: string[];
  services: Record<string, StandInService>;
  registry: Record<string, Record<string, string | number>>;
  directory: StandInDirectory;
  passThroughVersion: string | null;
  passThroughTenantID: string | null;
  winHTTPProxy: string | null;
  /** Bucket and key of each upload without the file's own name. */
  archives: string[];
  calls: number;
  failAt: number;
  dieAfter: number;
  [other: string]: unknown;
}

export function stateOf(scenario: Scenario): StandInState {
  const { before, trouble, step } = scenario;
  const stage = STAGE_STATES[before];
  const { passThrough } = FURTHER_STATES[before];
  const computerName = stage.computerName ?? "EC2AMAZ-1";
  const isRunning = stage.agentService === "Running";
  const account = stage.serviceAccount ?? "";
  const agent = {
    state: isRunning ? "Running" : "Stopped",
    startType: trouble?.kind === "serviceDisabled" ? "Disabled" : "Automatic",
    account,
    displayName: "Microsoft Entra Provisioning Agent",
    startedAt: instant(-30),
  } as const;
  return {
    computerName,
    domain: trouble?.kind === "membership" && trouble.is === "left" ? null : stage.domain,
    pending: null,
    agentVersion: stage.agentVersion,
    tenantID: stage.tenantID,
    configuredDomains: [...stage.configuredDomains],
    hasDirectoryModule: before !== "fresh",
    services: {
      VaultSvc: service({ state: "Stopped", startType: "Manual", displayName: "Credential Manager" }),
      ...(stage.agentVersion === null ? {} : { [AGENT]: agent }),
      ...(passThrough === null ? {} : { [PASS_THROUGH]: passThroughService(passThrough.service) }),
      ...(stage.agentVersion === null && passThrough === null
        ? {}
        : { [UPDATER]: service({ displayName: "Microsoft Entra Connect Agent Updater" }) }),
    },
    registry: {
      [`${NAME_KEY}\\ActiveComputerName`]: { ComputerName: computerName },
      [`${NAME_KEY}\\ComputerName`]: { ComputerName: computerName },
      [WINDOWS_KEY]: { CurrentBuildNumber: "20348", UBR: 4_297, InstallationType: "Server" },
      ["HKLM:\\SOFTWARE\\Microsoft\\NET Framework Setup\\NDP\\v4\\Full"]: { Release: 528_449 },
      ["HKLM:\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319"]: {},
      ["HKLM:\\SOFTWARE\\Wow6432Node\\Microsoft\\.NETFramework\\v4.0.30319"]: {},
      ...(stage.tenantID === null ? {} : { [AGENT_KEY]: { TenantID: stage.tenantID } }),
      ...(passThrough?.tenantID == null ? {} : { [PASS_THROUGH_KEY]: { TenantID: passThrough.tenantID } }),
      ...(troubleWord(trouble) === "ailmentModuleLoggingOn" ? { [LOGGING_KEY]: { EnableModuleLogging: 1 } } : {}),
    },
    directory: directoryOf(scenario),
    passThroughVersion: passThrough?.version ?? null,
    passThroughTenantID: passThrough?.tenantID ?? null,
    winHTTPProxy: null,
    archives: [],
    secrets: secretsOf(trouble),
    installer: step === "PassThroughInstall" ? PASS_THROUGH_INSTALLER : INSTALLER,
    entra: { tenantID: TENANT, password: SECRETS.registration.value, token: SECRETS.token.value },
    acls: {},
    netSetupLog: "",
    trouble: troubleWord(trouble),
    missingIsError: ["Get-Service", "Get-ItemProperty", "Resolve-DnsName"],
    calls: 0,
    failAt: 0,
    dieAfter: 0,
  };
}

function service(own: Partial<StandInService> & Pick<StandInService, "displayName">): StandInService {
  return { state: "Running", startType: "Automatic", account: "LocalSystem", startedAt: instant(-30), ...own };
}

function passThroughService(state: "Running" | "Stopped" | "Missing"): StandInService {
  return service({
    state: state === "Running" ? "Running" : "Stopped",
    account: "NT AUTHORITY\\NETWORK SERVICE",
    displayName: "Microsoft Azure AD Connect Authentication Agent",
  });
}

function secretsOf(
  trouble: Trouble | undefined,
): Readonly<Record<string, { readonly text: string; readonly isDenied: boolean }>> {
  const own = (name: SecretName) => (trouble?.kind === "secret" && trouble.secret === name ? trouble.is : undefined);
  const entries = (Object.keys(SECRETS) as SecretName[]).flatMap((name) => {
    const { arn, value, userName } = SECRETS[name];
    if (own(name) === "missing") return [];
    const text = own(name) === "wrongPassword" ? "wrong" : value;
    const key = name === "token" || own(name) === "nameless" ? "accessToken" : "password";
    const holder = own(name) === "nameless" ? {} : { username: userName };
    return [[arn, { text: JSON.stringify({ ...holder, [key]: text }), isDenied: own(name) === "denied" }] as const];
  });
  return Object.fromEntries(entries);
}

/** `joinAccount` that lacks `unit` is joinAccountUnit; secrets and the two states of a gMSA are in the state itself. */
function troubleWord(trouble: Trouble | undefined): string {
  if (trouble === undefined || trouble.kind === "secret") return "";
  const detail = "is" in trouble ? trouble.is : "lacks" in trouble ? trouble.lacks : "by" in trouble ? trouble.by : "";
  return trouble.kind + detail.charAt(0).toUpperCase() + detail.slice(1);
}

/** Applies a restart: every service has a new process, and what a join has written comes into force. */
export function restarted(before: StandInState): StandInState {
  const { pending } = before;
  const services = Object.entries(before.services).map(([name, one]) => [name, { ...one, startedAt: instant(0) }]);
  const state: StandInState = { ...before, services: Object.fromEntries(services) as StandInState["services"] };
  if (pending === null) return state;
  const names = { [`${NAME_KEY}\\ActiveComputerName`]: { ComputerName: pending.computerName } };
  return {
    ...state,
    computerName: pending.computerName,
    domain: pending.domain,
    pending: null,
    registry: { ...state.registry, ...names },
  };
}

export function seen(state: StandInState): HostState {
  const agent = state.services[AGENT];
  return {
    computerName: state.computerName,
    domain: state.domain,
    agentVersion: state.agentVersion,
    agentService: agent?.state ?? "Missing",
    serviceAccount: agent?.account ?? null,
    tenantID: state.tenantID,
    configuredDomains: state.configuredDomains,
    isHostGroupMember: state.directory.members.includes(state.computerName),
    // Five refusals lock an account, as in the world.
    lockedAccounts: state.directory.badBinds >= 5 ? ["svc-join"] : [],
  };
}

/** @param fileProxies what the configuration files on the disk name */
export function seenFurther(
  { directory, services, passThroughVersion, passThroughTenantID, winHTTPProxy, archives }: StandInState,
  fileProxies: FileProxies,
): FurtherState {
  return {
    computers: Object.keys(directory.computers).toSorted(),
    members: directory.members.map((name) => name.toUpperCase()).toSorted(),
    rights: directory.rights,
    isServiceAccountRestricted: directory.isRestricted,
    archives,
    proxies: { ...fileProxies, winHTTP: winHTTPProxy },
    passThrough:
      passThroughVersion === null
        ? null
        : {
            version: passThroughVersion,
            service: services[PASS_THROUGH]?.state ?? "Missing",
            tenantID: passThroughTenantID,
          },
  };
}
