/**
 * Decides what is written of a configuration's secrets and schema, and when.
 * Guarantees: one document a pass; nothing that shrinks or moves more than the declared budget, or what cannot be counted, without an approval of that plan (S6);
 * a fight with foreign hands ends here; an adopted configuration is shown before it is changed, and paused where its gate is not open.
 */
import { canonicalJSON } from "../../runtime/canonical-json.ts";
import { sentenceOf } from "../../runtime/failure.ts";
import { sha256Hex } from "../../runtime/hash.ts";
import { judgeApproval, planHash, planOf, PLAN_LIFE_MS, type Plan } from "../approval.ts";
import { ANNOTATIONS } from "../../api/kinds.ts";
import { hold, type ConfigurationAction, type Hold } from "./action.ts";
import { judgeAllScope, reachesIntoAll } from "./all-scope.ts";
import { changeContent, UNVERIFIED, wantedHash, type Assessment } from "./assessment.ts";
import { CONFIGURATION_BOUNDS } from "./bounds.ts";
import { judgeGate } from "./gate.ts";
import { canShrinkOrMove, hasRun, impactOf, NO_IMPACT, provisionedGroups, type Impact } from "./impact.ts";
import type { ConfigurationSnapshot } from "./snapshot.ts";

/** `undefined`: nothing of the documents is left to do. */
export function decideChange(snapshot: ConfigurationSnapshot, found: Assessment): ConfigurationAction | undefined {
  const refusal = refusalOf(found);
  if (refusal !== undefined) return refusal;
  if (found.secrets.kind !== "different" && found.schema?.kind !== "different") return undefined;
  if (snapshot.mode.kind !== "enforce") return hold("waiting", snapshot.mode.reason, snapshot.mode.message);
  const shown = shownFirst(snapshot, found);
  if (shown !== undefined) return shown;
  const contest = contestOf(snapshot, found);
  if (contest !== undefined) return contest;
  const verdict = judgeImpact(snapshot, found);
  if (verdict.kind === "hold") return verdict;
  return pausedFirst(snapshot, found) ?? write(snapshot, found, verdict.approved);
}

function refusalOf(found: Assessment): Hold | undefined {
  const { secrets, schema, declared, drift } = found;
  if (schema?.kind === "refused") return hold("stalled", schema.reason, schema.message);
  if (secrets.kind === "blocked") {
    const message = `Secrets cannot be written whole, because Entra masks ${secrets.keys.slice(0, 3).join(", ")} and a replacement would lose it: remove that key or set the differences of status.drift in the portal.`;
    return hold("stalled", "MaskedSecret", message);
  }
  if (drift.some(({ path }) => path.startsWith("scope.mode"))) {
    const message = `How Entra stores scope.mode ${declared.scope.mode} is not published: switch it in the portal, or start the operator with --allow-unverified=${UNVERIFIED.allScope}.`;
    return hold("stalled", "UnverifiedStorage", message);
  }
  return allScopeRefusal(found);
}

function allScopeRefusal({ edit, shell, declared }: Assessment): Hold | undefined {
  if (declared.scope.mode === "All" && (declared.scope.attributeFilters ?? []).length === 0) {
    const message =
      "scope.mode All without a filter lets the vendor evaluate every object in each cycle, so nothing is written: name what is meant in scope.attributeFilters, or set scope.mode to Selected.";
    return hold("stalled", "AllWithoutFilter", message);
  }
  if (edit === undefined || !reachesIntoAll(edit)) return undefined;
  const { allScope } = shell;
  if (allScope?.kind === "read") return judgeAllScope(allScope.scope);
  const message = `Whether scope.mode All keeps the vendor's limits is not known. ${allScope === undefined ? "" : sentenceOf(allScope.failure)}`;
  return hold(allScope?.failure.class === "Denied" ? "stalled" : "waiting", "ScopeUnread", message);
}

/** Adoption writes nothing before its differences stand in status (and never in Observe). */
function shownFirst({ configuration }: ConfigurationSnapshot, { drift }: Assessment): ConfigurationAction | undefined {
  const { adoption } = configuration.status;
  if (adoption === undefined) return undefined;
  if (adoption.shownDrift !== undefined) return undefined;
  return { kind: "showDrift", hash: `sha256:${sha256Hex(canonicalJSON(drift))}` };
}

function documentToWrite({ secrets, schema, wantedSecrets, wantedSchema }: Assessment) {
  // Into All the filters go first, out of All the switch: in between fewer objects are in scope, never more.
  const isSchemaFirst = wantedSecrets.isAllScope === true;
  const secretsWrite =
    secrets.kind === "different"
      ? { document: "Secrets" as const, secrets, hash: wantedHash(wantedSecrets) }
      : undefined;
  const schemaWrite =
    schema?.kind === "different" ? { document: "Schema" as const, schema, hash: wantedHash(wantedSchema) } : undefined;
  return isSchemaFirst ? (schemaWrite ?? secretsWrite) : (secretsWrite ?? schemaWrite);
}

function contestOf({ configuration, nowMs }: ConfigurationSnapshot, found: Assessment): Hold | undefined {
  const next = documentToWrite(found);
  const before = configuration.status.written?.find(({ document }) => document === next?.document);
  if (next === undefined || before?.hash !== next.hash) return undefined;
  if (before.confirmed === undefined && nowMs - Date.parse(before.at) < CONFIGURATION_BOUNDS.readBackMs)
    return hold("waiting", "AwaitingReadBack", `${next.document} were written and are not read back yet.`);
  const isContest = nowMs - Date.parse(before.since) < CONFIGURATION_BOUNDS.foreignWritesWindowMs;
  if (!isContest || before.count < CONFIGURATION_BOUNDS.foreignWritesMax) return undefined;
  return hold(
    "stalled",
    "ForeignWrites",
    `Somebody else changes the ${next.document.toLowerCase()} back each time (status.drift says what): nothing more is written until they stop and the declaration is changed, or a day has passed.`,
  );
}

type ImpactVerdict = Hold | { readonly kind: "allowed"; readonly approved: Plan | undefined };

function judgeImpact(snapshot: ConfigurationSnapshot, found: Assessment): ImpactVerdict {
  const { configuration, permissions, nowMs } = snapshot;
  const impact = impactIn(found);
  if ("kind" in impact) return impact;
  const { maxLeaving, maxMoving } = configuration.spec.change;
  const isWithin =
    impact.leaving !== undefined &&
    impact.moving !== undefined &&
    impact.leaving.length <= maxLeaving &&
    impact.moving.length <= maxMoving;
  if (isWithin) return { kind: "allowed", approved: undefined };
  const content = {
    configurationUID: configuration.metadata.uid,
    servicePrincipalID: found.shell.servicePrincipal.id,
    jobID: found.job.id,
    change: changeContent(found),
    leaving: impact.leaving ?? null,
    moving: impact.moving ?? null,
  };
  const { approved } = configuration.status;
  const isUnderWay =
    approved?.purpose === "Change" &&
    approved.hash === planHash(content, approved.serial) &&
    nowMs - Date.parse(approved.since) < PLAN_LIFE_MS;
  if (isUnderWay)
    return { kind: "allowed", approved: { hash: approved.hash, serial: approved.serial, expiresAtMs: nowMs + 1 } };
  const plan = planFor(snapshot, content);
  const approval = judgeApproval(
    {
      plan,
      approved: configuration.spec.approvals?.plan,
      consumed: configuration.status.plan?.consumed,
      isTrusted: permissions.isApprovalTrusted,
    },
    nowMs,
  );
  if (approval.kind === "approved") return { kind: "allowed", approved: plan };
  const shown = {
    plan,
    leaving: impact.leaving?.length,
    moving: impact.moving?.length,
    sample: sampleOf(found, impact),
  };
  const what = `${countText(impact.leaving)} objects leave scope and ${countText(impact.moving)} move, and spec.change allows ${maxLeaving} and ${maxMoving}`;
  const reason = approval.kind === "refused" ? approval.reason : "AwaitingApproval";
  const message = `${what}: ${approval.kind === "refused" ? approval.message : "approve it with approvals.plan: status.plan.hash, or take the edit back."}`;
  return { ...hold(reason === "PlanExpired" ? "stalled" : "person", reason, message), plan: shown };
}

/** An annotation that asks for it makes a plan anew, under the next serial. */
export function planFor({ configuration, nowMs }: ConfigurationSnapshot, content: object): Plan {
  const { plan: stored, lastHandledRequest } = configuration.status;
  const isAsked = (configuration.metadata.annotations?.[ANNOTATIONS.requestedAt] ?? "") !== (lastHandledRequest ?? "");
  const isOld = stored?.expiresAt !== undefined && nowMs >= Date.parse(stored.expiresAt);
  return planOf(content, isAsked && isOld ? { ...stored, consumed: stored.hash } : stored, nowMs);
}

function impactIn({ edit, job, shell }: Assessment): Impact | Hold {
  const isDomainReplaced = edit?.before.domain !== undefined && edit.before.domain !== edit.after.domain;
  if (isDomainReplaced) return { leaving: undefined, moving: undefined };
  if (edit === undefined || !hasRun(job) || !canShrinkOrMove(edit)) return NO_IMPACT;
  const { population } = shell;
  if (population === undefined) return { leaving: undefined, moving: undefined };
  if (population.kind === "failed")
    return hold(
      "waiting",
      "ScopeUnread",
      `What the edit lets leave or move cannot be counted yet. ${sentenceOf(population.failure)}`,
    );
  return impactOf(edit, population, provisionedGroups(job));
}

function sampleOf({ drift, shell }: Assessment, { leaving, moving }: Impact): readonly string[] {
  const groups =
    shell.population?.kind === "read" ? [...(shell.population.groups ?? []), ...shell.population.assigned] : [];
  const nameOf = (id: string): string => groups.find((group) => group.id === id)?.displayName ?? id;
  return [
    ...drift.map(({ path, wanted, found }) => `${path}: ${found ?? "absent"} -> ${wanted ?? "absent"}`),
    ...(leaving ?? []).map((id) => `leaves: ${nameOf(id)}`),
    ...(moving ?? []).map((id) => `moves: ${nameOf(id)}`),
  ].map((line) => line.slice(0, 256));
}

function countText(ids: readonly string[] | undefined): string {
  return ids === undefined ? "an unknown number of" : String(ids.length);
}

/** A running job that was taken over is paused before its first change, unless it may run without a test. */
function pausedFirst(snapshot: ConfigurationSnapshot, { job }: Assessment): ConfigurationAction | undefined {
  const { configuration, gate } = snapshot;
  const { adoption, gate: started } = configuration.status;
  const isProven = adoption === undefined || started !== undefined;
  if (isProven || !["Active", "NotRun"].includes(job.status.code)) return undefined;
  // The gate can only pass for the schema that is about to be written, so never now.
  const isFree = judgeGate(configuration, gate, "").kind === "open";
  return isFree ? undefined : { kind: "pause", jobID: job.id, reason: "ChangedAfterAdoption" };
}

function write(
  { configuration }: ConfigurationSnapshot,
  found: Assessment,
  approved: Plan | undefined,
): ConfigurationAction {
  const next = documentToWrite(found);
  if (next === undefined) throw new Error("a change without a document to write");
  const ran = hasRun(found.job);
  const isApproved = approved === undefined ? {} : { approved };
  if (next.document === "Secrets") {
    const isScopeChanged = next.secrets.differences.some(
      ({ path }) => path === "secrets.Domain" || path === "secrets.SyncAll",
    );
    return {
      kind: "replaceSecrets",
      secrets: next.secrets.secrets,
      hash: next.hash,
      isRestartOwed: ran && isScopeChanged,
      ...isApproved,
    };
  }
  const names = found.wantedSchema.filters.map(({ name }) => name);
  // Written before the PUT with the old names too: a crash in between forgets none of ours.
  const ownedFilters = [...new Set([...(configuration.status.ownedFilters ?? []), ...names])].sort();
  return {
    kind: "replaceSchema",
    jobID: found.job.id,
    schema: next.schema.schema,
    hash: next.hash,
    ownedFilters,
    isRestartOwed: ran,
    ...isApproved,
  };
}
