/**
 * What is counted about calls to Graph and to the login authority. Names: `graph_requests_total{op,code}`, `graph_request_duration_seconds{op}`,
 * `graph_throttles_total{op}`, `graph_token_bucket_wait_seconds{op}`. Guarantees: label values come from bounded sets.
 */
export interface GraphMetrics {
  /** One request ended (a batch is one); `code` is "OK", a code of the error table, "Unlisted", or "NoAnswer". */
  requestEnded(op: string, code: string, durationSeconds: number): void;
  throttled(op: string): void;
  bucketWaited(op: string, waitSeconds: number): void;
}

export const NO_GRAPH_METRICS: GraphMetrics = { requestEnded: () => {}, throttled: () => {}, bucketWaited: () => {} };
