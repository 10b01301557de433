/**
 * `KubePort` over a transport.
 * Guarantees: every write that stood on a read carries that read's resourceVersion or uid; a write that would change nothing
 * is not sent; reads are retried a few times at once, writes never (the caller knows what an unknown outcome means).
 * Never: logs a token, an exception for an expected answer.
 */
import { sleep } from "../runtime/clock.ts";
import type { Clock, Dice } from "../runtime/clock.ts";
import { outcomeOfFailure } from "./errors.ts";
import { isDeepEqual, isRecord } from "./json.ts";
import { KUBE_LIMITS } from "./limits.ts";
import type { KubeMetrics, WriteVerb } from "./observers.ts";
import { apiVersionOf, collectionPath, objectPath, withQuery } from "./paths.ts";
import { keyOf } from "./port.ts";
import type { KubeObject, KubeOutcome, KubePort, ResourceKind, ServiceAccountToken } from "./port.ts";
import type { Answered, KubeRequest, KubeTransport, Unanswered } from "./transport.ts";

export interface KubeClientOptions {
  readonly transport: KubeTransport;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly metrics: KubeMetrics;
  readonly callTimeoutMs?: number;
}

const SERVICE_ACCOUNTS: ResourceKind = {
  group: "",
  version: "v1",
  kind: "ServiceAccount",
  plural: "serviceaccounts",
  isNamespaced: true,
};
const MERGE_PATCH = "application/merge-patch+json";
/** JSON is YAML; the apply content type has no JSON twin before 1.32 (KEP-555). */
const APPLY_PATCH = "application/apply-patch+yaml";

export function kubeClient(options: KubeClientOptions): KubePort {
  const { transport, metrics } = options;
  const timeoutMs = options.callTimeoutMs ?? KUBE_LIMITS.callTimeoutMs;

  async function write<T>(write: WriteRequest, signal: AbortSignal): Promise<KubeOutcome<T>> {
    const answer = await transport.send({ ...write.request, timeoutMs }, signal);
    const outcome = outcomeOf<T>(answer, {
      isWrite: true,
      isCreate: write.verb === "create",
      plural: write.kind.plural,
    });
    metrics.wrote({
      verb: write.verb,
      kind: write.kind.kind,
      subresource: write.subresource ?? "",
      result: outcome.kind === "failed" ? outcome.failure.class : outcome.kind,
    });
    return outcome;
  }

  const port: KubePort = {
    async get(kind, key, signal) {
      const request: KubeRequest = { method: "GET", path: objectPath(kind, key), timeoutMs };
      const answer = await sendRead(options, request, signal);
      return outcomeOf(answer, { isWrite: false, isCreate: false, plural: kind.plural });
    },
    create(kind, manifest, signal) {
      const path = collectionPath(kind, namespaceOf(manifest));
      return write({ verb: "create", kind, request: { method: "POST", path, body: manifest } }, signal);
    },
    async applyStatus(kind, current, status, { fieldManager, resourceVersion }, signal) {
      const { namespace, name } = keyOf(current);
      if (isDeepEqual(statusMember(current), status)) return { kind: "ok", object: current };
      const metadata = {
        name,
        ...(kind.isNamespaced ? { namespace } : {}),
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
      };
      const body = { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata, status };
      const path = withQuery(`${objectPath(kind, { namespace, name })}/status`, { fieldManager, force: "true" });
      const request = { method: "PATCH" as const, path, body, contentType: APPLY_PATCH };
      const outcome = await write<typeof current>({ verb: "apply", kind, subresource: "status", request }, signal);
      // The status subresource ignores a uid in the body (measured on 1.36), so only the answer tells whose status it was.
      const isSameObject = outcome.kind !== "ok" || outcome.object.metadata.uid === current.metadata.uid;
      return isSameObject ? outcome : { kind: "conflict" };
    },
    async setFinalizers(kind, current, finalizers, signal) {
      if (isDeepEqual(current.metadata.finalizers ?? [], finalizers)) return { kind: "ok", object: current };
      return port.patch(kind, current, { metadata: { finalizers } }, signal);
    },
    patch(kind, current, mergePatch, signal) {
      const given: unknown = "metadata" in mergePatch ? mergePatch.metadata : undefined;
      const { resourceVersion } = current.metadata;
      const metadata = { ...(isRecord(given) ? given : {}), resourceVersion };
      const body = { ...mergePatch, metadata };
      const request = {
        method: "PATCH" as const,
        path: objectPath(kind, keyOf(current)),
        body,
        contentType: MERGE_PATCH,
      };
      return write({ verb: "patch", kind, request }, signal);
    },
    async delete<T extends KubeObject>(
      kind: ResourceKind,
      current: T,
      propagationPolicy: string,
      signal: AbortSignal,
    ): Promise<KubeOutcome<T>> {
      const body = {
        apiVersion: "v1",
        kind: "DeleteOptions",
        propagationPolicy,
        preconditions: { uid: current.metadata.uid },
      };
      const request = { method: "DELETE" as const, path: objectPath(kind, keyOf(current)), body };
      const outcome = await write<T>({ verb: "delete", kind, request }, signal);
      // The server answers with the object while finalizers hold it, else with a Status.
      return outcome.kind === "ok" && outcome.object.kind === "Status" ? { kind: "ok", object: current } : outcome;
    },
    async requestServiceAccountToken(serviceAccount, audience, signal) {
      const path = `${objectPath(SERVICE_ACCOUNTS, serviceAccount)}/token`;
      const body = {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: { audiences: [audience], expirationSeconds: TOKEN_SECONDS },
      };
      const outcome = await write(
        { verb: "requestToken", kind: SERVICE_ACCOUNTS, subresource: "token", request: { method: "POST", path, body } },
        signal,
      );
      return outcome.kind === "ok" ? tokenOutcome(outcome.object) : outcome;
    },
  };
  return port;
}

/** An hour: the API server's own default; the cloud's session is what limits its use. */
const TOKEN_SECONDS = 3_600;

interface WriteRequest {
  readonly verb: WriteVerb;
  readonly kind: ResourceKind;
  readonly subresource?: string;
  readonly request: Omit<KubeRequest, "timeoutMs">;
}

/**
 * Sends a read, and again after 429, 5xx or a broken connection, a few times within about a second or two.
 * A longer Retry-After is handed to the caller at once.
 */
export async function sendRead(
  { transport, clock, dice, metrics }: Pick<KubeClientOptions, "transport" | "clock" | "dice" | "metrics">,
  request: KubeRequest,
  signal: AbortSignal,
): Promise<Answered | Unanswered> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await transport.send(request, signal);
    const waitMs = retryWaitMs(answer, attempt, dice());
    if (waitMs === undefined) return answer;
    metrics.requestRetried(answer.kind === "answered" ? `Status${answer.status}` : answer.reason);
    await sleep(clock, waitMs, signal);
    signal.throwIfAborted();
  }
}

/** Milliseconds until the next attempt; undefined when this answer stands. `random` is in [0, 1). */
export function retryWaitMs(answer: Answered | Unanswered, attempt: number, random: number): number | undefined {
  if (attempt >= KUBE_LIMITS.readAttemptsMax) return undefined;
  const jitteredMs = KUBE_LIMITS.readRetryBaseMs * 2 ** (attempt - 1) * (0.5 + random);
  // A call that used up its own deadline has no time left for another one.
  if (answer.kind === "unanswered") return answer.reason === "Timeout" ? undefined : jitteredMs;
  if (answer.status !== 429 && answer.status < 500) return undefined;
  const waitMs = answer.retryAfterMs ?? jitteredMs;
  return waitMs <= KUBE_LIMITS.readRetryAfterMaxMs ? waitMs : undefined;
}

function outcomeOf<T>(
  answer: Answered | Unanswered,
  asked: { readonly isWrite: boolean; readonly isCreate: boolean; readonly plural: string },
): KubeOutcome<T> {
  const isSuccess = answer.kind === "answered" && answer.status >= 200 && answer.status < 300 && isRecord(answer.body);
  // The edge: what the API server returned for this kind is taken as this kind; each kind's own parser reads it further.
  if (isSuccess) return { kind: "ok", object: withoutManagedFields(answer.body) as T };
  return outcomeOfFailure(answer, asked);
}

function tokenOutcome(body: unknown): KubeOutcome<ServiceAccountToken> {
  const status = isRecord(body) && isRecord(body["status"]) ? body["status"] : {};
  const { token, expirationTimestamp } = status;
  const expiresAtMs = typeof expirationTimestamp === "string" ? Date.parse(expirationTimestamp) : Number.NaN;
  if (typeof token === "string" && Number.isFinite(expiresAtMs)) return { kind: "ok", object: { token, expiresAtMs } };
  return {
    kind: "failed",
    failure: {
      class: "Bug",
      reason: "TokenAnswerUnreadable",
      message: "The API server's answer to TokenRequest has no token.",
      fix: "Report this as a defect.",
    },
  };
}

/** `managedFields` is most of a small object's size, and nobody here reads it. */
export function withoutManagedFields(object: unknown): unknown {
  if (!isRecord(object) || !isRecord(object["metadata"]) || !("managedFields" in object["metadata"])) return object;
  const { managedFields: _, ...metadata } = object["metadata"];
  return { ...object, metadata };
}

function namespaceOf(manifest: object): string | undefined {
  const metadata: unknown = "metadata" in manifest ? manifest.metadata : undefined;
  const namespace = isRecord(metadata) ? metadata["namespace"] : undefined;
  return typeof namespace === "string" ? namespace : undefined;
}

function statusMember(object: KubeObject): unknown {
  return "status" in object ? object.status : undefined;
}
