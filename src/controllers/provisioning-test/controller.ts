/**
 * The loop of one ProvisioningTest: is a run due, may it be made, the next step of it, what it proved. Start reading here.
 * Guarantees: what is to be called is in status before the call; one call that writes a pass; at rest nothing is called or written (L1).
 * Never: repairs what it finds.
 */
import type { ProvisioningTest, ProvisioningTestStatus } from "../../api/provisioning-test.ts";
import { COMMON_CONDITIONS, CONDITION_TYPES } from "../../api/conditions.ts";
import { PROVISIONING_TEST } from "../../api/kinds.ts";
import { parseProvisioningTest } from "../../api/parse.ts";
import type { EntraAccess } from "../../entra/access/port.ts";
import { mergeConditions } from "../../kube/conditions.ts";
import { keyText, type Reconcile, type ReconcileResult } from "../../kube/port.ts";
import { sentenceOf } from "../../runtime/failure.ts";
import { decideTest, type TestAction } from "../../sync/provisioning-test/decide.ts";
import type { Refusal } from "../../sync/provisioning-test/refusal.ts";
import type { LastRun, TestSnapshot, Verdict } from "../../sync/provisioning-test/snapshot.ts";
import { testFindings } from "../../sync/provisioning-test/summary.ts";
import { announcer } from "../announcer.ts";
import { beginRun } from "./begin.ts";
import { end } from "./end.ts";
import { observeTest } from "./observe.ts";
import type { TestOutcome } from "./outcome.ts";
import type { TestPorts } from "./ports.ts";
import { provision } from "./provision.ts";
import { readDirectory } from "./read.ts";

const FIELD_MANAGER = "cloudsync-test";

export function testReconciler(ports: TestPorts): Reconcile {
  const announce = announcer("test", ports.log, ports.events);
  const lastUIDs = new Map<string, string>();
  return async function reconcile(key, signal) {
    const object = ports.caches.provisioningTests.get(key);
    if (object === undefined) {
      announce.forget(lastUIDs.get(keyText(key)) ?? "");
      lastUIDs.delete(keyText(key));
      return { kind: "done" };
    }
    lastUIDs.set(keyText(key), object.metadata.uid);
    const parsed = parseProvisioningTest(object);
    if (parsed.kind === "invalid") {
      ports.log.error("object refused", { controller: "test", ...key, problems: parsed.problems.join("; ") });
      return { kind: "done" };
    }
    const snapshot = observeTest(parsed.object, ports);
    const action = decideTest(snapshot);
    if (!ports.mayAct()) return { kind: "retry", reason: "NotLeading" };
    const outcome = await act(action, snapshot, ports, signal);
    announce.announce(parsed.object, decisionOf(action, outcome));
    if (parsed.object.metadata.deletionTimestamp !== undefined) return { kind: "done" };
    const options = { fieldManager: FIELD_MANAGER, resourceVersion: object.metadata.resourceVersion };
    const status = nextStatus(snapshot, outcome);
    const written = await ports.kube.applyStatus(PROVISIONING_TEST, parsed.object, status, options, signal);
    if (written.kind === "notFound") return { kind: "done" };
    if (written.kind !== "ok") return { kind: "retry", reason: "StatusNotWritten" };
    if (outcome.ended !== undefined) tell(parsed.object, outcome.ended, ports);
    return nextVisit(action, outcome, snapshot.nowMs);
  };
}

async function act(
  action: TestAction,
  snapshot: TestSnapshot,
  ports: TestPorts,
  signal: AbortSignal,
): Promise<TestOutcome> {
  const { status } = snapshot.test;
  switch (action.kind) {
    case "rest":
    case "pause":
      return { status };
    case "wait":
      return { status, withheld: action.refusal };
    case "giveUp":
      return end(action.run, action.verdict, snapshot);
    case "begin":
    case "provision":
    case "read": {
      const access = accessOf(snapshot, ports);
      if ("reason" in access) return { status, withheld: access };
      if (action.kind === "begin") return beginRun(causeOf(action), snapshot, access, ports, signal);
      if (action.kind === "provision") return provision(action.run, snapshot, access, ports, signal);
      return readDirectory(action.run, snapshot, access, ports, signal);
    }
  }
}

function causeOf({ cause, request }: Extract<TestAction, { kind: "begin" }>) {
  return { cause, ...(request === undefined ? {} : { request }) };
}

/** The tenant's first identity: it is the one that configures jobs. Decided before any call leaves. */
function accessOf({ tenant }: TestSnapshot, { entra }: TestPorts): EntraAccess | Refusal {
  if (tenant.kind !== "found")
    return { reason: "TenantNotFound", message: "The EntraTenant is not there.", isStalled: false };
  const { metadata, spec } = tenant.object;
  const { cloud, tenantID, credential } = spec;
  const resolution = entra.access.resolve({ namespace: metadata.namespace ?? "", cloud, tenantID }, credential);
  if (resolution.kind === "granted") return resolution.access;
  if (resolution.kind === "none")
    return { reason: "NoCredential", message: "The tenant declares no credential.", isStalled: true };
  return { reason: resolution.failure.reason, message: sentenceOf(resolution.failure), isStalled: true };
}

function nextStatus(snapshot: TestSnapshot, { status, withheld }: TestOutcome): ProvisioningTestStatus {
  const { test, nowMs } = snapshot;
  const generation = test.metadata.generation ?? 0;
  const after = { ...snapshot, test: { ...test, status } };
  return {
    ...status,
    observedGeneration: generation,
    conditions: mergeConditions({
      previous: test.status.conditions,
      types: [...CONDITION_TYPES.ProvisioningTest, ...COMMON_CONDITIONS],
      findings: testFindings(after, withheld),
      generation,
      nowMs,
    }).slice(),
  };
}

/** While something outside has to change that no event tells of. */
const WAIT_REVISIT_MS = 5 * 60_000;

function nextVisit(action: TestAction, { revisitMs, withheld }: TestOutcome, nowMs: number): ReconcileResult {
  if (revisitMs !== undefined) return { kind: "requeue", afterMs: revisitMs };
  const untilMs = "untilMs" in action ? action.untilMs : undefined;
  const leftMs = untilMs === undefined ? Number.POSITIVE_INFINITY : Math.max(0, untilMs - nowMs);
  const afterMs = Math.min(leftMs, withheld !== undefined ? WAIT_REVISIT_MS : Number.POSITIVE_INFINITY);
  return Number.isFinite(afterMs) ? { kind: "requeue", afterMs: Math.min(afterMs, VISIT_MS_MAX) } : { kind: "done" };
}

/** A timer of Node holds at most 2^31 - 1 ms; a day is soon enough to compute the rest anew. */
const VISIT_MS_MAX = 24 * 3_600_000;

/** An event when the result is another one than before: a canary that passes every six hours says so once. */
function tell(test: ProvisioningTest, { result, reason, message }: Verdict, { events }: TestPorts): void {
  const before: LastRun | undefined = test.status.last;
  if (before?.result === result && before.reason === reason && before.generation === test.metadata.generation) return;
  events.emit(test, {
    type: result === "Passed" ? "Normal" : "Warning",
    reason: result === "Passed" ? "TestPassed" : result === "Failed" ? "TestFailed" : "TestUnknown",
    action: "RunTest",
    message: `${reason}${message === "" ? "" : `: ${message}`}`.slice(0, 1_024),
  });
}

function decisionOf(action: TestAction, { withheld, ended }: TestOutcome) {
  if (ended !== undefined) return { action: "EndRun", reason: ended.reason, message: ended.message };
  if (withheld !== undefined) {
    const { reason, message, isStalled } = withheld;
    const event = { type: "Warning", reason, action: "WithholdRun", message } as const;
    return { action: "Withhold", reason, message, ...(isStalled ? { event } : {}) };
  }
  const cause = action.kind === "begin" ? action.cause : "None";
  return { action: action.kind, reason: cause, message: "" };
}
