/**
 * Reads the group back from AD through a healthy host, and judges what it shows.
 * Guarantees: the operation id is stored before the read is asked for; a host that cannot tell is left for the next one; another look is taken, twice at
 * most, where another domain controller may lag behind.
 */
import type { EntraAccess } from "../../entra/access/port.ts";
import { parseInstanceId } from "../../aws/instances/port.ts";
import type { DirectoryReading, GroupFacts } from "../../host/directory-read/port.ts";
import { rfc3339Seconds } from "../../kube/conditions.ts";
import { sentenceOf, type Failure } from "../../runtime/failure.ts";
import { sha256Hex } from "../../runtime/hash.ts";
import { afterRead } from "../../sync/provisioning-test/freshness.ts";
import { comparableMembers } from "../../sync/provisioning-test/members.ts";
import { judgeProof, mayBeReplication } from "../../sync/provisioning-test/proof.ts";
import { isJobRunning } from "../../sync/provisioning-test/refusal.ts";
import { readerPath, type ReadyReader } from "../../sync/provisioning-test/readers.ts";
import type { TestRun, TestSnapshot } from "../../sync/provisioning-test/snapshot.ts";
import { end } from "./end.ts";
import { NO_READER } from "./no-reader.ts";
import type { TestOutcome } from "./outcome.ts";
import type { TestPorts } from "./ports.ts";

/** A host that has not told by then will not. */
const READ_TIMEOUT_MS = 5 * 60_000;
/** Looked at again at the latest then, whatever wakes the loop. */
const PENDING_REVISIT_MS = 15_000;
/** Times of `--directory-look-delay`; the third look is the last. */
const LOOK_DELAY_FACTORS = [1, 4] as const;

/** The run with a host to read by, and its operation id; `undefined` when no host is left. */
export function nextReader(run: TestRun, { test, readers, nowMs }: TestSnapshot): TestRun | undefined {
  const tried = run.tried ?? [];
  const reader = readers.find((one) => !tried.includes(readerPath(one)));
  if (reader === undefined) return undefined;
  const { namespace, name } = reader;
  const operationID = sha256Hex("read", test.metadata.uid, run.id, run.phase, run.attempts, name).slice(0, 32);
  return { ...run, reader: { namespace, name, operationID, startedAt: rfc3339Seconds(nowMs) } };
}

export async function readDirectory(
  run: TestRun,
  snapshot: TestSnapshot,
  access: EntraAccess,
  ports: TestPorts,
  signal: AbortSignal,
): Promise<TestOutcome> {
  const stored = run.reader;
  if (stored === undefined) return nextHost(run, undefined, snapshot);
  const reader = snapshot.readers.find((one) => readerPath(one) === readerPath(stored));
  // It was Ready when it was chosen; what it was asked it may still answer, but not through a scope that is gone.
  if (reader === undefined) return nextHost(run, undefined, snapshot);
  const deadlineMs = Date.parse(stored.startedAt) + READ_TIMEOUT_MS;
  const reading = await askHost(run, reader, deadlineMs, snapshot, ports, signal);
  if (reading.kind === "read") return judgeRead(run, reading.facts, snapshot, access, ports, signal);
  if (reading.kind === "failed") {
    const { reason } = reading.failure;
    if (DIRECTORY_FINDINGS.has(reason) && run.phase === "Prove")
      return end(run, { result: "Failed", reason, message: sentenceOf(reading.failure) }, snapshot);
    return nextHost(run, reading.failure, snapshot);
  }
  if (snapshot.nowMs >= deadlineMs) return nextHost(run, undefined, snapshot);
  return { status: snapshot.test.status, revisitMs: reading.retryAfterMs ?? PENDING_REVISIT_MS };
}

/** What the step tells of AD, not of the host (contracts/host/read-group.json): another host would tell the same. */
const DIRECTORY_FINDINGS: ReadonlySet<string> = new Set(["AnchorAmbiguous", "AnchorAttributeMissing"]);

async function askHost(
  run: TestRun,
  reader: ReadyReader,
  deadlineMs: number,
  { domain }: TestSnapshot,
  { scopes, directory }: TestPorts,
  signal: AbortSignal,
): Promise<DirectoryReading> {
  const { namespace, aws, instanceID: text } = reader;
  const instanceID = parseInstanceId(text);
  if (run.reader === undefined || domain.kind !== "found" || instanceID === undefined) return { kind: "pending" };
  const resolution = await scopes.resolve(
    {
      namespace,
      region: aws.region,
      ...(aws.serviceAccountRef === undefined ? {} : { serviceAccountName: aws.serviceAccountRef.name }),
      ...(aws.assumeRole === undefined ? {} : { assumeRoleARN: aws.assumeRole.roleARN }),
    },
    signal,
  );
  if (resolution.kind === "refused") return { kind: "failed", failure: resolution.failure };
  return directory.readGroup(
    {
      scope: resolution.scope,
      instanceID,
      operationID: run.reader.operationID,
      domainName: domain.object.spec.dnsName,
      groupID: run.groupID,
      startedAtMs: Date.parse(run.reader.startedAt),
      deadlineMs,
    },
    signal,
  );
}

/** This host did not tell: the next one is asked, and when all were asked nothing is proven. */
function nextHost(run: TestRun, failure: Failure | undefined, snapshot: TestSnapshot): TestOutcome {
  const tried = [...(run.tried ?? []), ...(run.reader === undefined ? [] : [readerPath(run.reader)])].slice(-TRIED_MAX);
  const { reader: _left, ...rest } = run;
  const next = nextReader({ ...rest, tried }, snapshot);
  if (next !== undefined) return { status: { ...snapshot.test.status, run: next }, revisitMs: 0 };
  if (run.phase === "Before") return provisionNow(run, snapshot);
  if (tried.length === 0) return end(run, NO_READER, snapshot);
  // They were Ready and told nothing, perhaps because nobody was there to hear them: not for want of an agent, so it is tried again by itself.
  const why = failure === undefined ? "none answered in time." : sentenceOf(failure);
  const message = `No host that was asked told what AD holds: ${why} It is run again.`;
  return end(run, { result: "Unknown", reason: "DirectoryNotRead", message }, snapshot);
}
const TRIED_MAX = 10;

async function judgeRead(
  run: TestRun,
  facts: GroupFacts,
  snapshot: TestSnapshot,
  access: EntraAccess,
  ports: TestPorts,
  signal: AbortSignal,
): Promise<TestOutcome> {
  const { test, configuration, nowMs } = snapshot;
  const freshness = afterRead(test.status.freshness, {
    directoryHash: facts.memberHash,
    atText: rfc3339Seconds(nowMs),
    by: run.phase === "Before" ? "Job" : "Test",
  });
  const fresh = { ...snapshot, test: { ...test, status: { ...test.status, ...(freshness && { freshness }) } } };
  if (run.phase === "Before") return provisionNow(run, fresh);
  const listing = await ports.entra.groups.members(access, run.groupID, signal);
  const members = listing.kind === "complete" ? comparableMembers(listing.items) : undefined;
  const { verdict, drift } = judgeProof({
    expect: test.spec.expect,
    facts,
    members,
    testedIDs: run.memberIDs,
    declaredContainer: configuration?.spec.entraToAD?.targetContainer.constant,
    isJobRunning: configuration !== undefined && isJobRunning(configuration),
  });
  const factor = LOOK_DELAY_FACTORS[run.attempts - 1];
  if (verdict.result !== "Passed" && mayBeReplication(verdict) && factor !== undefined)
    return lookLater(run, factor * ports.directoryLookDelayMs, fresh);
  const directory = {
    ...(facts.distinguishedName === null ? {} : { distinguishedName: facts.distinguishedName }),
    domainController: facts.domainController,
    ...(facts.memberCount === null ? {} : { memberCount: facts.memberCount }),
    readBy: run.reader === undefined ? "" : readerPath(run.reader),
  };
  return end(run, verdict, fresh, { directory, ...(drift.length === 0 ? {} : { drift }) });
}

function lookLater(run: TestRun, delayMs: number, snapshot: TestSnapshot): TestOutcome {
  const { reader: _answered, ...rest } = run;
  const retryAt = rfc3339Seconds(snapshot.nowMs + delayMs);
  const again = { ...rest, attempts: run.attempts + 1, retryAt };
  return { status: { ...snapshot.test.status, run: again }, revisitMs: delayMs };
}

function provisionNow(run: TestRun, snapshot: TestSnapshot): TestOutcome {
  const { reader: _done, tried: _tried, ...rest } = run;
  return {
    status: { ...snapshot.test.status, run: { ...rest, phase: "Provision", batch: 0, attempts: 1 } },
    revisitMs: 0,
  };
}
