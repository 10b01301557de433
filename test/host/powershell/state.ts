/** A scenario's host and surroundings as the stand-ins read them, and what they leave behind in the words of the table. */
import type { HostState, Scenario, SecretName, Trouble } from "../scenarios/scenario.ts";
import { AGENT_VERSION, DOMAIN, STAGE_STATES, TENANT } from "../scenarios/stages.ts";

export const SECRETS: Readonly<
  Record<SecretName, { readonly arn: string; readonly value: string; readonly userName: string }>
> = {
  join: secret("join", "CORP\\svc-join"),
  setup: secret("setup", "CORP\\svc-setup"),
  leave: secret("leave", "CORP\\svc-leave"),
  registration: secret("registration", "agent-registration@contoso.example"),
  token: secret("token", "agent-registration@contoso.example"),
};
export const HOST_GROUP = "CN=CloudSyncHosts,OU=CloudSync,DC=corp,DC=example,DC=com";
export const UNIT = "OU=CloudSync,OU=Servers,DC=corp,DC=example,DC=com";
export const INSTALLER = {
  sha256: "5f2c1a9be0d34786a1b2c3d4e5f60718293a4b5c6d7e8f90112233445566778a",
  version: AGENT_VERSION,
  productName: "Microsoft Entra Provisioning Agent",
  signer: "Microsoft Corporation",
} as const;

const AGENT = "AADConnectProvisioningAgent";
const AGENT_KEY = "HKLM:\\SOFTWARE\\Microsoft\\Azure AD Connect Agents\\Azure AD Connect Provisioning Agent";
const NAME_KEY = "HKLM:\\SYSTEM\\CurrentControlSet\\Control\\ComputerName";
const WINDOWS_KEY = "HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";

export interface StandInState {
  computerName: string;
  domain: string | null;
  pending: { computerName: string; domain: string } | null;
  agentVersion: string | null;
  tenantID: string | null;
  configuredDomains: string[];
  services: Record<string, { state: "Running" | "Stopped"; startType: string; account: string; displayName: string }>;
  registry: Record<string, Record<string, string | number>>;
  directory: { members: string[]; badBinds: number } & Record<string, unknown>;
  calls: number;
  failAt: number;
  dieAfter: number;
  [other: string]: unknown;
}

function secret(name: string, userName: string) {
  const arn = `arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:cloudsync/${name}-AbCdEf`;
  return { arn, value: `planted-${name}-7c1e9f3b`, userName };
}

export function stateOf({ before, trouble }: Scenario): StandInState {
  const stage = STAGE_STATES[before];
  const computerName = stage.computerName ?? "EC2AMAZ-1";
  const isRunning = stage.agentService === "Running";
  const account = stage.serviceAccount ?? "";
  const agent = {
    state: isRunning ? "Running" : "Stopped",
    startType: "Automatic",
    account,
    displayName: "Microsoft Entra Provisioning Agent",
  } as const;
  const taken = trouble?.kind === "computerTaken" ? { CSA1: { organizationalUnit: UNIT, creator: "someone" } } : {};
  return {
    computerName,
    domain: stage.domain,
    pending: null,
    agentVersion: stage.agentVersion,
    tenantID: stage.tenantID,
    configuredDomains: [...stage.configuredDomains],
    hasDirectoryModule: before !== "fresh",
    services: {
      VaultSvc: { state: "Stopped", startType: "Manual", account: "LocalSystem", displayName: "Credential Manager" },
      ...(stage.agentVersion === null ? {} : { [AGENT]: agent }),
    },
    registry: {
      [`${NAME_KEY}\\ActiveComputerName`]: { ComputerName: computerName },
      [`${NAME_KEY}\\ComputerName`]: { ComputerName: computerName },
      [WINDOWS_KEY]: { CurrentBuildNumber: "20348", UBR: 4_297, InstallationType: "Server" },
      ["HKLM:\\SOFTWARE\\Microsoft\\NET Framework Setup\\NDP\\v4\\Full"]: { Release: 528_449 },
      ["HKLM:\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319"]: {},
      ["HKLM:\\SOFTWARE\\Wow6432Node\\Microsoft\\.NETFramework\\v4.0.30319"]: {},
      ...(stage.tenantID === null ? {} : { [AGENT_KEY]: { TenantID: stage.tenantID } }),
    },
    directory: {
      dnsName: DOMAIN,
      netBIOSName: "CORP",
      hostGroup: HOST_GROUP,
      organizationalUnit: UNIT,
      computers:
        stage.domain === null ? taken : { [computerName]: { organizationalUnit: UNIT, creator: "CORP\\svc-join" } },
      members: stage.isHostGroupMember ? [computerName] : [],
      accounts: { "svc-join": { password: SECRETS.join.value }, "svc-setup": { password: SECRETS.setup.value } },
      serviceAccounts:
        trouble?.kind === "gmsa" && trouble.is === "missing"
          ? {}
          : { gmsaCloudSync$: trouble?.kind === "gmsa" && trouble.is === "notAllowed" ? [] : [HOST_GROUP] },
      badBinds: 0,
    },
    secrets: secretsOf(trouble),
    installer: INSTALLER,
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

function secretsOf(
  trouble: Trouble | undefined,
): Readonly<Record<string, { readonly text: string; readonly isDenied: boolean }>> {
  const own = (name: SecretName) => (trouble?.kind === "secret" && trouble.secret === name ? trouble.is : undefined);
  const entries = (Object.keys(SECRETS) as SecretName[]).flatMap((name) => {
    const { arn, value, userName } = SECRETS[name];
    if (own(name) === "missing") return [];
    const text = own(name) === "wrongPassword" ? "wrong" : value;
    const key = name === "token" ? "accessToken" : "password";
    return [
      [arn, { text: JSON.stringify({ username: userName, [key]: text }), isDenied: own(name) === "denied" }] as const,
    ];
  });
  return Object.fromEntries(entries);
}

/** `joinAccount` that lacks `unit` is joinAccountUnit; secrets and the two states of a gMSA are in the state itself. */
function troubleWord(trouble: Trouble | undefined): string {
  if (trouble === undefined || trouble.kind === "secret") return "";
  const detail = "is" in trouble ? trouble.is : "lacks" in trouble ? trouble.lacks : "";
  return trouble.kind + detail.charAt(0).toUpperCase() + detail.slice(1);
}

/** Applies a restart: what a join has written comes into force. */
export function restarted(state: StandInState): StandInState {
  const { pending } = state;
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
