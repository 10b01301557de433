/**
 * Makes counters, gauges and histograms of one registry, all with the product's prefix.
 * Never: touches prom-client's global registry: two operators in one process must not share figures.
 */
import { Counter, Gauge, Histogram } from "prom-client";
import type { Registry } from "prom-client";
import { PREFIX } from "./metrics-names.ts";

export interface Makers {
  readonly counter: (name: string, help: string, labelNames: readonly string[]) => Counter;
  readonly gauge: (name: string, help: string, labelNames: readonly string[]) => Gauge;
  readonly histogram: (
    name: string,
    help: string,
    labelNames: readonly string[],
    buckets: readonly number[],
  ) => Histogram;
}

export function makers(registry: Registry): Makers {
  const settings = (name: string, help: string, labelNames: readonly string[]) => ({
    name: `${PREFIX}${name}`,
    help,
    labelNames: [...labelNames],
    registers: [registry],
  });
  return {
    counter: (name, help, labelNames) => new Counter(settings(name, help, labelNames)),
    gauge: (name, help, labelNames) => new Gauge(settings(name, help, labelNames)),
    histogram: (name, help, labelNames, buckets) =>
      new Histogram({ ...settings(name, help, labelNames), buckets: [...buckets] }),
  };
}
