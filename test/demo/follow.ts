/**
 * Watches a part of the demo until it is where it should be, showing it meanwhile.
 * Guarantees: ends at the deadline, and at once when a process died; the failure names the first failing link.
 */
import { setTimeout as delay } from "node:timers/promises";
import { isProcessAlive, tailOf } from "../support/processes.ts";
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

/** What is watched: the fleet, or the Entra side. */
export interface Subject<View> {
  read(): Promise<View>;
  /** For a terminal that is redrawn: ages may move. */
  table(view: View, nowMs: number): readonly string[];
  /** For a log: lines that change only when something happened. */
  lines(view: View): readonly string[];
  /** Keeps what happened, for the story at the end. */
  remember(view: View, nowMs: number): void;
  firstFailingLink(view: View): string;
  /** Only a person would help. */
  isStalled(view: View): boolean;
}

export interface Following {
  readonly processes: readonly WatchedProcess[];
  readonly narrator: Narrator;
  readonly isTerminal: boolean;
  readonly operatorLog: string;
}

const LOOK_EVERY_MS = 400;
/** Stalled says that only a person helps, and nobody is here to. */
const STALLED_MAX_MS = 15_000;

export interface Goal<View> {
  readonly sentence: string;
  readonly isReached: (view: View) => boolean;
  readonly timeoutMs: number;
}

export async function follow<View>(
  following: Following,
  subject: Subject<View>,
  { sentence, isReached, timeoutMs }: Goal<View>,
): Promise<View> {
  const { narrator, processes } = following;
  const startedMs = Date.now();
  let stalledSinceMs: number | undefined;
  for (;;) {
    failIfAnyDied(processes);
    const nowMs = Date.now();
    const look = await lookOnce(following, subject, nowMs);
    stalledSinceMs = look.isStalled ? (stalledSinceMs ?? nowMs) : undefined;
    if (look.view !== undefined && isReached(look.view)) {
      narrator.leave();
      return look.view;
    }
    const isHopeless = stalledSinceMs !== undefined && nowMs - stalledSinceMs > STALLED_MAX_MS;
    if (isHopeless || nowMs - startedMs > timeoutMs) {
      narrator.leave();
      throw new DemoFailure(
        `${sentence}: not after ${Math.round((nowMs - startedMs) / 1_000)} s.\nFirst failing link: ${look.firstFailingLink}\n` +
          `The operator's last lines:\n${tailOf(following.operatorLog, 5)}`,
      );
    }
    await delay(LOOK_EVERY_MS);
  }
}

interface Look<View> {
  /** Absent when the API server or the world did not answer. */
  readonly view?: View;
  readonly isStalled: boolean;
  readonly firstFailingLink: string;
}

async function lookOnce<View>(
  { narrator, isTerminal }: Following,
  subject: Subject<View>,
  nowMs: number,
): Promise<Look<View>> {
  try {
    const view = await subject.read();
    subject.remember(view, nowMs);
    narrator.show(isTerminal ? subject.table(view, nowMs) : subject.lines(view));
    return { view, isStalled: subject.isStalled(view), firstFailingLink: subject.firstFailingLink(view) };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { isStalled: false, firstFailingLink: `the API server, or the world: ${said}` };
  }
}

export function failIfAnyDied(processes: readonly WatchedProcess[]): void {
  const dead = processes.find(({ pid }) => !isProcessAlive(pid));
  if (dead === undefined) return;
  throw new DemoFailure(`${dead.name} (process ${dead.pid}) has ended. Its last lines:\n${tailOf(dead.logFile)}`);
}
