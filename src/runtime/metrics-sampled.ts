/**
 * Figures that are read when somebody asks: ages, running passes, conditions of the cached objects.
 * Guarantees: costs nothing between two scrapes; a series whose object is gone is gone at the next scrape.
 */
import { Gauge } from "prom-client";
import type { Registry } from "prom-client";
import { PREFIX, secondsOf } from "./metrics-names.ts";

export interface SampledCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}

/** What the composition root hands over; each is called once a scrape and must be quick. */
export interface Samples {
  /** Kind to milliseconds since its watch last said anything. */
  lastEventAgeMs(): Readonly<Record<string, number>>;
  /** Controller to milliseconds that its longest running pass has been running; 0 when idle. */
  longestPassMs(): Readonly<Record<string, number>>;
  /** Kind to the conditions of each of its cached objects. */
  conditions(): Readonly<Record<string, Iterable<readonly SampledCondition[]>>>;
}

export function addSamples(registry: Registry, samples: Samples): void {
  sampled(registry, "watch_last_event_age_seconds", "Time since the watch last said anything.", ["kind"], (gauge) => {
    for (const [kind, ageMs] of Object.entries(samples.lastEventAgeMs())) gauge.set({ kind }, secondsOf(ageMs));
  });
  const longest = "workqueue_longest_running_processor_seconds";
  sampled(registry, longest, "How long the longest pass has been running.", ["name"], (gauge) => {
    for (const [name, passMs] of Object.entries(samples.longestPassMs())) gauge.set({ name }, secondsOf(passMs));
  });
  const labels = ["kind", "type", "status", "reason"];
  sampled(registry, "status_condition_count", "Objects by condition, status and reason.", labels, (gauge) => {
    for (const [kind, objects] of Object.entries(samples.conditions())) countConditions(gauge, kind, objects);
  });
}

function countConditions(gauge: Gauge, kind: string, objects: Iterable<readonly SampledCondition[]>): void {
  for (const conditions of objects) {
    for (const { type, status, reason = "" } of conditions) gauge.inc({ kind, type, status, reason });
  }
}

function sampled(
  registry: Registry,
  name: string,
  help: string,
  labelNames: string[],
  read: (gauge: Gauge) => void,
): void {
  const gauge: Gauge = new Gauge({
    name: `${PREFIX}${name}`,
    help,
    labelNames,
    registers: [registry],
    collect() {
      gauge.reset();
      read(gauge);
    },
  });
}
