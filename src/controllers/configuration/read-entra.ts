/**
 * Reads a configuration's part of Entra, in the order in which one thing leads to the next.
 * Guarantees: a list that is not complete, or a part that failed, makes the whole reading `failed` (S5), except a candidate, which is then "unreadable".
 */
import type { EntraAccess } from "../../entra/access/port.ts";
import type { ServicePrincipal } from "../../entra/applications/port.ts";
import type { SynchronizationJob } from "../../entra/jobs/port.ts";
import type { Failure } from "../../runtime/failure.ts";
import { assess, wantedSchemaOf } from "../../sync/configuration/assessment.ts";
import { holdsDeletes, quarantineOf } from "../../sync/configuration/quarantine.ts";
import { domainIn } from "../../sync/configuration/secrets.ts";
import type { ConfigurationSnapshot, EntraView, Shell } from "../../sync/configuration/snapshot.ts";
import { stagedSinceMs } from "../../sync/configuration/staged-deletes.ts";
import type { ConfigurationMemory } from "./memory.ts";
import type { ConfigurationPorts } from "./ports.ts";
import { readAllScope } from "./read-all-scope.ts";
import { readPopulation } from "./read-population.ts";
import { NOT_VISIBLE, readVocabulary } from "./read-vocabulary.ts";
import { readCandidates, search } from "./search.ts";

type Asked = Omit<ConfigurationSnapshot, "entra">;

export async function readEntra(
  snapshot: Asked,
  ports: ConfigurationPorts,
  memory: ConfigurationMemory,
  signal: AbortSignal,
): Promise<EntraView> {
  const { references, variant, configuration } = snapshot;
  if (references.kind !== "resolved" || variant.kind !== "EntraToAD") return { kind: "unasked" };
  const { access } = references.references;
  const id = configuration.status.servicePrincipalID;
  if (id === undefined) return search(snapshot, ports, signal);
  const found = await ports.entra.applications.servicePrincipal(access, id, signal);
  if (found.kind === "failed") return found;
  if (found.kind === "missing") return missing(access, id, variant.profile.applicationTemplateID, ports, signal);
  const shell = await readShell(snapshot, found.value, ports, memory, signal);
  if ("class" in shell) return { kind: "failed", failure: shell };
  const assessment = assess({ ...snapshot, entra: { kind: "read", shell } });
  const population = await readPopulation(assessment, access, ports, signal);
  const about = { access, uid: configuration.metadata.uid, memory };
  const allScope = await readAllScope(assessment, population, about, ports, signal);
  return { kind: "read", shell: { ...shell, population, allScope } };
}

/** One 404 proves nothing (S5): the list of all is asked as well. */
async function missing(
  access: EntraAccess,
  id: string,
  templateID: string,
  { entra }: ConfigurationPorts,
  signal: AbortSignal,
): Promise<EntraView> {
  const all = await entra.applications.findByTemplate(access, templateID, signal);
  return { kind: "missing", isConfirmed: all.kind === "complete" && !all.items.some((item) => item.id === id) };
}

async function readShell(
  snapshot: Asked,
  servicePrincipal: ServicePrincipal,
  ports: ConfigurationPorts,
  memory: ConfigurationMemory,
  signal: AbortSignal,
): Promise<Shell | Failure> {
  const { references, variant, configuration } = snapshot;
  if (references.kind !== "resolved" || variant.kind !== "EntraToAD")
    throw new Error("Entra was asked without references");
  const { access, domain } = references.references;
  const { entra } = ports;
  const { id } = servicePrincipal;
  const [jobs, secrets] = await Promise.all([
    entra.jobs.list(access, id, signal),
    entra.secrets.read(access, id, signal),
  ]);
  if (jobs.kind !== "complete") return jobs.failure;
  if (secrets.kind !== "complete") return secrets.failure;
  const ours = jobs.items.filter(({ template }) => template === variant.profile.jobTemplate);
  const [job] = ours;
  const isDeleting = configuration.metadata.deletionTimestamp !== undefined;
  const base: Shell = {
    servicePrincipal,
    applicationID: configuration.status.applicationID,
    jobs: jobs.items,
    jobTemplates: undefined,
    secrets: secrets.items,
    schema: undefined,
    vocabulary: { parsed: new Map(), operators: undefined },
    rivals: undefined,
    population: undefined,
    allScope: undefined,
    stagedDeletes: undefined,
    assignments: undefined,
  };
  if (isDeleting)
    return {
      ...base,
      assignments: await entra.assignments.list(access, id, signal),
      applicationID: await applicationID(base, access, ports, signal),
    };
  const rivals = await rivalsOf(snapshot, base, domain.spec.dnsName.toLowerCase(), ports, signal);
  if (rivals !== undefined && "class" in rivals) return rivals;
  if (job === undefined || ours.length > 1) {
    const jobTemplates = await entra.jobs.templates(access, id, signal);
    return { ...base, rivals, jobTemplates, applicationID: await applicationID(base, access, ports, signal) };
  }
  const schema = await entra.schema.read(access, { servicePrincipalID: id, jobID: job.id }, signal);
  if (schema.kind === "missing") return NOT_VISIBLE;
  if (schema.kind === "failed") return schema.failure;
  const vocabulary = await readVocabulary(
    wantedSchemaOf(snapshot, variant.declared, { domain }),
    { access, servicePrincipalID: id, jobID: job.id },
    ports,
    memory,
    signal,
  );
  if ("class" in vocabulary) return vocabulary;
  return {
    ...base,
    rivals,
    schema: schema.value,
    vocabulary,
    applicationID: await applicationID(base, access, ports, signal),
    stagedDeletes: await stagedDeletesOf(snapshot, job, access, ports, signal),
  };
}

/** Read once: it does not change. Not to know it only matters when the configuration is deleted. */
async function applicationID(
  { applicationID: known, servicePrincipal }: Shell,
  access: EntraAccess,
  { entra }: ConfigurationPorts,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (known !== undefined) return known;
  const found = await entra.applications.applicationOf(access, servicePrincipal.appID, signal);
  return found.kind === "found" ? found.value.id : undefined;
}

/** Before `Domain` is written: whether another configuration has this domain meanwhile. */
async function rivalsOf(
  snapshot: Asked,
  { servicePrincipal, secrets }: Shell,
  dnsName: string,
  ports: ConfigurationPorts,
  signal: AbortSignal,
) {
  const { references, variant } = snapshot;
  if (domainIn(secrets) === dnsName || references.kind !== "resolved" || variant.kind !== "EntraToAD") return undefined;
  const { access } = references.references;
  const all = await ports.entra.applications.findByTemplate(access, variant.profile.applicationTemplateID, signal);
  if (all.kind !== "complete") return all.failure;
  const others = all.items.filter(({ id }) => id !== servicePrincipal.id);
  return readCandidates(others, { access, dnsName }, ports, signal);
}

async function stagedDeletesOf(
  { configuration }: Asked,
  job: SynchronizationJob,
  access: EntraAccess,
  { entra }: ConfigurationPorts,
  signal: AbortSignal,
): Promise<Shell["stagedDeletes"]> {
  const quarantine = quarantineOf(job, configuration.status.jobs);
  if (quarantine === undefined || !quarantine.isLive || !holdsDeletes(quarantine)) return undefined;
  return entra.provisioningLog.entries(access, { jobID: job.id, sinceMs: stagedSinceMs(job) }, signal);
}
