/**
 * The story of a run as a table that a person can read: when, who, what, why.
 * Guarantees: columns are aligned; what a fleet at rest does all the time (reads that were answered, renewals, probes) is left out. Pure.
 */
import { isAtRestToo } from "../run/sites.ts";
import type { TraceRow } from "../run/trace.ts";

const HEAD = ["virtual time", "actor", "event", "why"] as const;
const EVENT_WIDTH_MAX = 72;

export function storyTable(rows: readonly TraceRow[]): readonly string[] {
  const told = rows.filter(isTold).map(({ atMs, actor, event, why }) => [timeText(atMs), actor, event, why] as const);
  const width = (column: 0 | 1 | 2): number =>
    Math.min(EVENT_WIDTH_MAX, Math.max(HEAD[column].length, ...told.map((cells) => cells[column].length)));
  const widths = [width(0), width(1), width(2)] as const;
  return [HEAD, ...told].map(([time, actor, event, why]) =>
    [time.padEnd(widths[0]), actor.padEnd(widths[1]), event.padEnd(widths[2]), why].join("  ").trimEnd(),
  );
}

/** Hours, minutes, seconds and milliseconds since the run began. */
export function timeText(atMs: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  const milliseconds = String(Math.floor(atMs % 1_000)).padStart(3, "0");
  return `${two(atMs / 3_600_000)}:${two((atMs / 60_000) % 60)}:${two((atMs / 1_000) % 60)}.${milliseconds}`;
}

const READ = /^(get|list|watch) |^(ec2|ssm|sts):(Describe|Get|List|Assume)/;

function isTold({ event, why }: TraceRow): boolean {
  const isUneventful = /(^|\s)20\d$/.test(why);
  return !(isUneventful && (READ.test(event) || isAtRestToo(event)));
}
