/**
 * What a pool's status says to people and tools.
 * Guarantees: Ready is computed; `kubectl get` alone tells how many of how many, where, and the first thing wrong; nothing moves at rest (L1).
 */
import { countBy } from "../placement.ts";
import { compareVersions } from "../version.ts";
import type { PoolAction } from "./decide.ts";
import { effectiveMinHealthy, isStaying, type PoolAgent, type PoolSnapshot } from "./snapshot.ts";

export interface ConditionFinding {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
}

export function poolFindings(snapshot: PoolSnapshot, action: PoolAction): readonly ConditionFinding[] {
  const wrong = firstWrong(snapshot, action);
  const isDeleting = snapshot.pool.metadata.deletionTimestamp !== undefined;
  const ready: ConditionFinding =
    (wrong === undefined || wrong.leavesReady === true) && !isDeleting
      ? {
          type: "Ready",
          status: "True",
          reason: "Ready",
          message: `${poolCounts(snapshot).readyReplicas} of ${snapshot.pool.spec.replicas} agents are Ready.`,
        }
      : {
          type: "Ready",
          status: "False",
          reason: isDeleting ? "Deleting" : (wrong?.reason ?? "Progressing"),
          message: wrong?.message ?? "",
        };
  return [
    ready,
    preflightFinding(snapshot),
    availableFinding(snapshot),
    desiredVersionFinding(snapshot),
    remediationFinding(snapshot, action),
    secretsFinding(snapshot),
    rightsFinding(snapshot),
    ...progressFindings(snapshot, action, wrong),
    pausedFinding(snapshot),
  ];
}

export function poolCounts(snapshot: PoolSnapshot): {
  replicas: number;
  readyReplicas: number;
  updatedReplicas: number;
  minHealthy: number;
} {
  const { agents, pool } = snapshot;
  return {
    replicas: agents.length,
    readyReplicas: agents.filter(({ isReady }) => isReady).length,
    updatedReplicas: agents.filter((agent) => agent.isCurrent && isStaying(agent)).length,
    minHealthy: effectiveMinHealthy(pool.spec),
  };
}

/** The columns of `kubectl get csap`. */
export function poolSummary(
  snapshot: PoolSnapshot,
  action: PoolAction,
): { ready: string; zones?: string; version?: string; entra: string; reason: string } {
  const { agents, pool } = snapshot;
  const zones = [
    ...countBy(
      agents
        .filter((agent) => isStaying(agent) && agent.host !== "unlaunched")
        .map(({ place }) => place.availabilityZone),
    ),
  ].sort(([a], [b]) => (a < b ? -1 : 1));
  const versions = [...new Set(agents.flatMap(({ version }) => (version === undefined ? [] : [version])))].sort(
    compareVersions,
  );
  const wrong = firstWrong(snapshot, action);
  const isDeleting = pool.metadata.deletionTimestamp !== undefined;
  const [oldest, newest] = [versions[0], versions.at(-1)];
  return {
    ready: `${poolCounts(snapshot).readyReplicas}/${pool.spec.replicas}`,
    ...(zones.length === 0
      ? {}
      : {
          zones: zones
            .map(([zone, count]) => `${shortZone(zone)}:${count}`)
            .join(",")
            .slice(0, 128),
        }),
    ...(oldest === undefined || newest === undefined
      ? {}
      : { version: oldest === newest ? oldest : `${oldest}-${newest}` }),
    entra: snapshot.entra.status === "True" ? "Ok" : snapshot.entra.reason,
    reason: isDeleting ? "Deleting" : (wrong?.shown ?? wrong?.reason ?? "Ready"),
  };
}

/** The host offered to a person: the oldest that waits, and none while it is not finished (S11). */
export function awaitingRegistrationOn({ agents, pool }: PoolSnapshot): string | undefined {
  const waiting = agents.filter(({ isAwaitingPerson, isDeleting }) => isAwaitingPerson && !isDeleting);
  const current = waiting.find(({ name }) => name === pool.status.awaitingRegistrationOn);
  return (
    current ??
    [...waiting].sort((a, b) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : a.slot - b.slot))[0]
  )?.name;
}

interface Wrong {
  readonly reason: string;
  readonly message: string;
  readonly isStalled?: boolean;
  /** The pool does what it is for all the same. */
  readonly leavesReady?: boolean;
  /** What the REASON column says; absent: the reason. Which agent it is matters more to who looks than the condition's one word. */
  readonly shown?: string;
}

/** Nothing more is launched before a person has looked at what is there. */
const NEEDS_PERSON: ReadonlySet<string> = new Set(["UnclaimedInstances", "AgentNameTaken"]);

function firstWrong(snapshot: PoolSnapshot, action: PoolAction): Wrong | undefined {
  const { preflight, agents, pool } = snapshot;
  if (action.kind === "hold" && NEEDS_PERSON.has(action.reason)) return { ...action, isStalled: true };
  if (preflight.kind !== "passed")
    return { reason: preflight.reason, message: preflight.message, isStalled: preflight.kind === "refused" };
  const staying = agents.filter(isStaying);
  const stalled = firstStalled(staying.filter((agent) => !servesAllTheSame(agent)));
  if (stalled !== undefined) return stalled;
  const failing = agents.find(({ firstFailure, isDeleting }) => firstFailure !== undefined && !isDeleting);
  if (failing?.firstFailure !== undefined) {
    const { reason, message } = failing.firstFailure;
    return {
      reason,
      message: `${named(failing)}: ${message}`,
      shown: `${failing.name}: ${reason}`,
    };
  }
  const counts = countsWrong(staying, pool.spec.replicas);
  // What withholds action is wrong only while something is missing: a paused pool that is complete stays Ready.
  if (counts !== undefined && action.kind === "hold") return { reason: action.reason, message: action.message };
  const open = firstStalled(staying.filter(servesAllTheSame));
  return counts ?? (open === undefined ? undefined : { ...open, leavesReady: true });
}

function firstStalled(agents: readonly PoolAgent[]): Wrong | undefined {
  const agent = agents.find(({ stall }) => stall !== undefined);
  if (agent?.stall === undefined) return undefined;
  const { reason, message } = agent.stall;
  return { reason, message: `${named(agent)}: ${message}`, shown: `${agent.name}: ${reason}`, isStalled: true };
}

/** A Ready agent waits for a person only because its host can read secrets that it needs no more, or because the gMSA has lost a right. */
function servesAllTheSame({ isReady, stall, secrets, rights }: PoolAgent): boolean {
  if (!isReady || stall === undefined) return false;
  return [secrets, rights].some((side) => side?.status !== "True" && side?.reason === stall.reason);
}

/** What such an agent complains of may be corrected already, in a template that it will never see. Said first: long messages are cut. */
function named({ name, isCurrent, host }: PoolAgent): string {
  const isStuck = !isCurrent && host !== "unlaunched";
  return isStuck ? `${name}, made from an earlier template (delete it to start over)` : name;
}

function countsWrong(staying: readonly PoolAgent[], replicas: number): Wrong | undefined {
  const readyCount = staying.filter(({ isReady }) => isReady).length;
  if (readyCount < replicas) {
    const open = staying.filter(({ isReady }) => !isReady);
    const names = open.map(({ name }) => name).slice(0, 5);
    return {
      reason: staying.some(({ isAwaitingPerson }) => isAwaitingPerson) ? "AwaitingPerson" : "AgentsNotReady",
      // How far each one is, its own line of `kubectl get csa` says: here it would cost a write for each of its steps (C3).
      message: names.length === 0 ? "Agents are being created." : `Not Ready yet: ${names.join(", ")}.`,
    };
  }
  if (staying.length > replicas)
    return { reason: "ScalingDown", message: "Agents above spec.replicas are leaving one by one." };
  const outdated = staying.filter(({ isCurrent }) => !isCurrent).map(({ name }) => name);
  if (outdated.length > 0) {
    const message = `${outdated.slice(0, 5).join(", ")} come from an earlier template or stand in a subnet that the pool gave up: delete them one by one to replace them (planned rollouts are not part of this version).`;
    return { reason: "OutdatedAgents", message };
  }
  return undefined;
}

/**
 * What the pool can tell before anything leaves for AWS, and then what its hosts tell. A host whose preflight failed makes it False, and keeps no other
 * from being launched: the next host may be another. Checks that failed in a preflight that passed are told and refuse nothing (fleet/agent/steps.ts).
 */
function preflightFinding({ preflight, agents }: PoolSnapshot): ConditionFinding {
  const type = "PreflightPassed";
  if (preflight.kind !== "passed")
    return { type, status: "False", reason: preflight.reason, message: preflight.message };
  const staying = agents.filter(isStaying);
  const failed = staying.find(({ hostPreflight }) => hostPreflight?.isFailed === true);
  if (failed?.hostPreflight !== undefined) {
    const { reason, message } = failed.hostPreflight;
    return { type, status: "False", reason, message: `${named(failed)}: ${message}` };
  }
  // Without names: each further host that finds the same would cost a write (C3).
  const found = [...new Set(staying.flatMap(({ hostPreflight }) => hostPreflight?.message ?? []))].sort();
  const notes = found.length === 0 ? [] : [`Hosts say: ${found.join(" ")}`];
  return { type, status: "True", reason: "Passed", message: [preflight.notice ?? [], notes].flat().join(" ") };
}

function availableFinding(snapshot: PoolSnapshot): ConditionFinding {
  const { readyReplicas, minHealthy } = poolCounts(snapshot);
  const type = "Available";
  if (readyReplicas >= minHealthy) return { type, status: "True", reason: "FloorHeld", message: "" };
  return { type, status: "False", reason: "BelowFloor", message: `Fewer than ${minHealthy} agents are Ready.` };
}

function desiredVersionFinding({ agents, preflight }: PoolSnapshot): ConditionFinding {
  const type = "AtDesiredVersion";
  if (preflight.kind !== "passed") return { type, status: "Unknown", reason: "PreflightOpen", message: "" };
  const outdated = agents.filter((agent) => isStaying(agent) && !agent.isCurrent);
  if (outdated.length === 0) return { type, status: "True", reason: "AllCurrent", message: "" };
  return {
    type,
    status: "False",
    reason: "OutdatedAgents",
    message: outdated
      .map(({ name }) => name)
      .slice(0, 10)
      .join(", "),
  };
}

/** In this version only dead hosts are replaced; what withholds that is named. */
function remediationFinding({ mode, pool }: PoolSnapshot, action: PoolAction): ConditionFinding {
  const type = "RemediationAllowed";
  if (mode.kind !== "enforce") return { type, status: "False", reason: mode.reason, message: mode.message };
  if (pool.metadata.deletionTimestamp !== undefined) return { type, status: "False", reason: "Deleting", message: "" };
  const isWithheld = action.kind === "hold" && action.reason !== "NoRoomToLaunch";
  if (isWithheld) return { type, status: "False", reason: action.reason, message: action.message };
  return { type, status: "True", reason: "DeadHostsAreReplaced", message: "" };
}

/** What keeps hosts able to read the secrets of their set-up: of all agents, those on their way out too, because their hosts still run. */
function secretsFinding({ pool, agents }: PoolSnapshot): ConditionFinding {
  const type = "SecretsReleased";
  if (pool.spec.aws.bootstrapInstanceProfile === undefined) {
    const message =
      "aws.bootstrapInstanceProfile is not named: whatever the one profile may read, hosts may read for good.";
    return { type, status: "Unknown", reason: "NoBootstrapProfile", message };
  }
  const open = agents.filter(
    ({ secrets, host }) => secrets?.status !== "True" && host !== "gone" && host !== "unlaunched",
  );
  const worst = open.find(({ secrets }) => secrets?.status === "False") ?? open[0];
  if (worst === undefined) return { type, status: "True", reason: "SecretsDenied", message: "" };
  const names = open.map(({ name, secrets }) => `${name} (${secrets?.reason ?? "NotJudged"})`).slice(0, 5);
  const message = `Not closed yet: ${names.join(", ")}.`;
  return { type, status: worst.secrets?.status ?? "Unknown", reason: worst.secrets?.reason ?? "NotJudged", message };
}

/** The rights belong to the account, not to a host: what one host misses, all miss, and what one has found is there. */
function rightsFinding({ agents }: PoolSnapshot): ConditionFinding {
  const type = "RightsEffective";
  const judged = agents.filter(isStaying);
  const missing = judged.filter(({ rights }) => rights?.status === "False");
  const [first] = missing;
  if (first?.rights !== undefined) {
    const names = missing.map(({ name }) => name).slice(0, 5);
    const message = `Say ${names.join(", ")}; their condition RightsEffective names the right and the object.`;
    return { type, status: "False", reason: first.rights.reason, message };
  }
  if (judged.some(({ rights }) => rights?.status === "True"))
    return { type, status: "True", reason: "RightsVerified", message: "" };
  const [known] = judged.flatMap(({ rights }) => rights ?? []);
  return { type, status: "Unknown", reason: known?.reason ?? "AwaitingVerification", message: "" };
}

function progressFindings(
  { pool }: PoolSnapshot,
  action: PoolAction,
  wrong: Wrong | undefined,
): readonly ConditionFinding[] {
  const isDeleting = pool.metadata.deletionTimestamp !== undefined;
  const isStalled = wrong?.isStalled === true;
  const isMoving = (wrong !== undefined && !isStalled) || isDeleting;
  const word = action.kind === "hold" ? action : wrong;
  const moving = {
    reason: wrong?.reason === "AwaitingPerson" ? "AwaitingPerson" : (word?.reason ?? "Deleting"),
    message: word?.message ?? "",
  };
  return [
    isStalled
      ? { type: "Stalled", status: "True", reason: wrong.reason, message: wrong.message }
      : { type: "Stalled", status: "False", reason: "NotStalled", message: "" },
    isMoving
      ? { type: "Reconciling", status: "True", ...moving }
      : { type: "Reconciling", status: "False", reason: isStalled ? "Stalled" : "AtRest", message: "" },
    isMoving
      ? { type: "Progressing", status: "True", ...moving }
      : { type: "Progressing", status: "False", reason: isStalled ? "Stalled" : "AtRest", message: "" },
  ];
}

function pausedFinding({ mode }: PoolSnapshot): ConditionFinding {
  const isPaused = mode.kind === "paused";
  return {
    type: "Paused",
    status: isPaused ? "True" : "False",
    reason: mode.kind === "enforce" ? "NotPaused" : mode.reason,
    message: mode.kind === "enforce" ? "" : mode.message,
  };
}

/** "ap-northeast-1a" is "1a" to a person who knows the pool's Region. */
function shortZone(zone: string): string {
  return /(\d+[a-z])$/.exec(zone)?.[1] ?? zone;
}
