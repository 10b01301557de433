/**
 * The loop of one EntraTenant: which identities reach it, what they may do, when they end, and its in-use finalizer.
 * Guarantees: nothing is ever written to Entra; status is written only when it differs (L1).
 * Never: keeps a token, or takes one for an identity that the process has not granted.
 */
import { COMMON_CONDITIONS, CONDITION_TYPES } from "../../api/conditions.ts";
import type { EntraTenant, EntraTenantStatus } from "../../api/entra-tenant.ts";
import { ANNOTATIONS, ENTRA_TENANT, FINALIZERS } from "../../api/kinds.ts";
import { parseTenant } from "../../api/parse.ts";
import { mergeConditions } from "../../kube/conditions.ts";
import { ensureFinalizer, releaseFinalizer } from "../../kube/finalizers.ts";
import { keyText, type Reconcile } from "../../kube/port.ts";
import { decideTenant, type TenantAction } from "../../sync/tenant/decide.ts";
import type { TenantSnapshot } from "../../sync/tenant/snapshot.ts";
import { tenantFindings, tenantShown, type TenantFinding } from "../../sync/tenant/summary.ts";
import { announcer, type Decision } from "../announcer.ts";
import type { EntraLoopPorts } from "../entra-loop-ports.ts";
import { observeTenant } from "./observe.ts";
import { tenantReadings, type TenantReadings } from "./readings.ts";

const FIELD_MANAGER = "cloudsync-tenant";

export function tenantReconciler(ports: EntraLoopPorts): Reconcile {
  const announce = announcer("tenant", ports.log, ports.events);
  const readings = tenantReadings(ports.clock);
  const lastUIDs = new Map<string, string>();
  return async function reconcile(key, signal) {
    const object = ports.caches.tenants.get(key);
    if (object === undefined) {
      const uid = lastUIDs.get(keyText(key)) ?? "";
      announce.forget(uid);
      readings.forget(uid);
      lastUIDs.delete(keyText(key));
      return { kind: "done" };
    }
    lastUIDs.set(keyText(key), object.metadata.uid);
    const parsed = parseTenant(object);
    if (parsed.kind === "invalid") {
      ports.log.error("object refused", { controller: "tenant", ...key, problems: parsed.problems.join("; ") });
      return { kind: "done" };
    }
    const tenant = parsed.object;
    const isFresh = isFreshTokenWanted(tenant, readings);
    const snapshot = await observeTenant(tenant, { ports, readings, isFresh }, signal);
    const action = decideTenant(snapshot);
    const findings = tenantFindings(snapshot, action);
    const held = { port: ports.kube, kind: ENTRA_TENANT, object: tenant, finalizer: FINALIZERS.inUse };
    if (action.kind === "removeFinalizer") {
      const { kind } = await releaseFinalizer(held, signal);
      return kind === "ok" ? { kind: "done" } : { kind: "retry", reason: "Contended" };
    }
    if (action.kind === "addFinalizer") {
      const { kind } = await ensureFinalizer(held, signal);
      // Wakened by its own write: the next pass publishes on top of it.
      return kind === "added" ? { kind: "requeue", afterMs: 0 } : { kind: "retry", reason: "Contended" };
    }
    announce.announce(tenant, decisionOf(action, findings));
    const options = { fieldManager: FIELD_MANAGER, resourceVersion: tenant.metadata.resourceVersion };
    const status = nextStatus(snapshot, findings);
    const written = await ports.kube.applyStatus(ENTRA_TENANT, tenant, status, options, signal);
    if (written.kind !== "ok" && written.kind !== "notFound") return { kind: "retry", reason: "StatusNotWritten" };
    return tenant.metadata.deletionTimestamp === undefined
      ? { kind: "requeue", afterMs: nextVisitMs(findings) }
      : { kind: "done" };
  };
}

/**
 * Roles that were just granted show only in a new token; nothing else asks for one before its time. What a person may have granted instead, such as an
 * application to own, is read anew with it.
 */
function isFreshTokenWanted({ metadata, status }: EntraTenant, readings: TenantReadings): boolean {
  const requested = metadata.annotations?.[ANNOTATIONS.requestedAt];
  if (requested !== undefined && requested !== status.lastHandledRequest) {
    readings.invalidate(metadata.uid);
    return true;
  }
  const awaitsGrant = status.conditions?.some(
    ({ type, status: word }) => type === "PermissionsGranted" && word === "False",
  );
  if (awaitsGrant !== true || !readings.isFreshTokenDue(metadata.uid, GRANT_REVISIT_MS)) return false;
  readings.invalidate(metadata.uid);
  return true;
}

/** While a person is to grant something, a new token is looked at this often. */
const GRANT_REVISIT_MS = 2 * 60_000;
/** At rest: consent that was withdrawn shows in the next token, and a token lives for about an hour. */
const REST_REVISIT_MS = 15 * 60_000;

/** What could not be read passes by itself; the adapters back off on their own as well. */
const UNREAD_REVISIT_MS = 5 * 60_000;

function nextVisitMs(findings: readonly TenantFinding[]): number {
  const ready = findings.find(({ type }) => type === "Ready");
  if (ready?.status === "False") return GRANT_REVISIT_MS;
  return ready?.status === "Unknown" ? UNREAD_REVISIT_MS : REST_REVISIT_MS;
}

function nextStatus(snapshot: TenantSnapshot, findings: readonly TenantFinding[]): EntraTenantStatus {
  const { tenant, nowMs } = snapshot;
  const generation = tenant.metadata.generation ?? 0;
  const requested = tenant.metadata.annotations?.[ANNOTATIONS.requestedAt];
  return {
    observedGeneration: generation,
    ...(requested === undefined ? {} : { lastHandledRequest: requested }),
    ...tenantShown(snapshot),
    conditions: mergeConditions({
      previous: tenant.status.conditions,
      types: [...CONDITION_TYPES.EntraTenant, ...COMMON_CONDITIONS],
      findings,
      generation,
      nowMs,
    }).slice(),
  };
}

/** Said to people as an event: what only they can mend. */
function decisionOf(action: TenantAction, findings: readonly TenantFinding[]): Decision {
  const ready = findings.find(({ type }) => type === "Ready");
  const stalled = findings.find(({ type, status }) => type === "Stalled" && status === "True");
  const { reason, message } = ready ?? { reason: "Unknown", message: "" };
  const warned = stalled ?? (reason === "ExpiresSoon" ? ready : undefined);
  const isHeld = action.kind === "hold";
  return {
    action: isHeld ? "Hold" : "Judge",
    reason,
    message,
    ...(warned === undefined && !isHeld
      ? {}
      : {
          event: {
            type: "Warning",
            reason: warned?.reason ?? reason,
            action: isHeld ? "Hold" : "JudgeTenant",
            message: warned?.message ?? message,
          },
        }),
  };
}
