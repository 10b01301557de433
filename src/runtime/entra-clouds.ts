/**
 * The national clouds of Microsoft Entra: where Graph and the login authority are, and the audience of federated tokens. Data only.
 * Sources: entra-graph reference, 10.6 (Graph documentation, "National cloud deployments"); Azure environments of the Azure SDKs for the newer
 * authority of China. Audiences: Entra documentation, "Configure an application to trust a managed identity" [D for managed identities];
 * that tokens of a cluster's own issuer want the same values outside the public cloud is inferred [I; Azure Service Operator does so].
 */
export const ENTRA_CLOUDS = {
  Public: {
    graph: "https://graph.microsoft.com",
    authorities: ["https://login.microsoftonline.com"],
    federationAudience: "api://AzureADTokenExchange",
  },
  USGovernment: {
    graph: "https://graph.microsoft.us",
    authorities: ["https://login.microsoftonline.us"],
    federationAudience: "api://AzureADTokenExchangeUSGov",
  },
  USGovernmentDoD: {
    graph: "https://dod-graph.microsoft.us",
    authorities: ["https://login.microsoftonline.us"],
    federationAudience: "api://AzureADTokenExchangeUSGov",
  },
  China: {
    graph: "https://microsoftgraph.chinacloudapi.cn",
    authorities: ["https://login.chinacloudapi.cn", "https://login.partner.microsoftonline.cn"],
    federationAudience: "api://AzureADTokenExchangeChina",
  },
} as const satisfies Readonly<Record<string, EntraCloudFacts>>;

export interface EntraCloudFacts {
  /** Origins, without a path. */
  readonly graph: string;
  /** The first is the documented one. */
  readonly authorities: readonly [string, ...string[]];
  readonly federationAudience: string;
}

export type EntraCloudName = keyof typeof ENTRA_CLOUDS;

/** Settings of the process; absent = the vendor's. */
export interface EntraEndpointSettings {
  readonly graph?: string;
  readonly authority?: string;
}

export interface EntraEndpoints {
  readonly graph: string;
  /** What a token is asked for: the resource, which is the vendor's Graph wherever requests are sent. */
  readonly scope: string;
  readonly authority: string;
  readonly federationAudience: string;
}

export function isEntraCloud(word: string): word is EntraCloudName {
  return Object.hasOwn(ENTRA_CLOUDS, word);
}

/**
 * Where a cloud is for this process. A setting that names a vendor's endpoint counts for the clouds that have it and for no other: the workload
 * identity webhook sets AZURE_AUTHORITY_HOST in every pod, and a proof for one cloud must not be sent to another.
 */
export function entraEndpoints(cloud: EntraCloudName, settings: EntraEndpointSettings): EntraEndpoints {
  const facts: EntraCloudFacts = ENTRA_CLOUDS[cloud];
  const [authority] = facts.authorities;
  return {
    graph: chosen(settings.graph, [facts.graph], isVendorGraph) ?? facts.graph,
    scope: `${facts.graph}/.default`,
    authority: chosen(settings.authority, facts.authorities, isVendorAuthority) ?? authority,
    federationAudience: facts.federationAudience,
  };
}

function chosen(
  setting: string | undefined,
  own: readonly string[],
  isVendor: (origin: string) => boolean,
): string | undefined {
  if (setting === undefined || (isVendor(setting) && !own.includes(setting))) return undefined;
  return setting;
}

export function isVendorGraph(origin: string): boolean {
  return Object.values<EntraCloudFacts>(ENTRA_CLOUDS).some(({ graph }) => graph === origin);
}

export function isVendorAuthority(origin: string): boolean {
  return Object.values<EntraCloudFacts>(ENTRA_CLOUDS).some(({ authorities }) => authorities.includes(origin));
}
