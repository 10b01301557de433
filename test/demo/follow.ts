/**
 * Watches the fleet until it is where it should be, showing it meanwhile.
 * Guarantees: ends at the deadline, and at once when a process died; the failure names the first failing link.
 */
import { setTimeout as delay } from "node:timers/promises";
import { isProcessAlive, tailOf } from "../support/processes.ts";
import type { Fleet, FleetReader } from "./fleet.ts";
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

export async function follow(
  following: Following,
  goal: string,
  isReached: (fleet: Fleet) => boolean,
  timeoutMs: number,
): Promise<Fleet> {
  const { reader, narrator, journal, isTerminal } = following;
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    failIfAnyDied(following.processes);
    const fleet = await reader.read();
    const nowMs = Date.now();
    journal.observe(fleet, nowMs);
    narrator.show(isTerminal ? fleetTable(fleet, nowMs) : fleetLines(fleet));
    if (isReached(fleet)) {
      narrator.leave();
      return fleet;
    }
    if (nowMs > deadlineMs) {
      narrator.leave();
      throw new DemoFailure(
        `${goal}: not within ${timeoutMs / 1_000} s. First failing link: ${firstFailingLink(fleet)}\n` +
          `the operator's last lines:\n${tailOf(following.operatorLog, 5)}`,
      );
    }
    await delay(LOOK_EVERY_MS);
  }
}

export function failIfAnyDied(processes: readonly WatchedProcess[]): void {
  const dead = processes.find(({ pid }) => !isProcessAlive(pid));
  if (dead === undefined) return;
  throw new DemoFailure(`${dead.name} (process ${dead.pid}) has ended. Its last lines:\n${tailOf(dead.logFile)}`);
}
