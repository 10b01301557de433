/**
 * What is on a Windows host's root volume: it survives reboot and stop/start and goes with the instance.
 * Names and places are those of the agent-host reference, section 4. Data only.
 */
import type { WorldDice } from "../core/clock.ts";
import type { TenantCloud } from "../layout/tenants.ts";
import type { CommandMessage } from "../ssm/agent-port.ts";

export interface WindowsService {
  startType: "Automatic" | "Disabled";
  /** Logon account. */
  account: string;
}

/**
 * What is wrong inside a host, each as one person or policy would leave it:
 * `awsToolsMissing` an image without AWS Tools; `featureFails` Windows installs no feature; `serviceHangs` a service goes on when it is asked to stop;
 * `serviceDoesNotStart`; `moduleLoggingOn` a policy of PowerShell; `tokenlessAgent` a build whose cmdlet takes no token; `vendorCmdletFails`;
 * `accountNotSet` the cmdlet ends well and the service keeps its account; `winHTTPLocked` a policy sets WinHTTP's proxy; `archiveHuge`;
 * `secretsManagerUnreachable` and `bucketUnreachable` no way to that service.
 */
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

export interface InstalledAgent {
  version: string;
  /** The cloud that its setup was downloaded for: there it registers. */
  readonly cloud: TenantCloud;
  /** Service AADConnectProvisioningAgent. */
  readonly service: WindowsService;
  readonly updater: WindowsService;
}

/** The Pass-through Authentication agent: beside the provisioning agent, with a service and a registration of its own (section 14). */
export interface PassThroughAgent {
  version: string;
  /** The cloud that its setup was told. */
  readonly cloud: TenantCloud;
  /** Service AzureADConnectAuthenticationAgent. */
  readonly service: WindowsService;
  registration: Registration | undefined;
}

/** Proxies by where they are written; `undefined`: none. */
export interface ProxySettings {
  agent: string | undefined;
  passThrough: string | undefined;
  updater: string | undefined;
  /** host:port. */
  winHTTP: string | undefined;
}

export interface Registration {
  /** Registry value TenantID. */
  readonly tenantID: string;
  readonly agentID: string;
  readonly certificateNotAfterMs: number;
}

/** The first result of an operation, answered again when its id comes twice. */
export interface StoredResult {
  readonly exitCode: number;
  readonly output: string;
}

/** A command that the SSM agent has not finished: it goes on with it after a restart (amazon-ssm-agent, framework/processor). */
export interface UnfinishedCommand {
  readonly message: CommandMessage;
  runs: number;
}

export interface WindowsDisk {
  /** What the running system is called and belongs to. */
  computerName: string;
  domain: string | undefined;
  /** Written by a join, in force after the next boot. */
  pending: { readonly computerName: string; readonly domain: string } | undefined;
  /** Set once it was updated; the image's before. */
  ssmAgentVersion: string | undefined;
  agent: InstalledAgent | undefined;
  registration: Registration | undefined;
  passThrough: PassThroughAgent | undefined;
  readonly proxy: ProxySettings;
  /** Somebody left a configuration file of the agent that is no XML. */
  isConfigurationSpoilt: boolean;
  readonly ailments: Set<Ailment>;
  /** Lines of the agent's trace. */
  readonly trace: string[];
  readonly configuredDomains: string[];
  readonly results: Map<string, StoredResult>;
  /** Reboots that each operation has asked for. */
  readonly rebootCounts: Map<string, number>;
  readonly unfinished: Set<UnfinishedCommand>;
}

/** The virtual account under which the service runs until a gMSA is set (entra-docs, how-to-troubleshoot). */
export const VIRTUAL_ACCOUNT = "NT SERVICE\\AADConnectProvisioningAgent";

/** Pass-through Authentication runs as Network Service (entra-docs, Pass-through Authentication security deep dive). */
export const NETWORK_SERVICE = "NT AUTHORITY\\NETWORK SERVICE";

/** Markers that a script keeps; older ones are removed first. */
const RESULTS_MAX = 500;

export function freshDisk(dice: WorldDice): WindowsDisk {
  const suffix = Array.from({ length: 7 }, () => Math.floor(dice() * 36).toString(36)).join("");
  return {
    computerName: `EC2AMAZ-${suffix.toUpperCase()}`,
    domain: undefined,
    pending: undefined,
    ssmAgentVersion: undefined,
    agent: undefined,
    registration: undefined,
    passThrough: undefined,
    proxy: { agent: undefined, passThrough: undefined, updater: undefined, winHTTP: undefined },
    isConfigurationSpoilt: false,
    ailments: new Set(),
    trace: [],
    configuredDomains: [],
    results: new Map(),
    rebootCounts: new Map(),
    unfinished: new Set(),
  };
}

export function storeResult(disk: WindowsDisk, operationID: string, result: StoredResult): void {
  disk.results.set(operationID, result);
  const oldest = disk.results.keys().next().value;
  if (disk.results.size > RESULTS_MAX && oldest !== undefined) disk.results.delete(oldest);
}
