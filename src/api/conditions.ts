/**
 * Status that every kind has: conditions, and the answer to a request.
 * Guarantees: one condition a type, each with the generation it was judged for, as `kubectl wait` and kstatus read them.
 */
import { instant, mapList, object, optional, text, whole, words, type Infer } from "./schema.ts";

/** Roots that every kind publishes; Stalled and Reconciling are kstatus's accepted negative pair. */
export const COMMON_CONDITIONS = ["Ready", "Reconciling", "Stalled", "Paused"] as const;

/** Condition types of each kind, in the order in which a person would look. */
export const CONDITION_TYPES = {
  EntraTenant: ["TokenAcquired", "PermissionsGranted", "CredentialValid", "LicensePresent", "TenantFeaturesKnown"],
  ADDomain: ["DirectoryActive", "DomainControllersSpread", "SchemaPresent", "GMSAUsable"],
  CloudSyncAgentPool: [
    "PreflightPassed",
    "Available",
    "Progressing",
    "RemediationAllowed",
    "AtDesiredVersion",
    "SecretsReleased",
    "RightsEffective",
  ],
  CloudSyncAgent: [
    "Launched",
    "Online",
    "PreflightPassed",
    "Joined",
    "Installed",
    "Registered",
    "Configured",
    "Healthy",
    "SecretsReleased",
    "RightsEffective",
  ],
  SyncConfiguration: ["Provisioned", "SchemaInSync", "SecretsInSync", "Running", "JobsHealthy", "MembershipWritable"],
  GroupScope: ["Resolved", "Eligible", "WithinLimits", "InSync", "RemovalApproved"],
  ProvisioningTest: ["Passed"],
} as const;

const condition = object("One aspect of the object's state.", {
  type: text("Name of the aspect.", { max: 64, pattern: /^[A-Z][A-Za-z]*$/ }),
  status: words("Whether it holds.", ["True", "False", "Unknown"]),
  observedGeneration: whole("Generation of the spec that was judged.", { min: 0, max: Number.MAX_SAFE_INTEGER }),
  lastTransitionTime: instant("When status last changed."),
  reason: text("Why, in one CamelCase word.", { max: 128, pattern: /^[A-Z][A-Za-z0-9]*$/ }),
  message: text("Cause and next action, for people.", { min: 0, max: 1_024 }),
});
export type Condition = Infer<typeof condition>;
export type ConditionStatus = Condition["status"];

/** The members that every status starts with. */
export const commonStatus = {
  observedGeneration: optional(
    whole("Generation of the spec that this status describes.", { min: 0, max: Number.MAX_SAFE_INTEGER }),
  ),
  conditions: optional(
    mapList("State by aspect; Ready is computed from the others.", condition, ["type"], { max: 32 }),
  ),
  lastHandledRequest: optional(
    text("The value of cloudsync.dev/requested-at that was last acted on.", { min: 0, max: 128 }),
  ),
};
