/**
 * The synchronization secrets of a configuration: read, merged, compared, and replaced as a whole only if different.
 * Guarantees: keys and JSON members that are not owned here go back as they came (S7); a masked value is never sent.
 * Source: entra-graph reference, 2.5: PUT replaces the set and keys left out are lost; sensitive values come back as `*`.
 */
import type { SynchronizationSecret } from "../../entra/secrets/port.ts";
import { canonicalJSON } from "../../runtime/canonical-json.ts";
import { difference, type Difference } from "./difference.ts";

export interface WantedSecrets {
  readonly domain: string; // lower case
  readonly recipients: readonly string[];
  readonly deleteThreshold: { readonly isEnabled: boolean; readonly value: number };
  /** `undefined`: not owned, left as it is. */
  readonly isAllScope: boolean | undefined;
}

export type SecretMerge =
  | { readonly kind: "equal" }
  /** Nothing else differs, and own values are masked: whether they are right cannot be seen. */
  | { readonly kind: "unverifiable"; readonly keys: readonly string[] }
  | {
      readonly kind: "different";
      readonly secrets: readonly SynchronizationSecret[];
      readonly differences: readonly Difference[];
    }
  /** A replacement would lose values that are masked. */
  | { readonly kind: "blocked"; readonly keys: readonly string[]; readonly differences: readonly Difference[] };

const DOMAIN = "Domain";
const NOTIFICATION = "SyncNotificationSettings";
/** Documented for SaaS and cross-tenant synchronization; for Cloud Sync inferred only [I] (entra-graph reference, 3.1 and 16). */
export const ALL_SCOPE_KEY = "SyncAll";

export function isMasked(value: string): boolean {
  return /^\*+$/.test(value);
}

export function mergeSecrets(found: readonly SynchronizationSecret[], wanted: WantedSecrets): SecretMerge {
  const own = OWNED_KEYS.flatMap(({ key, merged }) => {
    const value = merged(wanted, found.find((secret) => secret.key === key)?.value);
    return value === undefined ? [] : [{ key, ...value }];
  });
  const differences = own.flatMap(({ differences: some }) => some);
  const masked = found.filter(({ value }) => isMasked(value)).map(({ key }) => key);
  if (differences.length === 0) {
    const keys = own.map(({ key }) => key).filter((key) => masked.includes(key));
    return keys.length === 0 ? { kind: "equal" } : { kind: "unverifiable", keys };
  }
  if (masked.length > 0) return { kind: "blocked", keys: masked, differences };
  const changed = new Map(own.filter((one) => one.differences.length > 0).map(({ key, value }) => [key, value]));
  const kept = found.map(({ key, value }) => ({ key, value: changed.get(key) ?? value }));
  const added = [...changed].filter(([key]) => !found.some((secret) => secret.key === key));
  return { kind: "different", secrets: [...kept, ...added.map(([key, value]) => ({ key, value }))], differences };
}

interface Merged {
  readonly value: string;
  readonly differences: readonly Difference[];
}

interface OwnedKey {
  readonly key: string;
  /** `undefined`: not owned in this declaration. */
  readonly merged: (wanted: WantedSecrets, found: string | undefined) => Merged | undefined;
}

const OWNED_KEYS: readonly OwnedKey[] = [
  { key: DOMAIN, merged: mergedDomain },
  { key: NOTIFICATION, merged: mergedNotification },
  { key: ALL_SCOPE_KEY, merged: mergedAllScope },
];

function mergedDomain({ domain }: WantedSecrets, found: string | undefined): Merged {
  if (found !== undefined && isMasked(found)) return { value: found, differences: [] };
  const before = domainOf(found);
  if (before === domain) return { value: found ?? "", differences: [] };
  return {
    value: JSON.stringify({ ...recordOf(found), domain }),
    differences: [difference("secrets.Domain", domain, before)],
  };
}

/** The AD domain that a configuration talks to, in lower case; `undefined` where the secrets do not say. */
export function domainOf(value: string | undefined): string | undefined {
  const { domain } = recordOf(value);
  return typeof domain === "string" ? domain.toLowerCase() : undefined;
}

export function domainIn(secrets: readonly SynchronizationSecret[]): string | undefined {
  return domainOf(secrets.find(({ key }) => key === DOMAIN)?.value);
}

export function isDomainMasked(secrets: readonly SynchronizationSecret[]): boolean {
  return secrets.some(({ key, value }) => key === DOMAIN && isMasked(value));
}

function mergedNotification(wanted: WantedSecrets, found: string | undefined): Merged {
  if (found !== undefined && isMasked(found)) return { value: found, differences: [] };
  const before = recordOf(found);
  const recipients = recipientsOf(before["Recipients"]);
  const isSame = sameSet(recipients, wanted.recipients);
  const after = {
    ...before,
    Enabled: wanted.recipients.length > 0,
    Recipients: isSame && typeof before["Recipients"] === "string" ? before["Recipients"] : wanted.recipients.join(","),
    DeleteThresholdEnabled: wanted.deleteThreshold.isEnabled,
    DeleteThresholdValue: wanted.deleteThreshold.value,
  };
  const differences = [
    memberDifference("Enabled", after.Enabled, before["Enabled"]),
    isSame ? undefined : memberDifference("Recipients", after.Recipients, before["Recipients"]),
    memberDifference("DeleteThresholdEnabled", after.DeleteThresholdEnabled, before["DeleteThresholdEnabled"]),
    memberDifference("DeleteThresholdValue", after.DeleteThresholdValue, before["DeleteThresholdValue"]),
  ].filter((one) => one !== undefined);
  return { value: differences.length === 0 ? (found ?? "") : JSON.stringify(after), differences };
}

/** Samples write booleans and numbers as JSON, portals as text: both spellings are one value. */
function memberDifference(name: string, wanted: string | number | boolean, found: unknown): Difference | undefined {
  const before =
    typeof found === "string" || typeof found === "number" || typeof found === "boolean" ? String(found) : undefined;
  if (before?.toLowerCase() === String(wanted).toLowerCase()) return undefined;
  return difference(`secrets.${NOTIFICATION}.${name}`, String(wanted), before);
}

function mergedAllScope({ isAllScope }: WantedSecrets, found: string | undefined): Merged | undefined {
  if (isAllScope === undefined) return undefined;
  if (isAllScopeValue(found) === isAllScope) return { value: found ?? "", differences: [] };
  return {
    value: String(isAllScope),
    differences: [difference(`secrets.${ALL_SCOPE_KEY}`, String(isAllScope), found ?? "absent")],
  };
}

function isAllScopeValue(value: string | undefined): boolean {
  return value?.toLowerCase() === "true";
}

export function isAllScopeIn(secrets: readonly SynchronizationSecret[]): boolean {
  return isAllScopeValue(secrets.find(({ key }) => key === ALL_SCOPE_KEY)?.value);
}

function recipientsOf(value: unknown): readonly string[] {
  return typeof value === "string" ? value.split(/[,;]/).flatMap((part) => part.trim() || []) : [];
}

function sameSet(left: readonly string[], right: readonly string[]): boolean {
  const canonical = (list: readonly string[]): string => canonicalJSON(list.map((one) => one.toLowerCase()).sort());
  return canonical(left) === canonical(right);
}

function recordOf(value: string | undefined): Readonly<Record<string, unknown>> {
  if (value === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : {};
  } catch {
    return {}; // Not JSON: there is nothing of it to keep, and the difference says what stood there.
  }
}
