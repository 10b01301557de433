/**
 * What a person does in the portal: the same state machine, without Graph, tokens or limits.
 * Guarantees: a save merges as the portal does: settings and mappings that were not touched stay; a saved schema restarts provisioning
 * (entra-graph reference, 2.7).
 */
import { isRecord } from "../core/input.ts";
import type { DirectoryServicePrincipal } from "../entra/objects.ts";
import { TEMPLATE_ENTRA_TO_AD, templateRoles } from "../graph/templates.ts";
import { ExpressionError } from "./expression/tokens.ts";
import { parseExpression } from "./expression/parse.ts";
import type { Configuration } from "./configuration.ts";
import type { Job } from "./job.ts";
import { readResetScope } from "./restart-scope.ts";
import type { FilterGroup } from "./schema/shapes.ts";
import { GROUP_PROVISIONING } from "./schema/template.ts";
import type { SynchronizationService } from "./service.ts";

/** What a person cannot do, as a sentence. */
export class PortalRefusal extends Error {
  override readonly name = "PortalRefusal";
}

export interface PortalConfiguration {
  readonly displayName: string;
  readonly domain: string;
  /** The target container; the template's own when absent. */
  readonly container?: string;
}

/**
 * A configuration as the portal makes it: application and service principal without an owner, secrets, a job that is not started.
 * Its secrets hold one that reads show masked: a portal-made configuration carries more than an API-made one [I].
 */
export function createConfiguration(
  service: SynchronizationService,
  { displayName, domain, container }: PortalConfiguration,
): { readonly servicePrincipalID: string; readonly applicationID: string; readonly jobID: string } {
  const { directory, cloud } = service;
  const createdMs = service.nowMs();
  const shared = {
    appId: directory.newID(),
    displayName,
    applicationTemplateId: TEMPLATE_ENTRA_TO_AD,
    appRoles: templateRoles(TEMPLATE_ENTRA_TO_AD, cloud, () => directory.newID()),
    ownerIds: [],
    createdMs,
  };
  const applicationID = directory.newID();
  const lists = {
    identifierUris: [],
    secrets: [],
    certificates: [],
    federatedCredentials: [],
    extensionProperties: [],
  };
  directory.create({ kind: "application", id: applicationID, ...shared, ...lists });
  const principal: DirectoryServicePrincipal = {
    kind: "servicePrincipal",
    id: directory.newID(),
    ...shared,
    accountEnabled: true,
    tags: ["WindowsAzureActiveDirectoryIntegratedApp"],
  };
  directory.create(principal);
  const configuration = service.configuration(principal.id);
  service.putSecrets(
    configuration,
    new Map([
      ["Domain", JSON.stringify({ domain })],
      [
        "SyncNotificationSettings",
        JSON.stringify({ Enabled: false, DeleteThresholdEnabled: true, DeleteThresholdValue: 500 }),
      ],
      ["SyncAgentCompatibilityKey", directory.newID()],
    ]),
  );
  const job = service.createJob(configuration, GROUP_PROVISIONING);
  if (container !== undefined) saveMapping(service, job, { target: "parentDistinguishedName", constant: container });
  return { servicePrincipalID: principal.id, applicationID, jobID: job.id };
}

/** `null` takes a setting away. */
export function saveSettings(
  service: SynchronizationService,
  configuration: Configuration,
  changes: Readonly<Record<string, string | null>>,
): void {
  const secrets = new Map(configuration.secrets());
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) secrets.delete(key);
    else secrets.set(key, value);
  }
  service.putSecrets(configuration, secrets);
}

export type MappingChange = { readonly target: string } & (
  { readonly constant: string } | { readonly expression: string }
);

/** Changes what a target gets; a target without a mapping gets one. */
export function saveMapping(service: SynchronizationService, job: Job, change: MappingChange): void {
  const value =
    "constant" in change ? { source: null, defaultValue: change.constant } : { source: parsed(change.expression) };
  changeObjectMapping(service, job, (mapping) => {
    const mappings = list(mapping.attributeMappings);
    const isKnown = mappings.some((one) => one.targetAttributeName === change.target);
    const changed = mappings.map((one) => (one.targetAttributeName === change.target ? { ...one, ...value } : one));
    return {
      ...mapping,
      attributeMappings: isKnown ? changed : [...changed, { targetAttributeName: change.target, ...value }],
    };
  });
}

/** Replaces the clauses of `scope.groups`; the built-in filter stays. */
export function saveFilters(service: SynchronizationService, job: Job, groups: readonly FilterGroup[]): void {
  const documents = groups.map(({ name, clauses }) => ({
    name,
    clauses: clauses.map(({ sourceOperandName, operatorName, values }) => ({
      sourceOperandName,
      operatorName,
      targetOperand: { values },
    })),
  }));
  changeObjectMapping(service, job, (mapping) => ({
    ...mapping,
    scope: { ...(isRecord(mapping.scope) ? mapping.scope : {}), groups: documents },
  }));
}

type Document = Readonly<Record<string, unknown>>;

/** A job that runs is restarted by the save; one that is not started stays so. */
function changeObjectMapping(service: SynchronizationService, job: Job, change: (mapping: Document) => Document): void {
  const { document } = job.schema;
  const synchronizationRules = list(document.synchronizationRules).map((rule) => ({
    ...rule,
    objectMappings: list(rule.objectMappings).map((mapping) =>
      mapping.sourceObjectName === "Group" ? change(mapping) : mapping,
    ),
  }));
  service.putSchema(job, { ...document, synchronizationRules });
  if (job.isStarted) service.restart(job, readResetScope(undefined));
}

function list(value: unknown): readonly Document[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function parsed(expression: string): ReturnType<typeof parseExpression> {
  try {
    return parseExpression(expression);
  } catch (error) {
    if (error instanceof ExpressionError) throw new PortalRefusal(error.message);
    throw error;
  }
}
