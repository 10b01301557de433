/** Looks for what may already be a configuration: every service principal of its template, with the domain that its secrets name (S8). */
import type { EntraAccess } from "../../entra/access/port.ts";
import type { ServicePrincipal } from "../../entra/applications/port.ts";
import type { Failure } from "../../runtime/failure.ts";
import { domainIn, isDomainMasked } from "../../sync/configuration/secrets.ts";
import type { Candidate, ConfigurationSnapshot, EntraView } from "../../sync/configuration/snapshot.ts";
import { countAhead } from "./claims.ts";
import type { ConfigurationPorts } from "./ports.ts";

export async function search(
  { references, variant, configuration }: Omit<ConfigurationSnapshot, "entra">,
  ports: ConfigurationPorts,
  signal: AbortSignal,
): Promise<EntraView> {
  if (references.kind !== "resolved" || variant.kind !== "EntraToAD") return { kind: "unasked" };
  const { access, domain, tenant } = references.references;
  const { applications } = ports.entra;
  const templateID = variant.profile.applicationTemplateID;
  const all = await applications.findByTemplate(access, templateID, signal);
  if (all.kind !== "complete") return { kind: "failed", failure: all.failure };
  const adoptID = configuration.spec.adopt?.servicePrincipalID;
  const about = { access, dnsName: domain.spec.dnsName.toLowerCase() };
  const candidates = await readCandidates(all.items, about, ports, signal);
  const [template, adopted] = await Promise.all([
    applications.template(access, templateID, signal),
    adoptID === undefined ? undefined : applications.servicePrincipal(access, adoptID, signal),
  ]);
  const ahead = countAhead(configuration, { tenantID: tenant.spec.tenantID, candidates }, ports.caches);
  return { kind: "searched", search: { candidates, ahead, template, adopted } };
}

interface About {
  readonly access: EntraAccess;
  readonly dnsName: string;
}

/** One after the other: at most 20 a tenant, and a burst of them would cost the others of the tenant their reads. */
export async function readCandidates(
  servicePrincipals: readonly ServicePrincipal[],
  about: About,
  ports: ConfigurationPorts,
  signal: AbortSignal,
): Promise<readonly Candidate[]> {
  const candidates: Candidate[] = [];
  for (const servicePrincipal of servicePrincipals)
    candidates.push(await candidateOf(servicePrincipal, about, ports, signal));
  return candidates;
}

async function candidateOf(
  servicePrincipal: ServicePrincipal,
  { access, dnsName }: About,
  ports: ConfigurationPorts,
  signal: AbortSignal,
): Promise<Candidate> {
  const secrets = await ports.entra.secrets.read(access, servicePrincipal.id, signal);
  if (secrets.kind !== "complete")
    return { servicePrincipal, secrets: { kind: "unreadable", failure: secrets.failure }, isOwn: undefined };
  if (isDomainMasked(secrets.items))
    return { servicePrincipal, secrets: { kind: "unreadable", failure: MASKED }, isOwn: undefined };
  const domain = domainIn(secrets.items);
  const isOwn = domain === dnsName ? await isOwned(servicePrincipal, access, ports, signal) : undefined;
  return { servicePrincipal, secrets: { kind: "read", domain }, isOwn };
}

const MASKED: Failure = {
  class: "Permanent",
  reason: "MaskedSecret",
  message: "Entra masks its secret Domain.",
  fix: "Look at it in the portal, and name it in spec.adopt, or delete it.",
};

/** A caller that creates an application becomes its owner: that is what tells an own configuration whose object was pruned from a foreign one. */
async function isOwned(
  { appID }: ServicePrincipal,
  access: EntraAccess,
  { entra }: ConfigurationPorts,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const [token, application] = await Promise.all([
    entra.access.token(access, { isFresh: false }, signal),
    entra.applications.applicationOf(access, appID, signal),
  ]);
  if (token.kind !== "issued" || application.kind !== "found") return undefined;
  const owners = await entra.applications.applicationOwners(access, application.value.id, signal);
  if (owners.kind === "failed") return undefined;
  const isAmong = owners.items.includes(token.facts.servicePrincipalID);
  return isAmong ? true : owners.kind === "complete" ? false : undefined;
}
