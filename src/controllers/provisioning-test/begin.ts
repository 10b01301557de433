/**
 * Prepares a run: which group, which members, under which rule; reads only. What is decided here is stored before the first call that writes.
 * Guarantees: a live job read stands before every run (S6); members are chosen from a complete list of direct members only.
 */
import type { RunCause } from "../../api/provisioning-test.ts";
import type { EntraAccess } from "../../entra/access/port.ts";
import type { Group, Member } from "../../entra/groups/port.ts";
import type { JsonObject } from "../../entra/schema/port.ts";
import { rfc3339Seconds } from "../../kube/conditions.ts";
import { sha256Hex } from "../../runtime/hash.ts";
import { RUN_TIMEOUT_MS } from "../../sync/provisioning-test/decide.ts";
import { afterLook, isChangeOpen, membersInEntra } from "../../sync/provisioning-test/freshness.ts";
import { chooseMembers, comparableMembers } from "../../sync/provisioning-test/members.ts";
import { groupJob, quarantined, type Refusal } from "../../sync/provisioning-test/refusal.ts";
import type { TestRun, TestSnapshot } from "../../sync/provisioning-test/snapshot.ts";
import { withheldBy, type TestOutcome } from "./outcome.ts";
import type { TestPorts } from "./ports.ts";
import { nextReader } from "./read.ts";

/** What is not there may come, and nothing tells when. */
const WITHHELD_REVISIT_MS = 2 * 60_000;

interface Begun {
  readonly cause: RunCause;
  readonly request?: string;
}

export async function beginRun(
  begun: Begun,
  snapshot: TestSnapshot,
  access: EntraAccess,
  ports: TestPorts,
  signal: AbortSignal,
): Promise<TestOutcome> {
  const { test, configuration, nowMs } = snapshot;
  const withheld = (refusal: Refusal): TestOutcome => ({
    status: test.status,
    withheld: refusal,
    revisitMs: WITHHELD_REVISIT_MS,
  });
  const ruleID = await readRule(snapshot, access, ports, signal);
  if (typeof ruleID !== "string") return withheld(ruleID);
  const group = await readGroup(snapshot, access, ports, signal);
  if ("reason" in group) return withheld(group);
  const members = await readMembers(snapshot, group, access, ports, signal);
  if (members !== undefined && "reason" in members) return withheld(members);
  const chosen = chooseMembers(test, members ?? []);
  if (chosen.kind === "refused") return withheld({ ...chosen, isStalled: true });
  const startedAt = rfc3339Seconds(nowMs);
  const freshness = afterLook(test.status.freshness, {
    members: membersInEntra(members === undefined ? undefined : comparableMembers(members)),
    atText: startedAt,
  });
  const run: TestRun = {
    id: sha256Hex("run", test.metadata.uid, test.metadata.generation ?? 0, startedAt).slice(0, 16),
    ...begun,
    startedAt,
    deadline: rfc3339Seconds(nowMs + RUN_TIMEOUT_MS),
    generation: test.metadata.generation ?? 0,
    ...(configuration?.status.schemaHash === undefined ? {} : { schemaHash: configuration.status.schemaHash }),
    ruleID,
    groupID: group.id,
    memberIDs: chosen.ids.slice(),
    phase: "Provision",
    batch: 0,
    attempts: 1,
  };
  // Only before the run AD shows what the job carried by itself.
  const looksBefore = test.spec.expect.verify === "Directory" && isChangeOpen(freshness);
  const before = looksBefore ? nextReader({ ...run, phase: "Before" }, snapshot) : undefined;
  return {
    status: { ...test.status, ...(freshness === undefined ? {} : { freshness }), run: before ?? run },
    revisitMs: 0,
  };
}

/** The job as it is now, and the one rule of its schema: ids of rules are read, never known (entra-graph reference, 1). */
async function readRule(
  { configuration }: TestSnapshot,
  access: EntraAccess,
  { entra }: TestPorts,
  signal: AbortSignal,
): Promise<string | Refusal> {
  const servicePrincipalID = configuration?.status.servicePrincipalID;
  const jobID = configuration === undefined ? undefined : groupJob(configuration)?.id;
  if (servicePrincipalID === undefined || jobID === undefined)
    throw new Error("a run was to begin before its configuration stands in Entra");
  const address = { servicePrincipalID, jobID };
  const job = await entra.jobs.job(access, address, signal);
  if (job.kind === "failed") return withheldBy(job.failure);
  if (job.kind === "missing")
    return waiting("JobNotFound", "Graph does not show the job of the configuration: it is looked for again.");
  const { quarantine, code } = job.value.status;
  if (quarantine !== undefined || code.toLowerCase() === "quarantine")
    return quarantined(quarantine?.reason ?? "Quarantine");
  const schema = await entra.schema.read(access, address, signal);
  if (schema.kind === "failed") return withheldBy(schema.failure);
  const ruleID = schema.kind === "found" ? firstRuleID(schema.value) : undefined;
  return ruleID ?? waiting("RuleNotFound", "The job's schema shows no synchronization rule: it is read again.");
}

function firstRuleID(schema: JsonObject): string | undefined {
  const rules = schema["synchronizationRules"];
  const rule: unknown = Array.isArray(rules) ? rules[0] : undefined;
  const id = typeof rule === "object" && rule !== null && "id" in rule ? rule.id : undefined;
  return typeof id === "string" && id !== "" ? id : undefined;
}

async function readGroup(
  { test }: TestSnapshot,
  access: EntraAccess,
  { entra }: TestPorts,
  signal: AbortSignal,
): Promise<Group | Refusal> {
  const { id, displayName } = test.spec.subject.group ?? {};
  if (id !== undefined) {
    const reading = await entra.groups.group(access, id, signal);
    if (reading.kind === "failed") return withheldBy(reading.failure);
    return reading.kind === "found" ? reading.value : notThere(`with the id ${id}`);
  }
  if (displayName === undefined) throw new Error("a run was to begin without a group");
  const listing = await entra.groups.byDisplayName(access, displayName, signal);
  if (listing.kind !== "complete") return withheldBy(listing.failure);
  const exact = listing.items.filter((group) => group.displayName === displayName);
  const [only, second] = exact;
  if (only === undefined) return notThere(`named ${displayName}`);
  if (second === undefined) return only;
  const message = `${exact.length} groups are named ${displayName}: set subject.group.id.`;
  return { reason: "SubjectAmbiguous", message, isStalled: true };
}

/** Deleted, or not made yet: neither is a failure of the configuration. */
function notThere(which: string): Refusal {
  return waiting("SubjectNotFound", `Entra shows no group ${which}; deleted groups cannot be tested.`);
}

/** `undefined`: nothing of the test asks for members. */
async function readMembers(
  { test }: TestSnapshot,
  group: Group,
  access: EntraAccess,
  { entra }: TestPorts,
  signal: AbortSignal,
): Promise<readonly Member[] | Refusal | undefined> {
  const { subject, expect } = test.spec;
  if (subject.members === undefined && expect.verify === "Graph") return undefined;
  const listing = await entra.groups.members(access, group.id, signal);
  return listing.kind === "complete" ? listing.items : withheldBy(listing.failure);
}

function waiting(reason: string, message: string): Refusal {
  return { reason, message, isStalled: false };
}
