/**
 * What a configuration's status says to people and tools.
 * Guarantees: Ready is computed and honest (S12); every condition has its reason and, where a person has to act, what to do; nothing moves at rest (L1).
 */
import type { SyncConfigurationStatus } from "../../api/sync-configuration.ts";
import { ANNOTATIONS } from "../../api/kinds.ts";
import { unreachable } from "../../runtime/unreachable.ts";
import type { ConfigurationAction } from "./action.ts";
import type { Assessment } from "./assessment.ts";
import { rfc3339Seconds } from "./instants.ts";
import { jobsFinding, isHealthy } from "./job-health.ts";
import type { ConfigurationSnapshot } from "./snapshot.ts";

export interface ConditionFinding {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
}

export function configurationFindings(
  snapshot: ConfigurationSnapshot,
  found: Assessment | undefined,
  action: ConfigurationAction,
): readonly ConditionFinding[] {
  const facts =
    found === undefined
      ? [provisionedFinding(snapshot, action)]
      : [
          { type: "Provisioned", status: "True" as const, reason: "Found", message: "" },
          documentFinding("SecretsInSync", found.secrets, found),
          documentFinding("SchemaInSync", found.schema, found),
          runningFinding(snapshot, found, action),
          jobsFinding(snapshot, found),
        ];
  const membership = membershipFindings(snapshot, found);
  return [
    readyFinding(snapshot, found, action, [...facts, ...membership]),
    ...progressFindings(snapshot, action),
    pausedFinding(snapshot),
    ...facts,
    ...membership,
  ];
}

function readyFinding(
  { configuration, variant }: ConfigurationSnapshot,
  found: Assessment | undefined,
  action: ConfigurationAction,
  facts: readonly ConditionFinding[],
): ConditionFinding {
  const type = "Ready";
  if (configuration.metadata.deletionTimestamp !== undefined)
    return { type, status: "False", reason: "Deleting", message: action.kind === "hold" ? action.message : "" };
  if (variant.kind === "unserved" && action.kind === "hold")
    return { type, status: "Unknown", reason: action.reason, message: action.message };
  if (action.kind === "hold") return { type, status: "False", reason: action.reason, message: action.message };
  const failing = facts.find(({ status, reason }) => status === "False" && reason !== "PausedAsDeclared");
  if (failing !== undefined) return { type, status: "False", reason: failing.reason, message: failing.message };
  if (action.kind === "rest" && found?.schema !== undefined)
    return {
      type,
      status: "True",
      reason: configuration.spec.state === "Paused" ? "PausedAsDeclared" : "InSync",
      message: "",
    };
  return { type, status: "False", reason: "Progressing", message: progressWords(action) };
}

function progressWords(action: ConfigurationAction): string {
  switch (action.kind) {
    case "instantiate":
      return "The application is being made.";
    case "createJob":
      return "The job is being made.";
    case "replaceSecrets":
      return "The secrets are being written.";
    case "replaceSchema":
      return "The schema is being written.";
    case "start":
      return "The job is being started.";
    case "pause":
      return "The job is being paused.";
    case "restart":
      return "The job is being restarted.";
    case "delete":
      return `The ${action.what} is being deleted.`;
    case "record":
      return `Service principal ${action.servicePrincipalID} is this configuration.`;
    case "showDrift":
      return "The differences of the adopted configuration stand in status.drift; the next pass writes.";
    case "rest":
    case "addFinalizer":
    case "removeFinalizer":
      return "";
    case "hold":
      return action.message;
    default:
      return unreachable(action);
  }
}

function provisionedFinding({ entra }: ConfigurationSnapshot, action: ConfigurationAction): ConditionFinding {
  const type = "Provisioned";
  if (action.kind === "hold" && entra.kind !== "failed" && entra.kind !== "unasked")
    return { type, status: "False", reason: action.reason, message: action.message };
  if (entra.kind === "failed" || entra.kind === "unasked")
    return { type, status: "Unknown", reason: action.kind === "hold" ? action.reason : "NotRead", message: "" };
  return { type, status: "False", reason: "Progressing", message: progressWords(action) };
}

function documentFinding(
  type: "SecretsInSync" | "SchemaInSync",
  merge: Assessment["secrets"] | Assessment["schema"],
  { drift }: Assessment,
): ConditionFinding {
  if (merge === undefined) return { type, status: "Unknown", reason: "NotRead", message: "" };
  const isUnverified = type === "SecretsInSync" && drift.some(({ path }) => path.startsWith("scope.mode"));
  if (merge.kind === "equal" && !isUnverified) return { type, status: "True", reason: "InSync", message: "" };
  if (merge.kind === "unverifiable")
    return {
      type,
      status: "Unknown",
      reason: "Masked",
      message: `Entra masks ${merge.keys.join(", ")}: whether they are as declared cannot be seen.`,
    };
  if (merge.kind === "refused") return { type, status: "False", reason: merge.reason, message: merge.message };
  const count = "differences" in merge ? merge.differences.length : 1;
  return { type, status: "False", reason: "Drift", message: `${count} differences are in status.drift.` };
}

function runningFinding(
  { configuration }: ConfigurationSnapshot,
  { job }: Assessment,
  action: ConfigurationAction,
): ConditionFinding {
  const type = "Running";
  const { code } = job.status;
  if (code === "Active" || code === "NotRun") return { type, status: "True", reason: code, message: "" };
  if (code === "Quarantine") return { type, status: "False", reason: "Quarantined", message: "" };
  const isDeclared = configuration.spec.state === "Paused";
  if (action.kind === "hold") return { type, status: "False", reason: action.reason, message: action.message };
  return {
    type,
    status: isDeclared ? "False" : "Unknown",
    reason: isDeclared ? "PausedAsDeclared" : code.replaceAll(/[^A-Za-z0-9]/g, "") || "Unknown",
    message: "",
  };
}

/**
 * The switch is not published in any form that could be read or written: only a canary with members shows what it does (entra-graph reference, 3.3).
 * Told from the first pass on, so that a person turns it on before the canary is red.
 */
function membershipFindings(
  { tests, variant }: ConfigurationSnapshot,
  found: Assessment | undefined,
): readonly ConditionFinding[] {
  if (variant.kind !== "EntraToAD") return [];
  const type = "MembershipWritable";
  if (variant.declared.membership.onPremisesUsers === "NotExpected")
    return [{ type, status: "Unknown", reason: "NotExpected", message: NOT_EXPECTED }];
  const canaries = tests.filter(({ spec }) => spec.expect.members === "All" && spec.expect.verify === "Directory");
  const present = canaries.flatMap(({ metadata, status: { last } }) =>
    last !== undefined && last.schemaHash === found?.schemaHash && last.generation === metadata.generation
      ? [{ ...last, name: metadata.name }]
      : [],
  );
  if (present.some(({ result }) => result === "Passed"))
    return [{ type, status: "True", reason: "ShownByCanary", message: "" }];
  const red = present.find(({ result, reason }) => result === "Failed" && reason === "MembershipNotWritten");
  if (red === undefined) return [{ type, status: "Unknown", reason: "NotShown", message: NOT_SHOWN }];
  const message = `ProvisioningTest ${red.name} found its group in AD without its members: turn on ${SWITCH} in the portal (or give the members an account there), then annotate the test with ${ANNOTATIONS.requestedAt}.`;
  return [{ type, status: "False", reason: "MembershipNotWritten", message }];
}

const SWITCH = 'the vendor\'s switch "Provision membership to on-premises users"';
const NOT_SHOWN = `Where Entra stores ${SWITCH} is not published, so it is neither read nor written here. It is off by default: turn it on in the portal. A ProvisioningTest with expect.verify Directory and members All shows it.`;
const NOT_EXPECTED =
  "Members that are synced from AD are not expected. The vendor's switch for them is left as it is, for where it is stored is not published.";

function progressFindings(
  { configuration, variant }: ConfigurationSnapshot,
  action: ConfigurationAction,
): readonly ConditionFinding[] {
  const isDeleting = configuration.metadata.deletionTimestamp !== undefined;
  const isStalled = action.kind === "hold" && action.on === "stalled" && variant.kind !== "unserved";
  const isMoving = !isStalled && (action.kind !== "rest" || isDeleting) && variant.kind !== "unserved";
  const reason =
    action.kind === "hold"
      ? action.on === "person"
        ? "AwaitingPerson"
        : action.reason
      : isDeleting
        ? "Deleting"
        : "Progressing";
  return [
    isStalled
      ? { type: "Stalled", status: "True", reason: action.reason, message: action.message }
      : { type: "Stalled", status: "False", reason: "NotStalled", message: "" },
    isMoving
      ? { type: "Reconciling", status: "True", reason, message: progressWords(action) }
      : { type: "Reconciling", status: "False", reason: isStalled ? "Stalled" : "AtRest", message: "" },
  ];
}

function pausedFinding({ mode }: ConfigurationSnapshot): ConditionFinding {
  const isPaused = mode.kind === "paused";
  const isHeld = mode.kind !== "enforce";
  return {
    type: "Paused",
    status: isPaused ? "True" : "False",
    reason: isHeld ? mode.reason : "NotPaused",
    message: isHeld ? mode.message : "",
  };
}

/** The jobs as status shows them: instants only, and the last good time only while something is wrong. */
export function shownJobs(
  snapshot: ConfigurationSnapshot,
  found: Assessment,
): NonNullable<SyncConfigurationStatus["jobs"]> {
  const { job, quarantine, staged, profile } = found;
  const goodMs = job.status.lastSuccessfulExecution?.endedMs;
  const isShown = goodMs !== undefined && !isHealthy(snapshot, found);
  const escrowed = job.status.lastExecution?.escrowed ?? 0;
  return [
    {
      id: job.id,
      templateID: profile.jobTemplate,
      state: job.status.code,
      ...(isShown ? { lastSuccess: rfc3339Seconds(goodMs) } : {}),
      ...(escrowed === 0 ? {} : { escrowed }),
      ...(quarantine === undefined
        ? {}
        : {
            quarantine: {
              began: quarantine.began,
              reason: quarantine.reason,
              seriesCount: quarantine.seriesCount,
              disabledAt: quarantine.disabledAt,
              ...(quarantine.seriesBegan === undefined ? {} : { seriesBegan: quarantine.seriesBegan }),
              ...(quarantine.nextAttempt === undefined ? {} : { nextAttempt: quarantine.nextAttempt }),
              ...(staged.kind === "known" ? { stagedDeletesHash: staged.hash } : {}),
            },
          }),
    },
  ];
}
