/**
 * The one table from the API server's answers to classified failures.
 * Source: kubernetes/apimachinery, pkg/apis/meta/v1/types.go (StatusReason), and API concepts, "Retry-After".
 * Never: a message with changing numbers for a failure that passes by itself; searches in message text.
 */
import { FAILURE_MESSAGE_LENGTH_MAX } from "../runtime/failure.ts";
import type { Failure, FailureClass } from "../runtime/failure.ts";
import { isRecord } from "./json.ts";
import type { KubeOutcome } from "./port.ts";
import type { Answered, Unanswered } from "./transport.ts";

interface FailureEntry {
  readonly class: FailureClass;
  /** Class when the failed request was a write, where that differs. */
  readonly writeClass?: FailureClass;
  readonly reason: string;
  /** Constant text; without it the server's own message is used (it names the fields or the missing right). */
  readonly message?: string;
  readonly fix: string;
}

const WAIT_FIX = "None: the operator tries again.";
const READ_BACK_FIX = "None: the operator reads the object again before it acts.";

/** By StatusReason first, then by HTTP status. */
const BY_REASON: ReadonlyMap<string, FailureEntry> = new Map(
  Object.entries<FailureEntry>({
    Unauthorized: {
      class: "Denied",
      reason: "Unauthenticated",
      message: "The API server does not accept the operator's credentials.",
      fix: "Check the service account token or the kubeconfig.",
    },
    Forbidden: {
      class: "Denied",
      reason: "ActionForbidden",
      fix: "Grant the named verb and resource to the operator's service account.",
    },
    NamespaceTerminating: {
      class: "Wait",
      reason: "NamespaceTerminating",
      message: "The namespace is being deleted; nothing can be created in it.",
      fix: "None: the namespace's deletion ends this.",
    },
    Invalid: { class: "Permanent", reason: "ObjectInvalid", fix: "Correct the named fields." },
    BadRequest: {
      class: "Permanent",
      reason: "RequestRefused",
      fix: "Check that the installed CRDs belong to this version of the operator.",
    },
    RequestEntityTooLarge: { class: "Permanent", reason: "ObjectTooLarge", fix: "Make the object smaller." },
    UnsupportedMediaType: { class: "Bug", reason: "MediaTypeRefused", fix: "Report this as a defect." },
    MethodNotAllowed: {
      class: "Permanent",
      reason: "MethodNotAllowed",
      fix: "Check that the installed CRDs belong to this version of the operator.",
    },
    NotFound: { class: "Permanent", reason: "ParentNotFound", fix: "Create what the message names." },
    TooManyRequests: {
      class: "Throttled",
      reason: "ApiServerBusy",
      message: "The API server asks for patience.",
      fix: WAIT_FIX,
    },
    ServerTimeout: {
      class: "Transient",
      writeClass: "UnknownOutcome",
      reason: "ApiServerTimeout",
      message: "The API server did not finish in time.",
      fix: READ_BACK_FIX,
    },
    Timeout: {
      class: "Transient",
      writeClass: "UnknownOutcome",
      reason: "ApiServerTimeout",
      message: "The API server did not finish in time.",
      fix: READ_BACK_FIX,
    },
    InternalError: {
      class: "Transient",
      writeClass: "UnknownOutcome",
      reason: "ApiServerError",
      message: "The API server reported an internal error.",
      fix: READ_BACK_FIX,
    },
    ServiceUnavailable: {
      class: "Transient",
      reason: "ApiServerUnavailable",
      message: "The API server is not available.",
      fix: WAIT_FIX,
    },
    Expired: {
      class: "Transient",
      reason: "VersionExpired",
      message: "The requested version is no longer available.",
      fix: WAIT_FIX,
    },
    Gone: {
      class: "Transient",
      reason: "VersionExpired",
      message: "The requested version is no longer available.",
      fix: WAIT_FIX,
    },
  }),
);

const REASON_BY_STATUS: ReadonlyMap<number, string> = new Map([
  [400, "BadRequest"],
  [401, "Unauthorized"],
  [403, "Forbidden"],
  [405, "MethodNotAllowed"],
  [410, "Expired"],
  [413, "RequestEntityTooLarge"],
  [415, "UnsupportedMediaType"],
  [422, "Invalid"],
  [429, "TooManyRequests"],
  [500, "InternalError"],
  [502, "ServiceUnavailable"],
  [503, "ServiceUnavailable"],
  [504, "Timeout"],
]);

const UNLISTED: FailureEntry = {
  class: "Transient",
  writeClass: "UnknownOutcome",
  reason: "UnexpectedAnswer",
  message: "The API server gave an answer that is not in the table.",
  fix: READ_BACK_FIX,
};
const NOT_SERVED: FailureEntry = {
  class: "Permanent",
  reason: "KindNotServed",
  message: "The API server does not serve this kind and version.",
  fix: "Install the CRDs of this version of the operator.",
};

export interface Asked {
  readonly isWrite: boolean;
  readonly isCreate: boolean;
  /** Plural name of the resource asked for, to tell "the object is not there" from "its namespace is not there". */
  readonly plural: string;
}

/** Every answer but success, as an outcome. */
export function outcomeOfFailure(
  answer: Answered | Unanswered,
  asked: Asked,
): Exclude<KubeOutcome<never>, { kind: "ok" }> {
  if (answer.kind === "unanswered") return { kind: "failed", failure: unansweredFailure(answer, asked.isWrite) };
  const status = statusOf(answer.body);
  if (answer.status === 404) {
    if (status === undefined || (status.detailsKind === undefined && status.detailsName === undefined))
      return failed(NOT_SERVED, answer, asked);
    if (!asked.isCreate && status.detailsKind === asked.plural) return { kind: "notFound" };
  }
  if (answer.status === 409) return { kind: asked.isCreate ? "alreadyExists" : "conflict" };
  const reason = status?.causes.includes("NamespaceTerminating") === true ? "NamespaceTerminating" : status?.reason;
  const entry = BY_REASON.get(reason ?? "") ?? BY_REASON.get(REASON_BY_STATUS.get(answer.status) ?? "") ?? UNLISTED;
  return failed(entry, answer, asked);
}

function failed(entry: FailureEntry, answer: Answered, asked: Asked): { kind: "failed"; failure: Failure } {
  const status = statusOf(answer.body);
  const message = entry.message ?? status?.message ?? "The API server refused without a message.";
  return {
    kind: "failed",
    failure: {
      class: asked.isWrite ? (entry.writeClass ?? entry.class) : entry.class,
      reason: entry.reason,
      message: message.slice(0, FAILURE_MESSAGE_LENGTH_MAX),
      fix: entry.fix,
      evidence: { status: String(answer.status), message: status?.message ?? "" },
      ...(answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs }),
    },
  };
}

function unansweredFailure(answer: Unanswered, isWrite: boolean): Failure {
  const isUnknown = isWrite && answer.mayHaveArrived;
  return {
    class: isUnknown ? "UnknownOutcome" : "Transient",
    reason: "ApiServerUnreachable",
    message: "The API server did not answer.",
    fix: isUnknown ? READ_BACK_FIX : WAIT_FIX,
    evidence: { reason: answer.reason, error: answer.evidence },
  };
}

interface StatusBody {
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly detailsKind: string | undefined;
  readonly detailsName: string | undefined;
  readonly causes: readonly string[];
}

/** Parses metav1.Status; undefined for anything else (a proxy's page, a plain "404 page not found"). */
export function statusOf(body: unknown): StatusBody | undefined {
  if (!isRecord(body) || body["kind"] !== "Status") return undefined;
  const details = isRecord(body["details"]) ? body["details"] : {};
  const causes = Array.isArray(details["causes"]) ? details["causes"] : [];
  return {
    reason: textOf(body["reason"]),
    message: textOf(body["message"]),
    detailsKind: textOf(details["kind"]),
    detailsName: textOf(details["name"]),
    causes: causes.map((cause: unknown) => (isRecord(cause) ? (textOf(cause["reason"]) ?? "") : "")),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
