/**
 * Figures of calls to Microsoft Graph, in the shape that its adapters want (entra/call/metrics.ts; compared by the compiler in metrics.test.ts).
 * Never: a tenant, client, object or request id as a label.
 */
import type { Registry } from "prom-client";
import { makers } from "./metrics-makers.ts";
import { QUICK_BUCKETS_SECONDS, WAIT_BUCKETS_SECONDS } from "./metrics-names.ts";

export interface GraphFigures {
  requestEnded(op: string, code: string, durationSeconds: number): void;
  throttled(op: string): void;
  bucketWaited(op: string, waitSeconds: number): void;
}

export function graphFigures(registry: Registry): GraphFigures {
  const { counter, histogram } = makers(registry);
  const requests = counter("graph_requests_total", "Requests to Microsoft Graph by their code; OK for success.", [
    "op",
    "code",
  ]);
  const duration = histogram(
    "graph_request_duration_seconds",
    "Time of one request to Microsoft Graph.",
    ["op"],
    QUICK_BUCKETS_SECONDS,
  );
  const throttles = counter("graph_throttles_total", "Requests, and parts of batches, that Graph throttled.", ["op"]);
  const waits = histogram(
    "graph_bucket_wait_seconds",
    "Time a call to Graph waited for the client-side bucket.",
    ["op"],
    WAIT_BUCKETS_SECONDS,
  );
  return {
    requestEnded(op, code, durationSeconds) {
      requests.inc({ op, code });
      duration.observe({ op }, durationSeconds);
    },
    throttled: (op) => throttles.inc({ op }),
    bucketWaited: (op, waitSeconds) => waits.observe({ op }, waitSeconds),
  };
}
