/**
 * Texts with a form: identifiers of AWS, Entra and Active Directory.
 * Guarantees: what passes here may travel as a typed SSM parameter; the patterns of contracts/host are at least as wide.
 * Never: a quote, back-tick, dollar or control character where a value reaches a host.
 */
import { text, type Rule, type TextBounds } from "./schema.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const DNS_NAME = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
// Upper case too: directories report names of domain controllers in it.
const HOST_NAME = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,253}[A-Za-z0-9])?$/;
const IPV4 = /^[0-9]{1,3}(\.[0-9]{1,3}){3}$/;
// Besides what a shell reads: control, formatting and line characters, and the quotes that PowerShell takes for its own (U+2018 to U+201F). Property classes,
// because the API server's expressions know no \u escapes (RE2); contracts/host spells the same out.
// Escapes keep this file, and the bundle, in ASCII; the patterns hold the characters themselves, because Go's syntax has no such escapes.
const REFUSED_IN_NAMES = "\"'`$;|&<>\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\u2018-\u201f";
const DISTINGUISHED_NAME = new RegExp(`^(OU|CN|DC)=[^${REFUSED_IN_NAMES}]{1,1000}$`, "u");
const NAME_BELOW_ROOT = new RegExp(`^(OU|CN)=[^${REFUSED_IN_NAMES}]{1,1000}$`, "u");
const SECRET_ARN = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9\/_+=.@-]+$/;
const ROLE_ARN = /^arn:aws[a-z-]*:iam::[0-9]{12}:role\/[A-Za-z0-9+=,.@_\/-]{1,512}$/;
const INSTANCE_PROFILE =
  /^([A-Za-z0-9+=,.@_-]{1,128}|arn:aws[a-z-]*:iam::[0-9]{12}:instance-profile\/[A-Za-z0-9+=,.@_\/-]{1,512})$/;
const KMS_KEY = /^[A-Za-z0-9:\/_-]+$/;
const AGENT_VERSION = /^[0-9]+(\.[0-9]+){2,3}$/;
// RFC 1123 labels and subdomains, as the API server demands of names.
const OBJECT_NAME = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;
const NAMESPACE_NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const CRON = /^(@(hourly|daily|weekly|monthly)|\S+ +\S+ +\S+ +\S+ +\S+)$/;
const TIME_ZONE = /^[A-Za-z0-9_+\/-]+$/;
const PLAN_HASH = /^sha256:[0-9a-f]{64}$/;
const PROXY_URL = /^https?:\/\/[A-Za-z0-9.-]+(:[0-9]{1,5})?\/?$/;

type Rules = Pick<TextBounds, "rules">;
const shaped =
  (pattern: RegExp, max: number) =>
  (description: string, rules: readonly Rule[] = []) =>
    text(description, { pattern, max, rules });

/** Lower case: Microsoft Graph answers ids in lower case, and two spellings of one id must not be two things. */
export const uuid = shaped(UUID, 36);
export const dnsName = shaped(DNS_NAME, 255);
export const hostName = shaped(HOST_NAME, 255);
export const ipv4Address = shaped(IPV4, 15);
export const distinguishedName = shaped(DISTINGUISHED_NAME, 1_024);
/** A unit, container or group: what host steps may touch never is the root of a domain. */
export const nameBelowRoot = shaped(NAME_BELOW_ROOT, 1_024);
export const secretARN = shaped(SECRET_ARN, 512);
export const roleARN = shaped(ROLE_ARN, 600);
export const instanceProfile = shaped(INSTANCE_PROFILE, 600);
export const kmsKeyID = shaped(KMS_KEY, 300);
export const agentVersion = shaped(AGENT_VERSION, 40);
export const objectName = shaped(OBJECT_NAME, 253);
export const namespaceName = shaped(NAMESPACE_NAME, 63);
export const cronSchedule = shaped(CRON, 100);
export const timeZone = shaped(TIME_ZONE, 64);
export const planHash = shaped(PLAN_HASH, 71);
export const proxyURL = shaped(PROXY_URL, 300);
export const awsRegion = shaped(/^[a-z]{2}(-[a-z]+)+-[0-9]$/, 32);
export const accountID = shaped(/^[0-9]{12}$/, 12);
export const subnetID = shaped(/^subnet-[0-9a-z]{1,17}$/, 24);
export const securityGroupID = shaped(/^sg-[0-9a-z]{1,17}$/, 20);
export const imageID = shaped(/^ami-[0-9a-z]{1,17}$/, 21);
export const instanceID = shaped(/^i-[0-9a-f]{8,17}$/, 19);
export const instanceType = shaped(/^[a-z0-9-]+\.[a-z0-9-]+$/, 32);
export const availabilityZone = shaped(/^[a-z0-9-]+$/, 32);
export const ssmParameterName = shaped(/^\/[A-Za-z0-9_.\/-]+$/, 1_011);
export const fileDetail = shaped(/^[A-Za-z0-9 ,.()_-]{1,100}$/, 100);
export const sha256Hex = shaped(/^[0-9a-f]{64}$/, 64);

/** The 16-character name is refused by a sentence, not by a pattern, because it is the mistake that people make. */
export const GMSA_NAME_RULE: Rule = {
  rule: "self.matches('^[A-Za-z0-9_-]{1,15}[$]$')",
  message:
    "give a gMSA name of at most 15 characters that ends with $, such as gmsaCloudSync$ (the sAMAccountName limit)",
};
export const gmsaName = (description: string, { rules = [GMSA_NAME_RULE] }: Rules = {}) =>
  text(description, { max: 64, rules });

/** An instant that a person copies from status. */
export const instantText = (description: string) =>
  text(description, { max: 40, pattern: /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z$/ });
