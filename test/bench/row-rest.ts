/** Row 5: AWS calls at rest do not grow with pools: one list of EC2 however many pools, and as many SSM pages as the hosts need. */
import { setTimeout as delay } from "node:timers/promises";
import type { Figure } from "./figures.ts";
import { readyFleet } from "./fleet-stage.ts";
import type { CallsAtRest } from "./rest.ts";
import { callsAtRest } from "./rest.ts";
import { INVENTORY_FLAG, POOLS, RAISED } from "./row-many.ts";

const SSM_PAGE_SIZE = 50; // SSM API Reference, DescribeInstanceInformation MaxResults
const SETTLE_MS = 10_000;

/** The same world and flags as for many pools. */
export async function restOfOnePool(windowMs: number): Promise<CallsAtRest> {
  const { stage } = await readyFleet({
    pools: 1,
    namespaces: 1,
    delays: "zero",
    hasBuckets: false,
    times: "default",
    flags: [...RAISED, INVENTORY_FLAG],
    timeoutMs: 120_000,
    pollMs: 500,
  });
  try {
    await delay(SETTLE_MS);
    return await callsAtRest(stage, windowMs);
  } finally {
    await stage.close();
  }
}

/** Intervals vary by 10 % so that installations do not beat in step: two equal rates differ by so much at most. */
const JITTER_RATIO = 0.1;

export function restFigures(one: CallsAtRest, many: CallsAtRest): readonly Figure[] {
  const lists = [one.ec2ListsPerMinute, many.ec2ListsPerMinute] as const;
  // Counted over a window, one list more or less falls inside.
  const slack = JITTER_RATIO * Math.max(...lists) + 1 / Math.min(one.minutes, many.minutes);
  const isEqual = Math.abs(lists[0] - lists[1]) <= slack;
  const expectedPages = [Math.ceil(3 / SSM_PAGE_SIZE), Math.ceil((3 * POOLS) / SSM_PAGE_SIZE)] as const;
  const hasPages = (rest: CallsAtRest, pages: number): boolean =>
    rest.ssmPages.length > 0 && rest.ssmPages.every((count) => count === pages);
  const raw = { one, many };
  return [
    {
      row: 5,
      name: `at rest: EC2 lists a minute, 1 pool against ${POOLS}`,
      measured: `${lists[0].toFixed(1)} / ${lists[1].toFixed(1)}`,
      target: "equal",
      verdict: isEqual ? "met" : "missed",
      notes: [
        `One account, one Region, ${INVENTORY_FLAG} (+-10 %), counted by the world over ${one.minutes.toFixed(1)} minutes; equal within jitter and one list.`,
        `All calls a minute, 1 pool: ${allCalls(one)}.`,
        `All calls a minute, ${POOLS} pools: ${allCalls(many)}. Probes are sent to 50 hosts a command, each host once in probeInterval (5 minutes).`,
      ],
      raw,
    },
    {
      row: 5,
      name: `at rest: pages of an SSM list, 1 pool against ${POOLS}`,
      measured: `${pagesText(one)} / ${pagesText(many)}`,
      target: `${expectedPages[0]} / ${expectedPages[1]} (agents / ${SSM_PAGE_SIZE}, rounded up)`,
      verdict: hasPages(one, expectedPages[0]) && hasPages(many, expectedPages[1]) ? "met" : "missed",
      notes: [],
      raw,
    },
  ];
}

function pagesText({ ssmPages }: CallsAtRest): string {
  return [...new Set(ssmPages)].sort((left, right) => left - right).join(" or ");
}

function allCalls({ perMinute }: CallsAtRest): string {
  return Object.entries(perMinute)
    .map(([name, calls]) => `${name} ${calls.toFixed(1)}`)
    .join(", ");
}
