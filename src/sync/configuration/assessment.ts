/**
 * What a configuration's documents are, compared with what is declared: made once a pass, used by decision and status alike.
 * Never: decides what to do about it.
 */
import type { SynchronizationJob } from "../../entra/jobs/port.ts";
import { canonicalJSON } from "../../runtime/canonical-json.ts";
import { sha256Hex } from "../../runtime/hash.ts";
import { canonicalSchema, schemaHash } from "./canonical-schema.ts";
import type { ConnectorProfile, EntraToADDeclaration } from "./connector.ts";
import { difference, type Difference } from "./difference.ts";
import { filterGroupOf } from "./filter.ts";
import type { Edit } from "./impact.ts";
import { quarantineOf, type QuarantineFacts } from "./quarantine.ts";
import { mergeSchema, type SchemaMerge, type WantedSchema } from "./schema-merge.ts";
import { mappingsOf, viewSchema, type SchemaView } from "./schema-view.ts";
import { domainIn, isAllScopeIn, mergeSecrets, type SecretMerge, type WantedSecrets } from "./secrets.ts";
import type { ConfigurationSnapshot, ResolvedReferences, Shell } from "./snapshot.ts";
import { stagedDeletes, type StagedDeletes } from "./staged-deletes.ts";
import { containerOfMapping, containerOfWanted, wantedContainer } from "./target-container.ts";

export interface Assessment {
  readonly references: ResolvedReferences;
  readonly profile: ConnectorProfile;
  readonly declared: EntraToADDeclaration;
  readonly shell: Shell;
  readonly job: SynchronizationJob;
  readonly quarantine: QuarantineFacts | undefined;
  readonly staged: StagedDeletes;
  readonly schemaHash: string | undefined;
  readonly secrets: SecretMerge;
  readonly wantedSecrets: WantedSecrets;
  /** `undefined`: the schema was not read. */
  readonly schema: SchemaMerge | undefined;
  readonly wantedSchema: WantedSchema;
  readonly edit: Edit | undefined;
  readonly drift: readonly Difference[];
}

/** `undefined`: there is no job to assess yet. */
export function assess(snapshot: ConfigurationSnapshot): Assessment | undefined {
  const { variant, references, entra, configuration, permissions } = snapshot;
  if (variant.kind !== "EntraToAD" || references.kind !== "resolved" || entra.kind !== "read") return undefined;
  const { shell } = entra;
  const { profile, declared } = variant;
  const jobs = shell.jobs.filter(({ template }) => template === profile.jobTemplate);
  const [job] = jobs;
  if (job === undefined || jobs.length > 1) return undefined;
  const wantedSecrets = wantedSecretsOf(snapshot, declared, references.references);
  const wantedSchema = wantedSchemaOf(snapshot, declared, references.references);
  const secrets = mergeSecrets(shell.secrets, wantedSecrets);
  const reading = shell.schema === undefined ? undefined : viewSchema(shell.schema, profile);
  const view = reading?.kind === "viewed" ? reading.view : undefined;
  const schema: SchemaMerge | undefined =
    reading?.kind === "unexpected"
      ? { kind: "refused", reason: "SchemaUnexpected", message: reading.message, differences: [] }
      : view === undefined
        ? undefined
        : mergeSchema(view, wantedSchema, shell.vocabulary, profile);
  const quarantine = quarantineOf(job, configuration.status.jobs);
  return {
    references: references.references,
    profile,
    declared,
    shell,
    job,
    quarantine,
    staged: stagedDeletes(shell.stagedDeletes, {
      configurationUID: configuration.metadata.uid,
      servicePrincipalID: shell.servicePrincipal.id,
      jobID: job.id,
      began: quarantine?.began ?? "",
    }),
    schemaHash: shell.schema === undefined ? undefined : schemaHash(shell.schema),
    secrets,
    wantedSecrets,
    schema,
    wantedSchema,
    edit:
      view === undefined || schema === undefined
        ? undefined
        : editOf(view, { secrets, schema, wantedSecrets, wantedSchema }, shell, profile),
    drift: [
      ...("differences" in secrets ? secrets.differences : []),
      ...scopeModeDifference(shell, declared, permissions.allowedUnverified),
      ...(schema !== undefined && "differences" in schema ? schema.differences : []),
      ...foreignFilters(view, wantedSchema),
    ],
  };
}

/** Name of `--allow-unverified` for what the vendor has not published (entra-graph reference, section 16). */
export const UNVERIFIED = { allScope: "all-scope" } as const;

function wantedSecretsOf(
  { configuration, permissions }: ConfigurationSnapshot,
  { scope }: EntraToADDeclaration,
  { domain }: ResolvedReferences,
): WantedSecrets {
  const { notifications, deletionThreshold } = configuration.spec;
  return {
    domain: domain.spec.dnsName.toLowerCase(),
    recipients: [...(notifications.recipients ?? [])].sort(),
    deleteThreshold: { isEnabled: deletionThreshold.enabled, value: deletionThreshold.value },
    isAllScope: permissions.allowedUnverified.has(UNVERIFIED.allScope) ? scope.mode === "All" : undefined,
  };
}

export function wantedSchemaOf(
  { configuration }: Pick<ConfigurationSnapshot, "configuration">,
  declared: EntraToADDeclaration,
  { domain }: Pick<ResolvedReferences, "domain">,
): WantedSchema {
  const verdict = wantedContainer(declared, domain.spec.provisioningContainers);
  if (verdict.kind === "refused") throw new Error("a container was asked for that the references refused");
  return {
    container: verdict.container,
    mappings: declared.attributeMappings ?? [],
    filters: (declared.scope.attributeFilters ?? []).map(({ name, clauses }) => ({
      name,
      clauses: clauses.map(({ attribute, operator, values }) => ({ attribute, operator, values: values ?? [] })),
    })),
    ownedFilters: configuration.status.ownedFilters ?? [],
  };
}

/** Declared and found scope mode differ, and the storage of the mode may not be written. */
function scopeModeDifference(
  { secrets }: Shell,
  { scope }: EntraToADDeclaration,
  allowed: ReadonlySet<string>,
): readonly Difference[] {
  const found = isAllScopeIn(secrets) ? "All" : "Selected";
  if (allowed.has(UNVERIFIED.allScope) || found === scope.mode) return [];
  return [difference("scope.mode (unverified storage)", scope.mode, found)];
}

/** Shown, never touched: filters that nobody declared here. A built-in one is among them where the vendor keeps it in the same place. */
function foreignFilters(view: SchemaView | undefined, { filters, ownedFilters }: WantedSchema): readonly Difference[] {
  const known = new Set([...filters.map(({ name }) => name), ...ownedFilters]);
  return (view?.filterGroups ?? [])
    .map(filterGroupOf)
    .filter(({ name, clauses }) => !known.has(name) && !clauses.every(({ attribute }) => BUILT_IN.has(attribute)))
    .map(({ name }) => difference(`filter ${name}`, undefined, "foreign, left alone"));
}

/** Attributes of the built-in clauses (entra-graph reference, 3.2). */
const BUILT_IN: ReadonlySet<string> = new Set(["securityEnabled", "dirSyncEnabled", "mailEnabled"]);

interface Merges {
  readonly secrets: SecretMerge;
  readonly schema: SchemaMerge;
  readonly wantedSecrets: WantedSecrets;
  readonly wantedSchema: WantedSchema;
}

function editOf(
  view: SchemaView,
  { secrets, schema, wantedSecrets, wantedSchema }: Merges,
  shell: Shell,
  profile: ConnectorProfile,
): Edit {
  const merged = schema.kind === "different" ? viewSchema(schema.schema, profile) : undefined;
  const after = merged?.kind === "viewed" ? merged.view : view;
  const filtersOf = ({ filterGroups }: SchemaView) =>
    filterGroups.map(filterGroupOf).filter(({ clauses }) => !clauses.every(({ attribute }) => BUILT_IN.has(attribute)));
  const isAllScope = isAllScopeIn(shell.secrets);
  const domain = domainIn(shell.secrets);
  const container = mappingsOf(view, profile.containerTarget)[0];
  const differences = schema.kind === "equal" ? [] : schema.differences;
  return {
    before: { isAllScope, filters: filtersOf(view), containerOf: containerOfMapping(container), domain },
    after: {
      isAllScope: wantedSecrets.isAllScope ?? isAllScope,
      filters: filtersOf(after),
      containerOf: containerOfWanted(wantedSchema.container),
      domain: secrets.kind === "different" ? wantedSecrets.domain : domain,
    },
    isContainerChanged: differences.some(({ path }) => path === `mapping ${profile.containerTarget}`),
    areFiltersChanged: differences.some(({ path }) => path.startsWith("filter ")),
  };
}

/** What was declared when a document was written: the same again means that somebody else changed it in between. */
export function wantedHash(wanted: WantedSecrets | WantedSchema): string {
  const { ownedFilters: _, ...content } = { ownedFilters: [], ...wanted };
  return `sha256:${sha256Hex(canonicalJSON(content))}`;
}

/**
 * What an approved change makes of the configuration. Of the schema it is the end, whether or not it has been written: into mode All the filters go
 * first, and the switch that follows is still the same plan.
 */
export function changeContent({ secrets, schema, shell, wantedSecrets }: Assessment): object {
  const end = schema?.kind === "different" ? schema.schema : shell.schema;
  return {
    secrets: secrets.kind === "different" ? secrets.differences : [],
    schema: end === undefined ? null : canonicalSchema(end),
    domain: wantedSecrets.domain,
    isAllScope: wantedSecrets.isAllScope ?? null,
  };
}
