/**
 * When a schedule is due next, computed and never waited for here.
 * Guarantees: of several missed instants one counts; two scheduled runs are at least {@link GAP_MIN_MS} apart, whatever the expression says.
 * Never: starts a timer (a Cron without a callback has none) or reads a clock.
 */
import { Cron } from "croner";

export type NextRun =
  | { readonly kind: "at"; readonly atMs: number }
  | { readonly kind: "never" } // a date that does not come again
  | { readonly kind: "invalid"; readonly message: string };

/** A run calls the vendor and a host: "every minute" would crowd both. */
export const GAP_MIN_MS = 5 * 60_000;

/** The first instant of the schedule after `afterMs`. */
export function nextRun(
  { schedule, timeZone }: { readonly schedule: string; readonly timeZone: string | undefined },
  afterMs: number,
): NextRun {
  try {
    const next = new Cron(schedule, { timezone: timeZone ?? "UTC" }).nextRun(new Date(afterMs + GAP_MIN_MS - 1_000));
    return next === null ? { kind: "never" } : { kind: "at", atMs: next.getTime() };
  } catch (error) {
    // croner throws on expressions and zones that it cannot read; its sentence says which.
    return { kind: "invalid", message: error instanceof Error ? error.message.slice(0, 200) : "unreadable" };
  }
}
