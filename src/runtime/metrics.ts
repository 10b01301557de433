/**
 * All figures of the process, as one object a part: Kubernetes, AWS, Graph, fleet, and the process itself.
 * Guarantees: names and labels are those of docs/metrics.md (compared in metrics.test.ts); no module-level registry.
 * Never: an unbounded label value.
 */
import { Registry, collectDefaultMetrics } from "prom-client";
import type { BuildFacts } from "./build-facts.ts";
import { cloudFigures } from "./metrics-cloud.ts";
import type { CloudFigures } from "./metrics-cloud.ts";
import { fleetFigures } from "./metrics-fleet.ts";
import type { FleetFigures } from "./metrics-fleet.ts";
import { graphFigures } from "./metrics-graph.ts";
import type { GraphFigures } from "./metrics-graph.ts";
import { kubeFigures } from "./metrics-kube.ts";
import type { KubeFigures } from "./metrics-kube.ts";
import { makers } from "./metrics-makers.ts";
import { PREFIX } from "./metrics-names.ts";
import { addSamples } from "./metrics-sampled.ts";
import type { Samples } from "./metrics-sampled.ts";

export interface Metrics {
  readonly kube: KubeFigures;
  readonly cloud: CloudFigures;
  readonly graph: GraphFigures;
  readonly fleet: FleetFigures;
  /** Figures read at each scrape; call once, when caches and controllers exist. */
  readonly sample: (samples: Samples) => void;
  /** The text that `/metrics` answers. */
  readonly text: () => Promise<string>;
  readonly contentType: string;
  readonly registry: Registry;
}

export interface MetricsOptions {
  readonly build: BuildFacts;
  /** Endpoints of AWS and Entra that are not the vendor's; above 0 means a test or a rehearsal, and an alert in production. */
  readonly nonstandardEndpoints: number;
}

export function operatorMetrics({ build, nonstandardEndpoints }: MetricsOptions): Metrics {
  const registry = new Registry();
  const { gauge } = makers(registry);
  const { version, commit } = build;
  gauge("build_info", "Always 1; the labels say which build this is.", ["version", "commit", "node"]).set(
    { version, commit, node: process.versions.node },
    1,
  );
  gauge("nonstandard_endpoints", "Endpoints of AWS and Entra in use that are not the vendor's.", []).set(
    nonstandardEndpoints,
  );
  return {
    kube: kubeFigures(registry),
    cloud: cloudFigures(registry),
    graph: graphFigures(registry),
    fleet: fleetFigures(registry),
    sample: (samples) => addSamples(registry, samples),
    text: () => registry.metrics(),
    contentType: registry.contentType,
    registry,
  };
}

/** Adds CPU, memory, heap, file descriptors, and the event loop's delay, on which the lease depends: figures of a real process. */
export function collectProcessFigures({ registry }: Metrics): void {
  collectDefaultMetrics({ register: registry, prefix: PREFIX });
}
