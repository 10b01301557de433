/** The national clouds: where Graph and the login authority are (entra-graph reference, 10.6), and what a federated token is for there. Data only. */
import type { TenantCloud } from "../layout/tenants.ts";

export interface CloudFacts {
  readonly graph: string;
  readonly logins: readonly string[];
  /** Role of the scope assignments, Entra to AD (entra-graph reference, 1). The DoD is US Government there. */
  readonly scopeRoleID: string;
}

export const CLOUDS: Readonly<Record<TenantCloud, CloudFacts>> = {
  Public: {
    graph: "https://graph.microsoft.com",
    logins: ["https://login.microsoftonline.com"],
    scopeRoleID: "1a0abf4d-b9fa-4512-a3a2-51ee82c6fd9f",
  },
  USGovernment: {
    graph: "https://graph.microsoft.us",
    logins: ["https://login.microsoftonline.us"],
    scopeRoleID: "d8fa317e-0713-4930-91d8-1dbeb150978f",
  },
  USGovernmentDoD: {
    graph: "https://dod-graph.microsoft.us",
    logins: ["https://login.microsoftonline.us"],
    scopeRoleID: "d8fa317e-0713-4930-91d8-1dbeb150978f",
  },
  China: {
    graph: "https://microsoftgraph.chinacloudapi.cn",
    logins: ["https://login.chinacloudapi.cn", "https://login.partner.microsoftonline.cn"],
    scopeRoleID: "15af7fd5-1a3f-4034-8ea1-1afa3d5ecf63",
  },
};

/** Clouds whose Graph, or whose login authority, is at an origin: none for an origin of no vendor's. */
export function cloudsOf(origin: string, kind: "graph" | "login"): readonly TenantCloud[] {
  return Object.entries(CLOUDS).flatMap(([cloud, { graph, logins }]) =>
    (kind === "graph" ? graph === origin : logins.includes(origin)) ? [cloud as TenantCloud] : [],
  );
}
