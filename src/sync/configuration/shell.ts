/**
 * Finds, adopts or creates the application, service principal and job of a configuration.
 * Guarantees: no twins (S8): creates only after a complete search in which every candidate could be read, and never again while an earlier answer is open;
 * a configuration of the same domain that is not ours is named, not taken, unless `spec.adopt` says so.
 */
import type { SyncConfiguration } from "../../api/sync-configuration.ts";
import { sentenceOf } from "../../runtime/failure.ts";
import { hold, type ConfigurationAction, type Hold } from "./action.ts";
import { CONFIGURATION_BOUNDS } from "./bounds.ts";
import type { ConnectorProfile } from "./connector.ts";
import type { Candidate, ResolvedReferences, Search, Shell } from "./snapshot.ts";

interface ShellQuestion {
  readonly configuration: SyncConfiguration;
  readonly profile: ConnectorProfile;
  readonly references: ResolvedReferences;
  readonly nowMs: number;
}

export function displayNameOf({ spec, metadata }: SyncConfiguration): string {
  return spec.displayName ?? metadata.name;
}

/** Nothing is stored of a service principal yet. */
export function decideSearch(question: ShellQuestion, search: Search): ConfigurationAction {
  const { configuration, profile, references } = question;
  const answered = answerOf(question, search);
  if (answered !== undefined) return answered;
  const unreadable = search.candidates.find(({ secrets }) => secrets.kind === "unreadable");
  if (unreadable !== undefined) return unreadableCandidate(unreadable);
  if (configuration.spec.adopt !== undefined)
    return decideAdoption(question, search, configuration.spec.adopt.servicePrincipalID);
  const rival = decideRivals(question, search.candidates);
  if (rival !== undefined) return rival;
  const { candidates, ahead, template } = search;
  const count = candidates.length + ahead;
  if (count >= profile.configurationsMax) return tooMany(count);
  if (count + 1 >= profile.licensedFrom && references.tenant.spec.governanceLicense !== "Acknowledged")
    return hold(
      "person",
      "LicenseNotAcknowledged",
      `The tenant has ${count} configurations, older ones that are still to be made among them, and the third needs Entra ID Governance: set governanceLicense to Acknowledged in the EntraTenant when it has the licence.`,
    );
  if (template.kind === "failed") return hold("waiting", template.failure.reason, sentenceOf(template.failure));
  if (template.kind === "missing")
    return hold(
      "stalled",
      "TemplateNotFound",
      `The tenant offers no application template ${profile.applicationTemplateID}: correct entraToAD.applicationTemplateID (a configuration made in the portal shows its applicationTemplateId).`,
    );
  const displayName = displayNameOf(configuration);
  const known = candidates.map(({ servicePrincipal }) => servicePrincipal.id).sort();
  return { kind: "instantiate", templateID: profile.applicationTemplateID, displayName, known };
}

function unreadableCandidate({ servicePrincipal, secrets }: Candidate): Hold {
  const cause = secrets.kind === "unreadable" ? sentenceOf(secrets.failure) : "";
  return hold(
    "stalled",
    "CandidateUnreadable",
    `Nothing is created while ${servicePrincipal.displayName} (${servicePrincipal.id}) may be the same configuration and its secrets cannot be read. ${cause}`,
  );
}

function decideAdoption(question: ShellQuestion, search: Search, id: string): ConfigurationAction {
  const { profile, references } = question;
  const { adopted } = search;
  if (adopted === undefined || adopted.kind === "missing")
    return hold(
      "stalled",
      "ServicePrincipalNotFound",
      `spec.adopt names ${id}, which Entra does not show: correct the id.`,
    );
  if (adopted.kind === "failed") return hold("waiting", adopted.failure.reason, sentenceOf(adopted.failure));
  const { applicationTemplateID } = adopted.value;
  if (applicationTemplateID !== undefined && applicationTemplateID !== profile.applicationTemplateID)
    return hold(
      "stalled",
      "TemplateDiffers",
      `${id} was made from application template ${applicationTemplateID} and not ${profile.applicationTemplateID}: name another one, or set entraToAD.applicationTemplateID.`,
    );
  const others = sameDomain(search.candidates, references).filter(({ servicePrincipal }) => servicePrincipal.id !== id);
  if (others[0] !== undefined) return existing(others[0], references);
  return { kind: "record", servicePrincipalID: id, origin: "Declared" };
}

/** What became of an instantiate whose answer was not stored. `undefined`: none is open. */
function answerOf(
  { configuration, references, nowMs }: ShellQuestion,
  { candidates }: Search,
): ConfigurationAction | undefined {
  const { intent } = configuration.status;
  if (intent?.kind !== "Instantiate") return undefined;
  const ours = references.domain.spec.dnsName.toLowerCase();
  const fresh = candidates.filter(
    ({ servicePrincipal, secrets }) =>
      !(intent.known ?? []).includes(servicePrincipal.id) &&
      servicePrincipal.displayName === intent.displayName &&
      // The secrets of what was made a moment ago may not answer yet.
      (secrets.kind === "unreadable" || secrets.domain === undefined || secrets.domain === ours),
  );
  const [only] = fresh;
  if (only !== undefined && fresh.length > 1) return twins(fresh);
  if (only !== undefined) return { kind: "record", servicePrincipalID: only.servicePrincipal.id, origin: "Created" };
  if (nowMs - Date.parse(intent.since) >= CONFIGURATION_BOUNDS.unansweredMs) return undefined;
  return hold(
    "waiting",
    "CreationUnanswered",
    "The application was asked for and is being looked for; it is not asked for a second time.",
  );
}

function decideRivals(
  { configuration, references }: ShellQuestion,
  candidates: readonly Candidate[],
): ConfigurationAction | undefined {
  const same = sameDomain(candidates, references);
  const [only] = same;
  if (only !== undefined && same.length > 1) return twins(same);
  if (only !== undefined)
    return only.isOwn === true
      ? { kind: "record", servicePrincipalID: only.servicePrincipal.id, origin: "Recognised" }
      : existing(only, references);
  const halfMade = candidates.find(
    ({ servicePrincipal, secrets }) =>
      secrets.kind === "read" &&
      secrets.domain === undefined &&
      servicePrincipal.displayName === displayNameOf(configuration),
  );
  if (halfMade === undefined) return undefined;
  const { id, displayName } = halfMade.servicePrincipal;
  return hold(
    "stalled",
    "HalfMadeConfiguration",
    `${displayName} (${id}) has this display name and no domain yet, as after a creation that was cut off: set spec.adopt.servicePrincipalID to it, or delete it in Entra.`,
  );
}

function sameDomain(candidates: readonly Candidate[], { domain }: ResolvedReferences): readonly Candidate[] {
  const ours = domain.spec.dnsName.toLowerCase();
  return candidates.filter(({ secrets }) => secrets.kind === "read" && secrets.domain === ours);
}

function existing({ servicePrincipal }: Candidate, { domain }: ResolvedReferences): Hold {
  return hold(
    "stalled",
    "ConfigurationExists",
    `Entra has a configuration for ${domain.spec.dnsName} that this operator did not make, ${servicePrincipal.displayName} (${servicePrincipal.id}): take it over with spec.adopt.servicePrincipalID, or delete it there.`,
  );
}

function twins(candidates: readonly Candidate[]): Hold {
  const names = candidates.map(({ servicePrincipal }) => servicePrincipal.id).sort();
  return hold(
    "stalled",
    "TwinsFound",
    `Entra has several configurations for this domain: ${names.slice(0, 3).join(", ")}. Name the one to keep in spec.adopt.servicePrincipalID and delete the others.`,
  );
}

function tooMany(count: number): Hold {
  return hold(
    "stalled",
    "TooManyConfigurations",
    `The tenant has ${count} configurations of this kind, and the vendor allows 20: delete one that is not needed.`,
  );
}

/** The service principal stands. `undefined`: its job stands too. */
export function decideJob(
  { configuration, profile, references, nowMs }: ShellQuestion,
  shell: Shell,
): ConfigurationAction | undefined {
  const unreadable = shell.rivals?.find(({ secrets }) => secrets.kind === "unreadable");
  if (unreadable !== undefined) return unreadableCandidate(unreadable);
  const others = sameDomain(shell.rivals ?? [], references);
  if (others[0] !== undefined) return existing(others[0], references);
  const ours = shell.jobs.filter(({ template }) => template === profile.jobTemplate);
  if (ours.length > 1) {
    const message = `The configuration has ${ours.length} jobs ${profile.jobTemplate}: delete all but one in the portal.`;
    return hold("stalled", "TwinJobs", message);
  }
  if (ours.length === 1) return undefined;
  const { intent } = configuration.status;
  const isOpen = intent !== undefined && nowMs - Date.parse(intent.since) < CONFIGURATION_BOUNDS.unansweredMs;
  if (isOpen && intent.kind === "CreateJob")
    return hold(
      "waiting",
      "CreationUnanswered",
      "The job was asked for and is being looked for; it is not asked for a second time.",
    );
  const offered = shell.jobTemplates;
  if (offered === undefined || offered.kind !== "complete")
    return hold("waiting", "JobTemplatesUnread", offered === undefined ? "" : sentenceOf(offered.failure));
  if (!offered.items.some(({ id, factoryTag }) => id === profile.jobTemplate || factoryTag === profile.jobTemplate)) {
    const names = offered.items.map(({ id }) => id).slice(0, 5);
    const message = `${shell.servicePrincipal.id} offers ${names.join(", ") || "no job template"} and not ${profile.jobTemplate}: nothing more is written. Correct entraToAD.applicationTemplateID.`;
    return isOpen && names.length === 0
      ? hold("waiting", "JobTemplatesUnread", "The new application offers no job templates yet.")
      : hold("stalled", "TemplateNotOffered", message);
  }
  return { kind: "createJob", templateID: profile.jobTemplate, known: shell.jobs.map(({ id }) => id).sort() };
}
