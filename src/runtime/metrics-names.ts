/** What all figures share: prefix, units, bucket bounds. Names: `<prefix>_<subsystem>_<what>_<unit>`, base units, `_total` only for counters. */
export const PREFIX = "cloudsync_";

export const secondsOf = (milliseconds: number): number => milliseconds / 1_000;

/** A pass or one call: 1 ms to a minute, the deadline of a pass. */
export const QUICK_BUCKETS_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;

/** Waiting in a queue or for a bucket: up to the resync interval. */
export const WAIT_BUCKETS_SECONDS = [0.001, 0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600] as const;

/** Stages of a host: seconds to an hour; a Windows launch alone takes minutes. */
export const STAGE_BUCKETS_SECONDS = [
  1, 5, 15, 30, 60, 120, 180, 300, 450, 600, 900, 1_200, 1_800, 2_700, 3_600,
] as const;
