/** A tenant with its synchronization service on a virtual clock, called through the operations. Used by tests of this part of the world only. */
import { Domain } from "../ad/domain.ts";
import { seededDice, virtualClock, type VirtualClock } from "../core/clock.ts";
import { DelayTable } from "../core/delays.ts";
import type { AgentPath, AgentReach } from "../core/guests.ts";
import { EntraDirectory } from "../entra/directory.ts";
import type { DirectoryGroup, DirectoryServicePrincipal, DirectoryUser } from "../entra/objects.ts";
import { CLOUDS } from "../graph/clouds.ts";
import { GraphContract } from "../graph/contract/contract.ts";
import { GraphError } from "../graph/errors.ts";
import type { GraphCall, GraphOperation, GraphReply } from "../graph/operation.ts";
import { TEMPLATE_ENTRA_TO_AD } from "../graph/templates.ts";
import { DEFAULT_DOMAINS, type DomainLayout } from "../layout/domains.ts";
import { DEFAULT_SYNCHRONIZATION, type SynchronizationLayout } from "../layout/synchronization.ts";
import { followAccounts } from "./accounts.ts";
import { SYNCHRONIZATION_DELAYS } from "./delays.ts";
import { synchronizationOperations } from "./operations.ts";
import { SynchronizationService } from "./service.ts";

export const TENANT_ID = "6b29fc40-ca47-4067-b31d-00dd010662da";
export const DOMAIN = "corp.example.com";
export const CONTAINER = "OU=EntraGroups,DC=corp,DC=example,DC=com";
export const OTHER_CONTAINER = "OU=Other,DC=corp,DC=example,DC=com";
export const GMSA = "gmsaCloudSync$";
export const SERVICE_PRINCIPAL = "5e900000-0000-4000-8000-0000000000aa";
const [CORP] = DEFAULT_DOMAINS.domains;

export interface BenchOptions {
  readonly layout?: Partial<SynchronizationLayout>;
  readonly domain?: Partial<DomainLayout>;
  /** Instead of one agent that always works, with all rights on the two containers. */
  readonly reach?: AgentReach;
  readonly clock?: VirtualClock;
  readonly domains?: ReadonlyMap<string, Domain>;
}

export type Json = Readonly<Record<string, unknown>>;

export interface StatusView {
  readonly code: string;
  readonly countSuccessiveCompleteFailures: number;
  readonly quarantine: { readonly reason: string; readonly nextAttempt: string; readonly seriesCount: number } | null;
  readonly lastExecution: { readonly state: string; readonly timeBegan: string; readonly timeEnded: string } | null;
}
export interface LogView {
  readonly id: string;
  readonly jobId: string;
  readonly activityDateTime: string;
  readonly provisioningAction: string;
  readonly provisioningStatusInfo: {
    readonly status: string;
    readonly errorInformation: { readonly errorCode: string } | null;
  };
  readonly sourceIdentity: { readonly id: string };
}
export interface AnswerView {
  readonly provisioningSteps?: readonly { readonly type: string; readonly status: string }[];
}

export function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("it is not there");
  return value;
}

export class SyncBench {
  readonly clock: VirtualClock;
  readonly directory: EntraDirectory;
  readonly service: SynchronizationService;
  readonly domain: Domain;
  readonly delays = new DelayTable("real", [SYNCHRONIZATION_DELAYS]);
  /** What the agent answers; replaceable. */
  path: () => AgentPath;
  readonly #operations: readonly GraphOperation[];
  #numbers = 0;

  constructor({ layout, domain, reach, clock = virtualClock(), domains }: BenchOptions = {}) {
    this.clock = clock;
    this.directory = new EntraDirectory(TENANT_ID, { clock, dice: seededDice(5) });
    const made = domains ?? new Map([[DOMAIN, ownDomain(domain, clock)]]);
    this.domain = present(made.get(DOMAIN));
    this.path = () => ({
      kind: "reached",
      instanceID: "i-1",
      serviceAccount: `CORP\\${GMSA}`,
      domain: this.domain,
      forest: [...made.values()],
    });
    followAccounts(this.directory, made);
    this.service = new SynchronizationService({
      clock,
      dice: seededDice(6),
      delays: this.delays,
      directory: this.directory,
      cloud: "Public",
      reach: reach ?? { reach: () => this.path() },
      layout: { ...DEFAULT_SYNCHRONIZATION, ...layout },
    });
    this.#operations = synchronizationOperations(() => this.service);
    this.directory.create(servicePrincipal(SERVICE_PRINCIPAL));
  }

  /** A Graph call through the operations. @throws GraphError */
  call(method: GraphCall["headers"][string], path: string, body?: unknown): GraphReply {
    const url = new URL(path, "https://graph.microsoft.com/v1.0/");
    const pathname = url.pathname.replace(/^\/v1\.0/, "");
    for (const operation of this.#operations) {
      const params = operation.method === method ? matched(operation.path, pathname) : undefined;
      if (params === undefined) continue;
      return checked(pathname, method, body, () =>
        operation.handle({
          version: "v1.0",
          caller: { appId: "test", servicePrincipalId: "", roles: [], scopes: [], isAppOnly: true },
          directory: this.directory,
          asOfMs: this.clock.nowMs(),
          nowMs: this.clock.nowMs(),
          params,
          query: Object.fromEntries(url.searchParams),
          headers: {},
          body,
          root: "https://graph.microsoft.com/v1.0",
          url: url.toString(),
        } as unknown as GraphCall),
      );
    }
    throw new Error(`no operation ${method} ${pathname}`);
  }

  /** Below the service principal. */
  sync(method: string, path: string, body?: unknown): Json {
    return (this.call(method, `/v1.0/servicePrincipals/${SERVICE_PRINCIPAL}/synchronization/${path}`, body).body ??
      {}) as Json;
  }

  /** The code with which a call is refused. */
  refusal(method: string, path: string, body?: unknown): string {
    try {
      this.sync(method, path, body);
    } catch (error) {
      if (error instanceof GraphError) return `${error.status} ${error.code}`;
      throw error;
    }
    return "answered";
  }

  /** Configured for the domain with the groups' container set, not started. */
  configuredJob(container = CONTAINER): string {
    this.sync("PUT", "secrets", { value: [{ key: "Domain", value: JSON.stringify({ domain: DOMAIN }) }] });
    const { id } = this.sync("POST", "jobs", { templateId: "AAD2ADGroupProvisioning" }) as { id: string };
    this.mapContainer(id, container);
    return id;
  }

  startedJob(): string {
    const id = this.configuredJob();
    this.sync("POST", `jobs/${id}/start`);
    this.clock.advance(5 * 60_000);
    return id;
  }

  /** Reads the schema, changes the attribute mapping of a target, writes it. */
  changeMapping(jobID: string, target: string, change: Json): void {
    this.changeSchema(jobID, (mapping) => {
      const mappings = mapping["attributeMappings"] as Record<string, unknown>[];
      Object.assign(present(mappings.find(({ targetAttributeName }) => targetAttributeName === target)), change);
    });
  }

  changeSchema(jobID: string, change: (mapping: Record<string, unknown>) => void): void {
    const schema = structuredClone(this.sync("GET", `jobs/${jobID}/schema`)) as {
      synchronizationRules: { objectMappings: Record<string, unknown>[] }[];
    };
    change(present(schema.synchronizationRules[0]?.objectMappings[0]));
    this.sync("PUT", `jobs/${jobID}/schema`, schema);
  }

  mapContainer(jobID: string, container: string): void {
    this.changeMapping(jobID, "parentDistinguishedName", { defaultValue: container });
  }

  job(id: string): {
    readonly schedule: Json;
    readonly status: StatusView;
    readonly id: string;
    readonly templateId: string;
  } {
    return this.sync("GET", `jobs/${id}`) as never;
  }

  restart(id: string, resetScope?: string): void {
    this.sync("POST", `jobs/${id}/restart`, resetScope === undefined ? {} : { criteria: { resetScope } });
    this.clock.advance(5 * 60_000);
  }

  cycle(): void {
    this.clock.advance(this.delays.ms("synchronization.cycle"));
  }

  group(changes: Partial<DirectoryGroup> = {}): string {
    const id = this.#id("9600");
    this.directory.create({
      ...GROUP,
      displayName: `sg-${this.#numbers}`,
      mailNickname: `sg${this.#numbers}`,
      createdMs: this.clock.nowMs(),
      id,
      ...changes,
    });
    return id;
  }

  assigned(changes: Partial<DirectoryGroup> = {}): string {
    const id = this.group(changes);
    this.assign(id);
    return id;
  }

  assign(principalId: string, resourceId = SERVICE_PRINCIPAL): void {
    this.directory.assign({ principalId, resourceId, appRoleId: CLOUDS.Public.scopeRoleID });
  }

  unassign(principalId: string): void {
    for (const { id } of this.directory.assignmentsOf(principalId)) this.directory.unassign(id);
  }

  /** Synced from AD unless changed. */
  user(changes: Partial<DirectoryUser> = {}): string {
    const id = this.#id("0e5e");
    this.directory.create({
      ...USER,
      onPremisesObjectIdentifier: id.replace("0e5e", "ad90"),
      createdMs: this.clock.nowMs(),
      id,
      ...changes,
    });
    return id;
  }

  /** What AD has: `cn` in container with members. */
  ad(): readonly string[] {
    return this.domain.groups
      .list()
      .map(({ objectGUID, distinguishedName }) => `${distinguishedName} ${this.domain.groups.members(objectGUID).size}`)
      .toSorted();
  }

  adGroup(groupID: string): ReturnType<Domain["groupsByAnchor"]>[number] | undefined {
    return this.domain.groupsByAnchor(`Group_${groupID}`)[0];
  }

  members(groupID: string): readonly string[] {
    return [...this.domain.groups.members(this.adGroup(groupID)?.objectGUID ?? "")];
  }

  log(filter?: string): readonly LogView[] {
    const query = filter === undefined ? "" : `?$filter=${encodeURIComponent(filter)}`;
    return (this.call("GET", `/v1.0/auditLogs/provisioning${query}`).body as { value: LogView[] }).value;
  }

  onDemand(
    jobID: string,
    groupID: string,
    memberIDs: readonly string[] = [],
  ): { readonly key: unknown; readonly value: AnswerView } {
    const { synchronizationRules } = this.sync("GET", `jobs/${jobID}/schema`) as {
      synchronizationRules: { id: string }[];
    };
    const members = memberIDs.map((objectId) => ({ objectId, objectTypeName: "User" }));
    const subjects = [{ objectId: groupID, objectTypeName: "Group", links: { members } }];
    const answer = this.sync("POST", `jobs/${jobID}/provisionOnDemand`, {
      parameters: [{ ruleId: present(synchronizationRules[0]).id, subjects }],
    });
    return {
      key: JSON.parse(String(answer["key"])) as unknown,
      value: JSON.parse(String(answer["value"])) as AnswerView,
    };
  }

  #id(start: string): string {
    this.#numbers += 1;
    return `${start}0000-0000-4000-8000-${String(this.#numbers).padStart(12, "0")}`;
  }
}

function ownDomain(changes: Partial<DomainLayout> | undefined, clock: VirtualClock): Domain {
  const rights = (["CreateGroups", "DeleteGroups", "WriteGroups"] as const).flatMap((right) =>
    [CONTAINER, OTHER_CONTAINER].map((distinguishedName) => ({
      distinguishedName,
      trustee: GMSA,
      kind: "Allow" as const,
      right,
    })),
  );
  const units = [...present(CORP).organizationalUnits, OTHER_CONTAINER];
  return new Domain({ ...present(CORP), organizationalUnits: units, access: rights, ...changes }, clock);
}

const CONTRACT = new GraphContract();

/** Request and answer are of the form of the OpenAPI extract. */
function checked(path: string, method: string, body: unknown, answer: () => GraphReply): GraphReply {
  const operation = CONTRACT.match("v1.0", method, path)?.operation;
  if (operation === undefined) throw new Error(`the extract has no ${method} ${path}`);
  const reply = answer();
  const problem = operation.requestProblem(body) ?? operation.responseProblem(reply.status, reply.body);
  if (problem !== undefined) throw new Error(`${method} ${path}: ${problem}`);
  return reply;
}

function matched(template: string, path: string): Readonly<Record<string, string>> | undefined {
  const names: string[] = [];
  const pattern = template.replaceAll(/\{([^}]+)\}/g, (_whole, name: string) => {
    names.push(name);
    return "([^/]+)";
  });
  const found = new RegExp(`^${pattern}$`).exec(path);
  return found === null
    ? undefined
    : Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? "")]));
}

export function servicePrincipal(id: string): DirectoryServicePrincipal {
  return {
    kind: "servicePrincipal",
    id,
    appId: id.replace("5e9", "a99"),
    displayName: DOMAIN,
    applicationTemplateId: TEMPLATE_ENTRA_TO_AD,
    accountEnabled: true,
    appRoles: [
      {
        id: CLOUDS.Public.scopeRoleID,
        displayName: "User",
        description: "User",
        value: null,
        isEnabled: true,
        allowedMemberTypes: ["User"],
      },
    ],
    ownerIds: [],
    tags: [],
    createdMs: 0,
  };
}

const GROUP: Omit<DirectoryGroup, "id" | "displayName" | "mailNickname" | "createdMs"> = {
  kind: "group",
  description: null,
  securityEnabled: true,
  mailEnabled: false,
  mail: null,
  groupTypes: [],
  onPremisesSyncEnabled: null,
  isCloudManaged: false,
  visibility: null,
  isAssignableToRole: null,
  extensions: {},
};

const USER: Omit<DirectoryUser, "id" | "createdMs" | "onPremisesObjectIdentifier"> = {
  kind: "user",
  displayName: "Aiko Mori",
  userPrincipalName: "aiko@contoso.example",
  userType: "Member",
  accountEnabled: true,
  mail: null,
  onPremisesSyncEnabled: true,
  onPremisesDistinguishedName: null,
  onPremisesDomainName: DOMAIN,
  onPremisesSamAccountName: null,
  onPremisesUserPrincipalName: null,
  onPremisesImmutableId: null,
};
