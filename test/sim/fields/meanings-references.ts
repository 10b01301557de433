/** What each field of a domain and a tenant means for the world. A field without a row fails the test of coverage. */
import { choice, conduct, domainSpec, hosts, nothing, refusal, template, told, type Meaning } from "./meaning.ts";
import { at, type SeenFleet, type SeenHost } from "./seen.ts";

const domainTruth = ({ domain, world }: SeenFleet) => world.guests.domainTruth(String(at(domain.spec, "dnsName")));

const computerOf = (fleet: SeenFleet, { truth }: SeenHost) =>
  domainTruth(fleet)?.computers.find(({ name }) => name === truth?.computerName);

const prefix: Meaning = {
  shows: "hosts",
  differs({ domain }, { truth, instance }) {
    const wanted = String(at(domain.spec, "join.computerNamePrefix"));
    if (truth?.computerName.startsWith(wanted) === true) return undefined;
    return `${instance.instanceID} is named ${truth?.computerName ?? "nothing"}, declared is ${wanted}...`;
  },
};

/** The agent's own choice of account has no name in the spec. */
const account: Meaning = {
  shows: "hosts",
  differs({ domain }, { truth, instance }) {
    const name = at(domain.spec, "gmsa.name") as string | undefined;
    const logon = truth?.serviceAccount ?? "nothing";
    const isMeant = name === undefined ? logon.includes("\\pGMSA_") : logon.endsWith(`\\${name}`);
    return isMeant
      ? undefined
      : `${instance.instanceID} runs as ${logon}, declared is ${name ?? "the agent's default"}`;
  },
};

const inGroup: Meaning = {
  shows: "hosts",
  differs(fleet, { truth, instance }) {
    const group = at(fleet.domain.spec, "gmsa.hostGroup") as string | undefined;
    const members = group === undefined ? undefined : domainTruth(fleet)?.groupMembers[group.toLowerCase()];
    if (group === undefined || members?.some((name) => name.toLowerCase() === truth?.computerName.toLowerCase()))
      return undefined;
    return `${instance.instanceID} is no member of ${group}`;
  },
};

const CONSENT = conduct("who may refer to it; what is refused is said by the pool");
const NO_GRAPH = nothing("nothing calls Microsoft Graph in this version");
const RIGHTS = conduct(
  "which rights each host looks at; what is missing is said by RightsEffective, and keeps new hosts from Ready",
);
const NO_OPTIONS = refusal(({ domain }) => at(domain.spec, "agentOptions") !== undefined);

const SELECTOR: Readonly<Record<string, Meaning>> = {
  "spec.allowedNamespaces.from": CONSENT,
  "spec.allowedNamespaces.selector.matchLabels": CONSENT,
  "spec.allowedNamespaces.selector.matchExpressions": CONSENT,
};

export const DOMAIN_MEANINGS: Readonly<Record<string, Meaning>> = {
  "spec.dnsName": choice,
  "spec.netBIOSName": choice,
  "spec.type": choice,
  "spec.awsManaged.directoryID": choice,
  "spec.awsManaged.region": choice,
  "spec.forest.rootDomain": nothing("one domain a pool in this version"),
  "spec.forest.domains": nothing("one domain a pool in this version"),
  "spec.domainControllers": conduct("which addresses the next preflight of a host tries"),
  "spec.preferredDomainControllers": told(
    domainSpec("preferredDomainControllers"),
    template("domain.preferredDomainControllers"),
  ),
  "spec.agentOptions.ldapConnectionTimeout": NO_OPTIONS,
  "spec.agentOptions.referralChasing": NO_OPTIONS,
  "spec.join.credential.secretARN": told(domainSpec("join.credential.secretARN"), template("domain.joinSecretARN")),
  "spec.join.organizationalUnit": hosts(
    ({ domain }) => String(at(domain.spec, "join.organizationalUnit")).toLowerCase(),
    (fleet, host) => computerOf(fleet, host)?.organizationalUnit.toLowerCase(),
  ),
  "spec.join.computerNamePrefix": prefix,
  "spec.leave.credential.secretARN": nothing("computer accounts are not removed by this version"),
  "spec.gmsa.mode": told(domainSpec("gmsa.mode"), template("domain.gmsa.mode")),
  "spec.gmsa.name": account,
  "spec.gmsa.hostGroup": inGroup,
  "spec.gmsa.permissions.mode": told(domainSpec("gmsa.permissions.mode"), template("domain.gmsa.permissionsMode")),
  "spec.gmsa.permissions.scope": RIGHTS,
  "spec.gmsa.permissions.types": told(domainSpec("gmsa.permissions.types"), template("domain.gmsa.permissionTypes")),
  "spec.gmsa.permissions.restrictAccount": told(
    ({ domain }) => at(domain.spec, "gmsa.permissions.restrictAccount") === true,
    (_, { agent }) => at(agent?.spec, "template.domain.gmsa.restrictsAccount") === true,
  ),
  "spec.gmsa.setupCredential.secretARN": told(
    domainSpec("gmsa.setupCredential.secretARN"),
    template("domain.gmsa.setupSecretARN"),
  ),
  "spec.provisioningContainers": RIGHTS,
  "spec.hostPolicy.awsAccountIDs": {
    shows: "hosts",
    differs: ({ domain }, { instance }) =>
      isIn(at(domain.spec, "hostPolicy.awsAccountIDs"), [instance.launchedAs.accountID]),
  },
  "spec.hostPolicy.instanceProfiles": {
    shows: "told",
    differs: ({ domain, pool }) =>
      isIn(at(domain.spec, "hostPolicy.instanceProfiles"), [String(at(pool.spec, "aws.instanceProfile"))]),
  },
  "spec.hostPolicy.imageOwners": {
    shows: "hosts",
    differs({ domain, world }, { instance }) {
      const image = world.layout.images.images.find(({ imageID }) => imageID === instance.launchedAs.imageID);
      return isIn(at(domain.spec, "hostPolicy.imageOwners"), [image?.ownerID ?? "", image?.ownerAlias ?? "-"]);
    },
  },
  ...SELECTOR,
};

function isIn(allowed: unknown, words: readonly string[]): string | undefined {
  const list = allowed as readonly string[] | undefined;
  if (list === undefined || words.some((word) => list.includes(word))) return undefined;
  return `${words.join(" or ")} is not among ${list.slice(0, 3).join(", ")}`;
}

const credential = (member: string): Readonly<Record<string, Meaning>> =>
  Object.fromEntries(
    ["type", "clientID", "serviceAccountRef.name", "secretRef.name", "nextSecretRef.name"].map((name) => [
      `spec.${member}.${name}`,
      NO_GRAPH,
    ]),
  );

export const TENANT_MEANINGS: Readonly<Record<string, Meaning>> = {
  "spec.tenantID": choice,
  "spec.cloud": choice,
  "spec.mode": conduct("a ceiling: Observe withholds writes; what stands stays"),
  ...credential("credential"),
  ...credential("scopeCredential"),
  "spec.governanceLicense": NO_GRAPH,
  ...SELECTOR,
};
