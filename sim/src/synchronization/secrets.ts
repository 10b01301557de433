/**
 * The secrets and settings of one configuration (entra-graph reference, 2.5).
 * Guarantees: a read shows sensitive values as `*`; a write replaces the whole set, so that a key left out is lost and a mask sent back is stored
 * as what it is; a value that is an empty text deletes its key [C] (TF).
 */
import { isRecord } from "../core/input.ts";
import { badRequest } from "../graph/errors.ts";

/** Members of the enum synchronizationSecret (OpenAPI extract), and whether a read masks the value. Which ones are masked is not published [C]/[I]. */
const KEYS: Readonly<Record<string, "plain" | "sensitive">> = {
  None: "plain",
  UserName: "plain",
  Password: "sensitive",
  SecretToken: "sensitive",
  AppKey: "sensitive",
  BaseAddress: "plain",
  ClientIdentifier: "plain",
  ClientSecret: "sensitive",
  SingleSignOnType: "plain",
  Sandbox: "plain",
  Url: "plain",
  Domain: "plain",
  ConsumerKey: "sensitive",
  ConsumerSecret: "sensitive",
  TokenKey: "sensitive",
  TokenExpiration: "plain",
  Oauth2AccessToken: "sensitive",
  Oauth2AccessTokenCreationTime: "plain",
  Oauth2RefreshToken: "sensitive",
  SyncAll: "plain",
  InstanceName: "plain",
  Oauth2ClientId: "plain",
  Oauth2ClientSecret: "sensitive",
  CompanyId: "plain",
  UpdateKeyOnSoftDelete: "plain",
  SynchronizationSchedule: "plain",
  SystemOfRecord: "plain",
  SandboxName: "plain",
  EnforceDomain: "plain",
  SyncNotificationSettings: "plain",
  SkipOutOfScopeDeletions: "plain",
  Oauth2AuthorizationCode: "sensitive",
  Oauth2RedirectUri: "plain",
  ApplicationTemplateIdentifier: "plain",
  Oauth2TokenExchangeUri: "plain",
  Oauth2AuthorizationUri: "plain",
  AuthenticationType: "plain",
  Server: "plain",
  PerformInboundEntitlementGrants: "plain",
  HardDeletesEnabled: "plain",
  SyncAgentCompatibilityKey: "sensitive",
  SyncAgentADContainer: "plain",
  ValidateDomain: "plain",
  TestReferences: "plain",
  ConnectionString: "sensitive",
};
export const MASK = "*";

export type Secrets = ReadonlyMap<string, string>;
export interface SecretPair {
  readonly key: string;
  readonly value: string;
}

export function maskedPairs(secrets: Secrets): readonly SecretPair[] {
  return [...secrets].map(([key, value]) => ({ key, value: KEYS[key] === "sensitive" ? MASK : value }));
}

/** @throws GraphError for a body that is no list of pairs of known keys */
export function readPairs(body: unknown): Secrets {
  const pairs = isRecord(body) ? body.value : undefined;
  if (!Array.isArray(pairs)) throw badRequest("The body must contain value, a list of key and value.");
  const secrets = new Map<string, string>();
  for (const pair of pairs) {
    if (!isRecord(pair) || typeof pair.key !== "string" || !Object.hasOwn(KEYS, pair.key)) {
      throw badRequest("A key is not a member of synchronizationSecret.");
    }
    if (typeof pair.value === "string" && pair.value !== "") secrets.set(pair.key, pair.value);
  }
  return secrets;
}

/** A mask among the sensitive values: whoever resent it has destroyed the credential. */
export function spoiltKey(secrets: Secrets): string | undefined {
  return [...secrets].find(([key, value]) => KEYS[key] === "sensitive" && value === MASK)?.[0];
}

export function domainOf(secrets: Secrets): string | undefined {
  const domain = member(secrets, "Domain", "domain");
  return typeof domain === "string" && domain !== "" ? domain.toLowerCase() : undefined;
}

export function isSyncAll(secrets: Secrets): boolean {
  return secrets.get("SyncAll")?.toLowerCase() === "true";
}

export function skipsOutOfScope(secrets: Secrets): boolean {
  return secrets.get("SkipOutOfScopeDeletions")?.toLowerCase() === "true";
}

export interface NotificationSettings {
  readonly isMailed: boolean;
  readonly recipients: string;
  readonly isThresholdOn: boolean;
  /** N allows N-1 deletions a run (entra-graph reference, 2.6). */
  readonly threshold: number;
}

const THRESHOLD_DEFAULT = 500;

export function notificationSettings(secrets: Secrets): NotificationSettings {
  const of = (name: string): unknown => member(secrets, "SyncNotificationSettings", name);
  const threshold = of("DeleteThresholdValue");
  const recipients = of("Recipients");
  return {
    isMailed: of("Enabled") === true,
    recipients: typeof recipients === "string" ? recipients : "",
    isThresholdOn: of("DeleteThresholdEnabled") !== false,
    threshold: typeof threshold === "number" ? threshold : THRESHOLD_DEFAULT,
  };
}

/** A member of the JSON inside a value; `undefined` where the value is no JSON object. */
function member(secrets: Secrets, key: string, name: string): unknown {
  try {
    const value: unknown = JSON.parse(secrets.get(key) ?? "null");
    return isRecord(value) ? value[name] : undefined;
  } catch {
    return undefined;
  }
}
