/**
 * Watches the fleet until it is where it should be, showing it meanwhile.
 * Guarantees: ends at the deadline, and at once when a process died; the failure names the first failing link.
 */
import { setTimeout as delay } from "node:timers/promises";
import { isProcessAlive, tailOf } from "../support/processes.ts";
import { conditionOf, type Fleet, type FleetReader } from "./fleet.ts";
import { firstFailingLink, fleetLines, fleetTable } from "./fleet-view.ts";
import type { Journal } from "./journal.ts";
import type { Narrator } from "./narrator.ts";

/** A failure of the demo, told for people; nothing is added to it. */
export class DemoFailure extends Error {
  override readonly name = "DemoFailure";
}

export interface WatchedProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
}

export interface Following {
  readonly reader: FleetReader;
  readonly processes: readonly WatchedProcess[];
  readonly narrator: Narrator;
  readonly journal: Journal;
  readonly isTerminal: boolean;
  readonly operatorLog: string;
}

const LOOK_EVERY_MS = 400;
/** Stalled says that only a person helps, and nobody is here to. */
const STALLED_MAX_MS = 15_000;

export async function follow(
  following: Following,
  goal: string,
  isReached: (fleet: Fleet) => boolean,
  timeoutMs: number,
): Promise<Fleet> {
  const { narrator, processes } = following;
  const startedMs = Date.now();
  let stalledSinceMs: number | undefined;
  for (;;) {
    failIfAnyDied(processes);
    const nowMs = Date.now();
    const look = await lookOnce(following, nowMs);
    const isStalled = look.fleet !== undefined && conditionOf(look.fleet.pool, "Stalled")?.status === "True";
    stalledSinceMs = isStalled ? (stalledSinceMs ?? nowMs) : undefined;
    if (look.fleet !== undefined && isReached(look.fleet)) {
      narrator.leave();
      return look.fleet;
    }
    const isHopeless = stalledSinceMs !== undefined && nowMs - stalledSinceMs > STALLED_MAX_MS;
    if (isHopeless || nowMs - startedMs > timeoutMs) {
      narrator.leave();
      throw new DemoFailure(
        `${goal}: not after ${Math.round((nowMs - startedMs) / 1_000)} s.\nFirst failing link: ${look.firstFailingLink}\n` +
          `The operator's last lines:\n${tailOf(following.operatorLog, 5)}`,
      );
    }
    await delay(LOOK_EVERY_MS);
  }
}

interface Look {
  /** Absent when the API server did not answer. */
  readonly fleet?: Fleet;
  readonly firstFailingLink: string;
}

async function lookOnce({ reader, journal, narrator, isTerminal }: Following, nowMs: number): Promise<Look> {
  try {
    const fleet = await reader.read();
    journal.observe(fleet, nowMs);
    narrator.show(isTerminal ? fleetTable(fleet, nowMs) : fleetLines(fleet));
    return { fleet, firstFailingLink: firstFailingLink(fleet) };
  } catch (error) {
    return { firstFailingLink: `the API server: ${error instanceof Error ? error.message : String(error)}` };
  }
}

export function failIfAnyDied(processes: readonly WatchedProcess[]): void {
  const dead = processes.find(({ pid }) => !isProcessAlive(pid));
  if (dead === undefined) return;
  throw new DemoFailure(`${dead.name} (process ${dead.pid}) has ended. Its last lines:\n${tailOf(dead.logFile)}`);
}
