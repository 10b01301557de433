/**
 * What a configuration remembers in its status: before a call leaves, after it was answered, and once what it asked for is seen.
 * Guarantees: whatever crashes at whatever point, the next pass knows what may have happened (S8); an approval is used up before it is used (S6).
 * Pure: a pass writes what these return.
 */
import type { SyncConfigurationStatus } from "../../api/sync-configuration.ts";
import { needsPerson, sentenceOf, type Failure } from "../../runtime/failure.ts";
import { unreachable } from "../../runtime/unreachable.ts";
import type { Plan } from "../approval.ts";
import { callText, type ConfigurationAction, type RestartCause } from "./action.ts";
import { wantedHash, type Assessment } from "./assessment.ts";
import { CONFIGURATION_BOUNDS } from "./bounds.ts";
import { rfc3339Seconds } from "./instants.ts";
import type { ConfigurationSnapshot } from "./snapshot.ts";

type Status = SyncConfigurationStatus;

/** Stored before the call. */
export function beforeEffect(status: Status, action: ConfigurationAction, nowMs: number): Status {
  const now = rfc3339Seconds(nowMs);
  switch (action.kind) {
    case "instantiate":
      return {
        ...status,
        intent: { kind: "Instantiate", since: now, displayName: action.displayName, known: action.known },
      };
    case "createJob":
      return { ...status, intent: { kind: "CreateJob", since: now, known: action.known } };
    case "replaceSecrets":
      return {
        ...owing(withApproval(status, action.approved, "Change", now), action.isRestartOwed, now),
        written: writing(status, "Secrets", action.hash, nowMs),
      };
    case "replaceSchema":
      return {
        ...owing(withApproval(status, action.approved, "Change", now), action.isRestartOwed, now),
        written: writing(status, "Schema", action.hash, nowMs),
        ...(action.ownedFilters.length === 0 ? {} : { ownedFilters: action.ownedFilters }),
      };
    case "restart":
      return restarting(status, action.cause, now);
    case "delete":
      return withApproval(status, action.approved, "Deletion", now);
    case "rest":
    case "hold":
    case "addFinalizer":
    case "removeFinalizer":
    case "record":
    case "showDrift":
    case "start":
    case "pause":
      return status;
    default:
      return unreachable(action);
  }
}

/** Whether the pass has to store something before this action's call leaves. */
export function isRemembered({ kind }: ConfigurationAction): boolean {
  return ["instantiate", "createJob", "replaceSecrets", "replaceSchema", "restart", "delete"].includes(kind);
}

export interface Made {
  readonly servicePrincipalID?: string;
  readonly applicationID?: string;
}

/** Stored once the call was answered with "done". `stored`: the status as `beforeEffect` left it. */
export function afterEffect(
  { refused: _over, ...stored }: Status,
  action: ConfigurationAction,
  made: Made,
  nowMs: number,
): Status {
  const now = rfc3339Seconds(nowMs);
  switch (action.kind) {
    case "instantiate":
      return { ...stored, ...made };
    case "record":
      return {
        ...stored,
        servicePrincipalID: action.servicePrincipalID,
        ...(action.origin === "Created" ? {} : { adoption: { since: now, by: action.origin } }),
      };
    case "showDrift":
      return stored.adoption === undefined
        ? stored
        : { ...stored, adoption: { ...stored.adoption, shownDrift: action.hash } };
    case "replaceSecrets":
      return { ...stored, written: answered(stored, "Secrets") };
    case "replaceSchema":
      return { ...stored, written: answered(stored, "Schema") };
    case "start":
      return { ...stored, gate: { schemaHash: action.schemaHash, at: now } };
    case "restart":
      return restarted(stored, action.cause, now);
    case "delete":
      return { ...stored, deleted: DELETED[action.what] };
    case "rest":
    case "hold":
    case "addFinalizer":
    case "removeFinalizer":
    case "createJob":
    case "pause":
      return stored;
    default:
      return unreachable(action);
  }
}

const DELETED = { job: "Job", servicePrincipal: "ServicePrincipal", application: "Application" } as const;

export interface RefusedCall {
  readonly action: ConfigurationAction;
  readonly failure: Failure;
  readonly generation: number;
}

/**
 * Stored when the call was refused, so that it had no effect: what `before` held is what there is, except that an approval stays used up only
 * where its plan had begun. A refusal that a person has to end is remembered (L1).
 */
export function afterRefusal(before: Status, { action, failure, generation }: RefusedCall, nowMs: number): Status {
  if (!needsPerson(failure)) return before;
  const { reason } = failure;
  const message = sentenceOf(failure);
  return {
    ...before,
    refused: { call: callText(action).slice(0, 160), generation, at: rfc3339Seconds(nowMs), reason, message },
  };
}

/** What this pass has seen to be so, and what is therefore not to be remembered any more. */
export function settled({ configuration, entra, nowMs }: ConfigurationSnapshot, found: Assessment | undefined): Status {
  const { intent, ...rest } = configuration.status;
  const isMade = intent?.kind === "Instantiate" ? entra.kind === "read" : found !== undefined;
  const isOver =
    intent !== undefined &&
    nowMs - Date.parse(intent.since) >= CONFIGURATION_BOUNDS.unansweredMs &&
    entra.kind !== "failed";
  const status: Status =
    intent === undefined || isMade || (isOver && intent.kind === "CreateJob") ? rest : { ...rest, intent };
  if (found === undefined) return status;
  return withdrawn(readBack(status, found, nowMs), found);
}

function readBack(status: Status, { secrets, schema, wantedSecrets, wantedSchema }: Assessment, nowMs: number): Status {
  const seen = {
    Secrets: secrets.kind === "equal" ? wantedHash(wantedSecrets) : "",
    Schema: schema?.kind === "equal" ? wantedHash(wantedSchema) : "",
  };
  const { written, ownedFilters, ...rest } = status;
  const names = wantedSchema.filters.map(({ name }) => name).sort();
  const owned = schema?.kind === "equal" ? names : ownedFilters;
  return {
    ...rest,
    ...(owned === undefined || owned.length === 0 ? {} : { ownedFilters: owned }),
    ...(written === undefined
      ? {}
      : {
          written: written.map((one) =>
            one.hash === seen[one.document] && one.confirmed === undefined
              ? { ...one, confirmed: rfc3339Seconds(nowMs) }
              : one,
          ),
        }),
  };
}

/** Nothing is left to change: an approved plan is done, an open one is taken back. */
function withdrawn(status: Status, { secrets, schema }: Assessment): Status {
  if (secrets.kind === "different" || secrets.kind === "blocked" || schema?.kind !== "equal") return status;
  const { approved, plan, ...rest } = status;
  const kept = approved?.purpose === "Deletion" ? { approved } : {};
  if (plan === undefined) return { ...rest, ...kept };
  const { hash, serial } = plan;
  return { ...rest, ...kept, plan: { hash, serial, consumed: hash } };
}

function withApproval(status: Status, plan: Plan | undefined, purpose: "Change" | "Deletion", now: string): Status {
  if (plan === undefined || status.approved?.hash === plan.hash) return status;
  const { hash, serial } = plan;
  return { ...status, plan: { hash, serial, consumed: hash }, approved: { purpose, hash, serial, since: now } };
}

function owing(status: Status, isOwed: boolean, now: string): Status {
  return isOwed ? { ...status, restart: { since: now, attempts: 0 } } : status;
}

type Written = NonNullable<Status["written"]>;

function writing(status: Status, document: "Secrets" | "Schema", hash: string, nowMs: number): Written {
  const now = rfc3339Seconds(nowMs);
  const others = (status.written ?? []).filter((one) => one.document !== document);
  const before = status.written?.find((one) => one.document === document);
  const isSame = before?.hash === hash && nowMs - Date.parse(before.since) < CONFIGURATION_BOUNDS.foreignWritesWindowMs;
  const next = isSame ? { since: before.since, count: before.count } : { since: now, count: 0 };
  return [...others, { document, hash, at: now, ...next }].sort((left, right) =>
    left.document < right.document ? -1 : 1,
  );
}

function answered({ written = [] }: Status, document: "Secrets" | "Schema"): Written {
  return written.map((one) => (one.document === document ? { ...one, count: one.count + 1 } : one));
}

function restarting(status: Status, cause: RestartCause, now: string): Status {
  switch (cause.kind) {
    case "change":
      return {
        ...status,
        restart: {
          since: now,
          ...status.restart,
          attempts: Math.min((status.restart?.attempts ?? 0) + 1, ATTEMPTS_SHOWN_MAX),
        },
      };
    case "quarantine": {
      const last = status.quarantineRestart;
      const before = last?.began === cause.began && last.done === undefined ? last.attempts : 0;
      return { ...status, quarantineRestart: { began: cause.began, attempts: before + 1 } };
    }
    case "forceDeletes":
    case "rejectDeletes": {
      const { began, hash } = cause;
      const spent = status.stagedDeletes;
      const before = spent?.began === began && spent.hash === hash ? spent.attempts : 0;
      return { ...status, stagedDeletes: { began, hash, attempts: before + 1 } };
    }
    default:
      return unreachable(cause);
  }
}

/** What the status can hold. */
const ATTEMPTS_SHOWN_MAX = 10;

function restarted(stored: Status, { kind }: RestartCause, now: string): Status {
  const { restart, quarantineRestart, stagedDeletes, ...rest } = stored;
  const isOwed = kind !== "change" && restart !== undefined;
  return {
    ...rest,
    ...(isOwed ? { restart } : {}),
    ...(quarantineRestart === undefined
      ? {}
      : { quarantineRestart: kind === "quarantine" ? { ...quarantineRestart, done: now } : quarantineRestart }),
    ...(stagedDeletes === undefined
      ? {}
      : {
          stagedDeletes:
            kind === "forceDeletes" || kind === "rejectDeletes" ? { ...stagedDeletes, done: now } : stagedDeletes,
        }),
  };
}
