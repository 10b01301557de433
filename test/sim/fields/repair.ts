/**
 * Makes the rules over several fields hold around one field that was set. Pure.
 * Guarantees: the field itself keeps its value; what belongs to it is added, what contradicts it is taken out.
 * Never: edits on the ground of a rule that the manifest keeps already.
 */
import { parseDurationMs } from "../../../src/api/durations.ts";
import { changed, valueAt, type Changes, type Manifest } from "../../integration/api/manifest.ts";
import { DOMAIN_TAIL } from "./texts.ts";

const SECRET = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:cloudsync";
const WINDOWS_PARAMETER = "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base";
const WINDOWS_IMAGE = "ami-0a1b2c3d4e5f60718";
const CLIENT_ID = "0f2c7a1e-3d0b-4a53-9d8e-0b6a4c9e1f11";

/** One rule: what to change when it is broken, given the field that has to stay. */
type Repair = (manifest: Manifest, path: string) => Changes;

export function repaired(manifest: Manifest, path: string): Manifest {
  const repairs = REPAIRS[manifest.kind] ?? [];
  return repairs.reduce((before, repair) => changed(before, repair(before, path)), manifest);
}

const has = (manifest: Manifest, path: string): boolean => valueAt(manifest, path) !== undefined;

const subnets: Repair = (manifest, path) => {
  const [ids, selector] = ["spec.aws.subnetIDs", "spec.aws.subnetSelector"] as const;
  if (has(manifest, ids) && has(manifest, selector)) return { [path.startsWith(selector) ? ids : selector]: undefined };
  if (has(manifest, ids) || has(manifest, selector)) return {};
  return path === ids ? { [selector]: { tags: { "cloudsync.dev/agents": "true" } } } : { [ids]: ["subnet-0a"] };
};

const selectorTags: Repair = (manifest) => {
  const tags = valueAt(manifest, "spec.aws.subnetSelector.tags");
  const isEmpty = tags !== undefined && Object.keys(tags as object).length === 0;
  return isEmpty ? { "spec.aws.subnetSelector.tags": { tier: "agents" } } : {};
};

const image: Repair = (manifest, path) => {
  if (!has(manifest, "spec.aws.image")) return {};
  const [parameter, id] = ["spec.aws.image.ssmParameter", "spec.aws.image.id"] as const;
  if (path === id && has(manifest, id)) return { [parameter]: undefined, "spec.aws.image.policy": "Pin" };
  if (has(manifest, parameter)) return { [id]: undefined };
  if (path === parameter) return { [id]: WINDOWS_IMAGE, "spec.aws.image.policy": "Pin" };
  const isFollowed = valueAt(manifest, "spec.aws.image.policy") === "Follow";
  if (has(manifest, id) && !isFollowed) return {};
  return { [id]: undefined, [parameter]: WINDOWS_PARAMETER };
};

const registration: Repair = (manifest, path) => {
  const mode = valueAt(manifest, "spec.agent.registration.mode") ?? "Manual";
  const secret = "spec.agent.registration.secretARN";
  if (path === secret) return { "spec.agent.registration.mode": has(manifest, secret) ? "Credential" : "Manual" };
  if (mode === "Manual") return { [secret]: undefined };
  if (has(manifest, secret) && mode === "Credential") return {};
  return { [secret]: `${SECRET}/${mode === "AccessToken" ? "registration-token" : "registration"}-AbCdEf` };
};

const gate: Repair = (manifest) =>
  has(manifest, "spec.rollout.gateTimeout") && !has(manifest, "spec.rollout.gateRef")
    ? { "spec.rollout.gateRef": { name: "canary" } }
    : {};

const evidence: Repair = (manifest, path) => {
  const lengthMs = (member: string, preset: string): number =>
    parseDurationMs((valueAt(manifest, `spec.health.${member}`) as string | undefined) ?? preset) ?? 0;
  if (lengthMs("evidenceMaxAge", "15m") > lengthMs("probeInterval", "5m")) return {};
  if (path === "spec.health.evidenceMaxAge") return { "spec.health.probeInterval": "1s" };
  return { "spec.health.evidenceMaxAge": "24h" };
};

const directory: Repair = (manifest, path) => {
  const awsManaged = { directoryID: "d-90670a1b2c", region: "ap-northeast-1" };
  const isManaged = valueAt(manifest, "spec.type") === "AWSManagedMicrosoftAD";
  if (path.startsWith("spec.awsManaged"))
    return { "spec.type": has(manifest, "spec.awsManaged") ? "AWSManagedMicrosoftAD" : "SelfManaged" };
  if (isManaged) return has(manifest, "spec.awsManaged") ? {} : { "spec.awsManaged": awsManaged };
  return { "spec.awsManaged": undefined };
};

/** Every path of the domain ends with the DC parts of its DNS name. */
const tails: Repair = (manifest, path) => {
  if (path !== "spec.dnsName") return {};
  const parts = String(valueAt(manifest, path)).split(".");
  const tail = parts.map((part) => `DC=${part}`).join(",");
  const moved = (place: string): Changes => {
    const before = valueAt(manifest, place);
    return typeof before === "string" ? { [place]: before.replace(DOMAIN_TAIL, tail) } : {};
  };
  return {
    ...moved("spec.join.organizationalUnit"),
    ...moved("spec.gmsa.hostGroup"),
    ...(has(manifest, "spec.provisioningContainers") ? { "spec.provisioningContainers": [`OU=Groups,${tail}`] } : {}),
  };
};

const forest: Repair = (manifest) => {
  const domains = valueAt(manifest, "spec.forest.domains") as readonly string[] | undefined;
  const dnsName = String(valueAt(manifest, "spec.dnsName"));
  if (domains === undefined || domains.includes(dnsName)) return {};
  return { "spec.forest.domains": [dnsName, ...domains].slice(0, Math.max(1, domains.length)) };
};

const account: Repair = (manifest, path) => {
  const mode = valueAt(manifest, "spec.gmsa.mode") ?? "Existing";
  const permission = (member: string) => valueAt(manifest, `spec.gmsa.permissions.${member}`);
  const isHardening = permission("restrictAccount") === true && path !== "spec.gmsa.permissions.mode";
  const grants = permission("mode") === "Grant" || isHardening;
  const setup = { "spec.gmsa.setupCredential": { secretARN: `${SECRET}/setup-AbCdEf` } };
  const group = { "spec.gmsa.hostGroup": `CN=CloudSyncHosts,OU=CloudSync,${DOMAIN_TAIL}` };
  return {
    ...rightsAtRoot(manifest, path),
    ...(mode === "AgentDefault" ? { "spec.gmsa.name": undefined } : {}),
    ...(mode !== "AgentDefault" && !has(manifest, "spec.gmsa.name") ? { "spec.gmsa.name": "gmsaCloudSync$" } : {}),
    ...(mode === "Create" && !has(manifest, "spec.gmsa.hostGroup") ? group : {}),
    ...((mode !== "Existing" || grants) &&
    !has(manifest, "spec.gmsa.setupCredential") &&
    !path.startsWith("spec.gmsa.setupCredential")
      ? setup
      : {}),
  };
};

/** Types go with scope DomainRoot, and hardening with mode Grant; which of the two gives way is what was not moved. */
const rightsAtRoot: Repair = (manifest, path) => {
  const of = (member: string): string => `spec.gmsa.permissions.${member}`;
  const isRoot = valueAt(manifest, of("scope")) === "DomainRoot";
  const hasTypes = has(manifest, of("types"));
  const isMovedTypes = path.startsWith(of("types"));
  const types = isRoot && !isMovedTypes ? ["BasicRead"] : undefined;
  const isHardening = valueAt(manifest, of("restrictAccount")) === true && valueAt(manifest, of("mode")) !== "Grant";
  return {
    ...(isRoot === hasTypes
      ? {}
      : isMovedTypes
        ? { [of("scope")]: hasTypes ? "DomainRoot" : "OrganizationalUnits" }
        : { [of("types")]: types }),
    ...(isHardening && path === of("mode") ? { [of("restrictAccount")]: false } : {}),
    ...(isHardening && path !== of("mode") ? { [of("mode")]: "Grant" } : {}),
  };
};

const consent: Repair = (manifest, path) => {
  if (path.startsWith("spec.allowedNamespaces.selector"))
    return { "spec.allowedNamespaces.from": has(manifest, "spec.allowedNamespaces.selector") ? "Selector" : "Same" };
  const isSelector = valueAt(manifest, "spec.allowedNamespaces.from") === "Selector";
  if (!isSelector) return { "spec.allowedNamespaces.selector": undefined };
  return has(manifest, "spec.allowedNamespaces.selector") ? {} : { "spec.allowedNamespaces.selector": {} };
};

const hostPolicy: Repair = (manifest) => {
  const from = valueAt(manifest, "spec.allowedNamespaces.from") ?? "Same";
  if (from === "Same" || has(manifest, "spec.hostPolicy")) return {};
  const policy = { awsAccountIDs: ["111122223333"], instanceProfiles: ["cloudsync-agent"], imageOwners: ["amazon"] };
  return { "spec.hostPolicy": policy };
};

function credential(member: "credential" | "scopeCredential"): Repair {
  const at = `spec.${member}`;
  return (manifest, path) => {
    if (!has(manifest, at)) return {};
    if (path.startsWith(`${at}.serviceAccountRef`))
      return { [`${at}.type`]: "WorkloadIdentity", ...clientOf(manifest) };
    const isSecret = path.startsWith(`${at}.secretRef`) || path.startsWith(`${at}.nextSecretRef`);
    const type = isSecret ? "ClientSecret" : valueAt(manifest, `${at}.type`);
    const needsSecret = type === "ClientSecret" || type === "ClientCertificate";
    return {
      [`${at}.type`]: type as string,
      ...(needsSecret
        ? { [`${at}.serviceAccountRef`]: undefined }
        : { [`${at}.secretRef`]: undefined, [`${at}.nextSecretRef`]: undefined }),
      ...(needsSecret && !has(manifest, `${at}.secretRef`) ? { [`${at}.secretRef`]: { name: "graph" } } : {}),
      ...(type === "None"
        ? { [`${at}.clientID`]: undefined, [`${at}.serviceAccountRef`]: undefined }
        : clientOf(manifest)),
    };
  };
  function clientOf(manifest: Manifest): Changes {
    return has(manifest, `${at}.clientID`) ? {} : { [`${at}.clientID`]: CLIENT_ID };
  }
}

const REPAIRS: Readonly<Record<string, readonly Repair[]>> = {
  CloudSyncAgentPool: [subnets, selectorTags, image, registration, gate, evidence],
  ADDomain: [directory, tails, forest, account, consent, hostPolicy],
  EntraTenant: [credential("credential"), credential("scopeCredential"), consent],
};
