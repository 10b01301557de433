/**
 * What the API server says of the Entra side, and the world's own record of it.
 * Guarantees: reads only; every read is bounded; the world's record is never taken from the operator's word.
 */
import type { ControlClient } from "../../sim/src/cli/control-client.ts";
import { stackAPI, type StackObject } from "../support/stack-api.ts";
import { CANARY, CONFIGURATION, FLEET_NAMESPACE, TEAM_NAMESPACE, TEAM_SCOPE } from "./names.ts";

export interface EntraView {
  readonly configuration: StackObject | undefined;
  readonly canary: StackObject | undefined;
  /** The canary's own, and the team's. */
  readonly scopes: readonly StackObject[];
  readonly world: EntraRecord;
}

export interface EntraRecord {
  readonly configurations: readonly ConfigurationRecord[];
  /** Groups of Entra with their members, by name. */
  readonly groups: readonly NamedGroup[];
  /** Groups as AD has them, with their members' names. */
  readonly directory: readonly DirectoryGroup[];
  /** Calls, of either side, that broke the contract of Graph. */
  readonly breaches: number;
}

export interface ConfigurationRecord {
  readonly servicePrincipalID: string;
  /** Names of the groups in scope, one for each assignment. */
  readonly assigned: readonly string[];
  readonly jobs: readonly { readonly code: string; readonly hasRun: boolean }[];
}

export interface NamedGroup {
  readonly name: string;
  readonly members: readonly string[];
}

export interface DirectoryGroup extends NamedGroup {
  readonly container: string;
}

export interface EntraReader {
  read(): Promise<EntraView>;
  close(): Promise<void>;
}

export interface EntraPlace {
  /** A file that the control plane of `test/support` wrote. */
  readonly kubeconfig: string;
  readonly control: ControlClient;
  readonly tenantID: string;
  readonly dnsName: string;
}

export function entraReader({ kubeconfig, control, tenantID, dnsName }: EntraPlace): EntraReader {
  const api = stackAPI(kubeconfig);
  return {
    async read() {
      const [configuration, canary, own, team, world] = await Promise.all([
        api.get("configurations", FLEET_NAMESPACE, CONFIGURATION),
        api.get("tests", FLEET_NAMESPACE, CANARY),
        api.get("scopes", FLEET_NAMESPACE, CANARY),
        api.get("scopes", TEAM_NAMESPACE, TEAM_SCOPE),
        readRecord(control, tenantID, dnsName),
      ]);
      return { configuration, canary, scopes: [own, team].filter((scope) => scope !== undefined), world };
    },
    close: () => api.close(),
  };
}

interface SynchronizationAnswer {
  readonly tenantID: string;
  readonly configurations: readonly {
    readonly servicePrincipalID: string;
    readonly jobs: readonly { readonly status: { readonly code: string; readonly lastExecution: object | null } }[];
  }[];
}
interface GroupAnswer {
  readonly displayName: string;
  readonly members: readonly { readonly displayName: string | null }[];
}
interface DirectoryAnswer {
  readonly container: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly members: readonly string[];
}

export async function readRecord(control: ControlClient, tenantID: string, dnsName: string): Promise<EntraRecord> {
  const ask = async <Answer>(path: string): Promise<Answer> => (await control.ask("GET", path)) as Answer;
  const [tenants, applications, groups, directory, breaches] = await Promise.all([
    ask<readonly SynchronizationAnswer[]>("/synchronization"),
    ask<readonly { readonly id: string; readonly assigned: readonly string[] }[]>(`/entra/${tenantID}/configurations`),
    ask<readonly GroupAnswer[]>(`/entra/${tenantID}/groups`),
    ask<readonly DirectoryAnswer[]>(`/domains/${dnsName}/groups`),
    ask<{ readonly count: number }>(`/entra/${tenantID}/breaches`),
  ]);
  const service = tenants.find((tenant) => tenant.tenantID === tenantID)?.configurations ?? [];
  return {
    configurations: service.map(({ servicePrincipalID, jobs }) => ({
      servicePrincipalID,
      assigned: (applications.find(({ id }) => id === servicePrincipalID)?.assigned ?? []).toSorted(),
      jobs: jobs.map(({ status }) => ({ code: status.code, hasRun: status.lastExecution !== null })),
    })),
    groups: groups.map(({ displayName, members }) => ({
      name: displayName,
      members: members.map((member) => member.displayName ?? "?").toSorted(),
    })),
    directory: directory.map(({ container, attributes, members }) => ({
      name: attributes["displayName"] ?? attributes["cn"] ?? "?",
      container,
      members: members.map(commonName).toSorted(),
    })),
    breaches: breaches.count,
  };
}

/** `CN=Aiko Mori,OU=People,...` to `Aiko Mori`. */
function commonName(distinguishedName: string): string {
  return /^CN=([^,]+),/.exec(distinguishedName)?.[1] ?? distinguishedName;
}
