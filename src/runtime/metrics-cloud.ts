/**
 * Figures of calls to AWS, in the shape that its adapters want (aws/call/metrics.ts; compared by the compiler in metrics.test.ts).
 * Never: an account, Region, instance or request id as a label.
 */
import type { Registry } from "prom-client";
import { makers } from "./metrics-makers.ts";
import { QUICK_BUCKETS_SECONDS, WAIT_BUCKETS_SECONDS } from "./metrics-names.ts";

interface Call {
  readonly service: string;
  readonly op: string;
}

export interface CloudFigures {
  requestEnded(call: Call, code: string, durationSeconds: number): void;
  throttled(call: Call): void;
  bucketWaited(call: Call, waitSeconds: number): void;
}

export function cloudFigures(registry: Registry): CloudFigures {
  const { counter, histogram } = makers(registry);
  const labels = ["service", "op"];
  const requests = counter("cloud_requests_total", "Calls to AWS by their code; OK for success.", [...labels, "code"]);
  const duration = histogram(
    "cloud_request_duration_seconds",
    "Time of one attempt of a call.",
    labels,
    QUICK_BUCKETS_SECONDS,
  );
  const throttles = counter("throttles_total", "Calls that AWS throttled.", labels);
  const waits = histogram(
    "token_bucket_wait_seconds",
    "Time a call waited for the client-side bucket.",
    labels,
    WAIT_BUCKETS_SECONDS,
  );
  return {
    requestEnded({ service, op }, code, durationSeconds) {
      requests.inc({ service, op, code });
      duration.observe({ service, op }, durationSeconds);
    },
    throttled: ({ service, op }) => throttles.inc({ service, op }),
    bucketWaited: ({ service, op }, waitSeconds) => waits.observe({ service, op }, waitSeconds),
  };
}
