/**
 * AWS calls of an installation at rest, as the world counted them.
 * A list is what was read in one go: pages that follow each other closely; how many there are needs no knowledge of the operator.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Stage } from "./stage.ts";

interface Entry {
  readonly sequence: number;
  readonly atMs: number;
  readonly service: string;
  readonly action: string;
}

export interface CallsAtRest {
  readonly minutes: number;
  /** Calls a minute by `service:Action`. */
  readonly perMinute: Readonly<Record<string, number>>;
  readonly ec2ListsPerMinute: number;
  /** Pages of each SSM list, in order. */
  readonly ssmPages: readonly number[];
}

export async function callsAtRest({ world }: Stage, windowMs: number): Promise<CallsAtRest> {
  const { lastSequence } = (await world.control.ask("GET", "/counts")) as { readonly lastSequence: number };
  await delay(windowMs);
  const entries = (await world.control.ask("GET", `/log?since=${lastSequence}&limit=50000`)) as readonly Entry[];
  const minutes = windowMs / 60_000;
  const counts = Map.groupBy(entries, ({ service, action }) => `${service}:${action}`);
  const perMinute = Object.fromEntries([...counts].map(([name, calls]) => [name, calls.length / minutes] as const));
  return {
    minutes,
    perMinute,
    ec2ListsPerMinute: listsOf(counts.get("ec2:DescribeInstances") ?? []).length / minutes,
    // The window may cut the first and the last list in two.
    ssmPages: listsOf(counts.get("ssm:DescribeInstanceInformation") ?? []).slice(1, -1),
  };
}

/** Pages of one list follow each other at once; two lists are seconds apart. */
const PAGE_GAP_MS = 1_000;

function listsOf(calls: readonly Entry[]): readonly number[] {
  const lists: number[] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const { atMs } of calls) {
    if (atMs - lastMs > PAGE_GAP_MS) lists.push(0);
    lists.push((lists.pop() ?? 0) + 1);
    lastMs = atMs;
  }
  return lists;
}
