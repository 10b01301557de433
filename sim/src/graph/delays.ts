/**
 * Lags of a tenant's directory. No figure is published: community code waits 5 to 20 s after a create (entra-graph reference, 10.5) [C];
 * results of the index for advanced queries lag further (10.4) [I].
 */
import type { DelayRows } from "../core/delays.ts";

export const GRAPH_DELAYS: DelayRows = {
  /** Until every replica knows a write. */
  "entra.replicaLag": { realMs: 15_000, demoMs: 1_000 },
  /** Until advanced queries do. */
  "entra.indexLag": { realMs: 30_000, demoMs: 2_000 },
};
