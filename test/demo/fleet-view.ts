/** The fleet as lines for people: the pool in one, each agent in one. Pure but for {@link fleetSubject}, which reads. */
import { table } from "../../sim/src/cli/table.ts";
import { conditionOf, type Agent, type Fleet, type FleetReader } from "./fleet.ts";
import type { Subject } from "./follow.ts";
import type { Journal } from "./journal.ts";

export function fleetSubject(reader: FleetReader, journal: Journal): Subject<Fleet> {
  return {
    read: () => reader.read(),
    table: fleetTable,
    lines: fleetLines,
    remember: (fleet, nowMs) => journal.observe(fleet, nowMs),
    firstFailingLink,
    isStalled: ({ pool }) => conditionOf(pool, "Stalled")?.status === "True",
  };
}

/** A table for a terminal that is redrawn: ages move. */
export function fleetTable({ pool, agents }: Fleet, nowMs: number): readonly string[] {
  const head = ["AGENT", "PHASE", "AZ", "INSTANCE", "VERSION", "FIRST FAILURE", "AGE"];
  const rows = agents.map((agent) => [...cellsOf(agent), ageOf(agent.metadata.creationTimestamp, nowMs)]);
  return [poolLine(pool), ...table(head, rows).trimEnd().split("\n")].map((line) => `  ${line}`);
}

/** Lines that change only when something happened: for a log. */
export function fleetLines({ pool, agents }: Fleet): readonly string[] {
  return [poolLine(pool), ...agents.map((agent) => `agent ${cellsOf(agent).join("  ")}`)];
}

function poolLine(pool: Fleet["pool"]): string {
  const { ready, zones, reason } = pool.status?.summary ?? {};
  return `pool ${pool.metadata.name}  ${ready ?? `0/${pool.spec.replicas}`}  ${zones ?? "-"}  ${reason ?? "-"}`;
}

function cellsOf(agent: Agent): readonly string[] {
  const { phase, launch, instanceID, agentVersion, firstFailure } = agent.status ?? {};
  return [
    agent.metadata.name,
    phase ?? "Pending",
    launch?.availabilityZone ?? "-",
    instanceID ?? "-",
    agentVersion ?? "-",
    firstFailure === undefined ? "-" : `${firstFailure.view}/${firstFailure.reason}`,
  ];
}

export function ageOf(timestamp: string, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(timestamp)) / 1_000));
  return seconds < 120 ? `${seconds}s` : `${Math.floor(seconds / 60)}m`;
}

/**
 * The first failing link, in the order in which a person would look: the pool's own troubles that stop all agents, then the first agent
 * that is not fine, then whatever the pool gives as its reason.
 */
export function firstFailingLink({ pool, agents }: Fleet): string {
  const stalled = conditionOf(pool, "Stalled");
  if (stalled?.status === "True") return `pool ${pool.metadata.name}: ${stalled.reason}: ${stalled.message}`;
  for (const { metadata, status } of agents) {
    const failure = status?.firstFailure;
    if (failure !== undefined) return `agent ${metadata.name}: ${failure.view}/${failure.reason}: ${failure.message}`;
  }
  const waiting = agents.find((agent) => conditionOf(agent, "Ready")?.status !== "True");
  const ready = waiting === undefined ? conditionOf(pool, "Ready") : conditionOf(waiting, "Ready");
  const who = waiting === undefined ? `pool ${pool.metadata.name}` : `agent ${waiting.metadata.name}`;
  return `${who}: ${ready?.reason ?? "no Ready condition yet"}: ${ready?.message ?? "the operator has not said anything"}`;
}
