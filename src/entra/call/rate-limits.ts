/**
 * How fast one client may call one tenant, as data.
 * Sources: entra-graph reference, 10.1 (3,000 writes in 150 s for each application and tenant; at least 3,500 units in 10 s, of which a read costs
 * one to five; on-demand provisioning and the reporting family 5 in 10 s). About half of what is shared with other tools of the tenant.
 */
import type { RateLimit } from "../../runtime/token-bucket.ts";

export type BucketName = "writes" | "reads" | "onDemand" | "reports";

/** The rates a process is configured with. */
export interface GraphRates {
  readonly writes: RateLimit;
  readonly reads: RateLimit;
}

export const DEFAULT_GRAPH_RATES: GraphRates = {
  writes: { burst: 30, perSecond: 10 },
  reads: { burst: 200, perSecond: 100 },
};

/** A bucket gives at most burst + rate * time permits in any time: 1 + 0.4 * 10 = 5 in any 10 s. */
const FIVE_IN_TEN_SECONDS: RateLimit = { burst: 1, perSecond: 0.4 };

export type RateLimits = Readonly<Record<BucketName, RateLimit>>;

export function rateLimits({ writes, reads }: GraphRates): RateLimits {
  return { writes, reads, onDemand: FIVE_IN_TEN_SECONDS, reports: FIVE_IN_TEN_SECONDS };
}
