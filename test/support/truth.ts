/**
 * What must hold after every test: the operator's word against the world's own record.
 * Guarantees: every broken promise is listed, not only the first; the world's history counts, not only its present.
 * Never: asks the operator, or an AWS API that may lag, for the truth.
 */
import type { HostView } from "../../sim/src/control/hosts.ts";
import type { DomainTruth, HostTruth } from "../../sim/src/hosts/truth.ts";
import type { Stack } from "./stack.ts";
import { isReady, type StackObject } from "./stack-api.ts";

const AGENT_UID_TAG = "cloudsync.dev/agent-uid";
const OWNER_TAG = "cloudsync.dev/owner-id";

export interface WorldHost extends Omit<HostView, "truth"> {
  readonly truth: HostTruth | null;
}

export interface TruthOptions {
  /** Live hosts of the stack's owner without a record are expected (release, Retain). Default false. */
  readonly mayLeaveHosts?: boolean;
}

/** Every host that the world remembers (terminated ones for an hour), of any owner. */
export async function worldHosts({ world }: Pick<Stack, "world">): Promise<readonly WorldHost[]> {
  return (await world.control.ask("GET", "/hosts")) as readonly WorldHost[];
}

export function isLive({ state }: Pick<HostView, "state">): boolean {
  return state !== "terminated" && state !== "shutting-down";
}

/** @throws Error that lists every promise that does not hold */
export async function assertTruth(stack: Stack, { mayLeaveHosts = false }: TruthOptions = {}): Promise<void> {
  // Status first: a host that dies between the two reads must not make an honest status look like a lie.
  const agents = (await Promise.all(stack.namespaces.map((namespace) => stack.agents(namespace)))).flat();
  const hosts = await worldHosts(stack);
  const dnsNames = new Set(agents.map((agent) => templateOf(agent).domain.dnsName));
  const domains = await Promise.all([...dnsNames, "corp.example.com"].map((name) => domainTruth(stack, name)));
  const broken = [
    ...agents.filter(isReady).flatMap((agent) => dishonestReady(agent, hosts)),
    ...twins(hosts),
    ...(mayLeaveHosts ? [] : strays(stack, agents, hosts)),
    ...domains.flatMap(({ dnsName, registrationOverlaps }) =>
      registrationOverlaps.map((overlap) => `two set-ups of ${dnsName} overlap (S11): ${JSON.stringify(overlap)}`),
    ),
  ];
  if (broken.length > 0) throw new Error(`the world disagrees:\n- ${broken.join("\n- ")}`);
}

/** S12: Ready means running, joined, registered to this tenant, configured for the domain, and the service up under the gMSA. */
function dishonestReady(agent: StackObject, hosts: readonly WorldHost[]): readonly string[] {
  const { name } = agent.metadata;
  const host = hosts.find(({ instanceID }) => instanceID === agent.status?.instanceID);
  if (host === undefined) return [`${name} is Ready on ${String(agent.status?.instanceID)}, which does not exist`];
  const { domain, tenant } = templateOf(agent);
  const { truth } = host;
  const facts: readonly (readonly [fact: string, is: unknown, wanted: unknown])[] = [
    ["state", host.state, "running"],
    ["agent UID tag", host.tags[AGENT_UID_TAG], agent.metadata.uid],
    ["joined domain", truth?.joinedDomain?.toLowerCase(), domain.dnsName.toLowerCase()],
    ["domain trust", truth?.isDomainTrusted, true],
    ["registered tenant", truth?.registeredTenantID, tenant.tenantID],
    ["configured", truth?.configuredDomains.includes(domain.dnsName), true],
    ["service", truth?.serviceState, "Running"],
    ["service account", accountName(truth?.serviceAccount), domain.gmsa.name.toLowerCase()],
    ["encrypted root", host.isRootEncrypted, true],
    ["public address", host.hasPublicAddress, false],
  ];
  return facts
    .filter(([, is, wanted]) => is !== wanted)
    .map(
      ([fact, is, wanted]) =>
        `${name} is Ready, but ${host.instanceID}'s ${fact} is ${String(is)}, not ${String(wanted)}`,
    );
}

/** S1 over the whole history: the lives of two instances with one agent's UID never overlap. */
export function twins(hosts: readonly WorldHost[]): readonly string[] {
  const byUID = Map.groupBy(
    hosts.filter(({ tags }) => tags[AGENT_UID_TAG] !== undefined),
    ({ tags }) => tags[AGENT_UID_TAG] ?? "",
  );
  return [...byUID].flatMap(([uid, group]) => {
    const lives = group
      .map(({ instanceID, launchedAt, terminatedAt }) => ({ instanceID, from: launchedAt, to: terminatedAt ?? "9999" }))
      .sort((left, right) => left.from.localeCompare(right.from));
    return lives.flatMap((life, index) => {
      const next = lives[index + 1];
      return next !== undefined && next.from < life.to
        ? [`${life.instanceID} and ${next.instanceID} lived at once for agent ${uid} (S1)`]
        : [];
    });
  });
}

function strays(stack: Stack, agents: readonly StackObject[], hosts: readonly WorldHost[]): readonly string[] {
  const uids = new Set(agents.map(({ metadata }) => metadata.uid));
  return hosts
    .filter((host) => isLive(host) && host.tags[OWNER_TAG] === stack.ownerID)
    .filter(({ tags }) => !uids.has(tags[AGENT_UID_TAG] ?? ""))
    .map(({ instanceID, state }) => `${instanceID} is ${state} and no agent records it`);
}

async function domainTruth({ world }: Stack, dnsName: string): Promise<DomainTruth> {
  return (await world.control.ask("GET", `/domains/${dnsName}`)) as DomainTruth;
}

interface TemplateView {
  readonly domain: { readonly dnsName: string; readonly gmsa: { readonly name: string } };
  readonly tenant: { readonly tenantID: string };
}

function templateOf(agent: StackObject): TemplateView {
  return agent.spec["template"] as TemplateView;
}

/** `CORP\gmsaCloudSync$` and `gmsaCloudSync$` are one account. */
function accountName(account: string | null | undefined): string | undefined {
  return account?.split("\\").at(-1)?.toLowerCase();
}
