/**
 * What is counted about calls to AWS. Names: `cloud_requests_total{service,op,code}`, `cloud_request_duration_seconds`,
 * `cloud_throttles_total`, `cloud_token_bucket_wait_seconds`. Guarantees: label values come from bounded sets.
 */
export interface CallLabels {
  readonly service: string;
  readonly op: string;
}

export interface AwsMetrics {
  /** One attempt ended; `code` is "OK", a code of the error table, or "Unlisted". */
  requestEnded(labels: CallLabels, code: string, durationSeconds: number): void;
  throttled(labels: CallLabels): void;
  bucketWaited(labels: CallLabels, waitSeconds: number): void;
}

export const NO_AWS_METRICS: AwsMetrics = { requestEnded: () => {}, throttled: () => {}, bucketWaited: () => {} };
