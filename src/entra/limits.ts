/**
 * Every bound of the Entra adapters in one place, with its unit and its reason.
 * Never: a bound written a second time elsewhere.
 */
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** One attempt; a pass has 60 s (runtime/limits.ts, passMs), and puts its work back into the queue instead of waiting longer. */
export const READ_TIMEOUT_MS = 20 * SECOND_MS;
export const WRITE_TIMEOUT_MS = 30 * SECOND_MS;
/** provisionOnDemand answers after the agent has worked: tens of seconds are usual [C]. */
export const ON_DEMAND_TIMEOUT_MS = 45 * SECOND_MS;
export const CONNECT_TIMEOUT_MS = 10 * SECOND_MS;
/** Calls at once to one host; more wait for a connection inside their deadline. */
export const CONNECTIONS_MAX = 16;
/** The largest answer is a schema or a page of 999 members: single megabytes. */
export const RESPONSE_BYTES_MAX = 32 * 1_048_576;

export const PERMIT_WAIT_MS_MAX = 10 * SECOND_MS;
/** A pause where Graph throttles without saying how long (entra-graph reference, 10.1: some families omit Retry-After). */
export const THROTTLE_PAUSE_MS_MIN = 2 * SECOND_MS;
export const THROTTLE_PAUSE_MS_MAX = 2 * MINUTE_MS;
/** Retry-After is honoured to its full length; a longer one than this is taken for a mistake. */
export const RETRY_AFTER_MS_MAX = 60 * MINUTE_MS;
export const BUCKETS_MAX = 4_096;

/** Graph documentation, "Combine multiple HTTP requests using JSON batching": at most 20 requests. */
export const BATCH_PARTS_MAX = 20;
/** Graph documentation, "List groups", "List members": at most 999 a page. */
export const PAGE_SIZE = 999;
/** 10,000 assignments or 50,000 members in pages of 100, which is what Graph takes when it ignores $top. */
export const PAGES_MAX = 600;
export const DELTA_PAGES_MAX = 200;
/** The newest entries are what a person looks for; at five requests in 10 s more pages would hold a worker. */
export const LOG_PAGES_MAX = 3;
export const LOG_PAGE_SIZE = 100;
/** Entra documentation, on-demand provisioning: at most five members a request. */
export const ON_DEMAND_MEMBERS_MAX = 5;

/** Access tokens live 60 to 90 minutes (Entra documentation, "Configurable token lifetimes"). */
export const TOKEN_REFRESH_MARGIN_MS = 5 * MINUTE_MS;
/** A token younger than this is fresh: roles that were granted since are noticed by the next pass. */
export const FRESH_TOKEN_AGE_MS_MAX = 30 * SECOND_MS;
/** After a refusal the same proof is not presented again for so long, longer each time; another proof is presented at once. */
export const TOKEN_FAILURE_PAUSE_MS_MIN = 15 * SECOND_MS;
export const TOKEN_FAILURE_PAUSE_MS_MAX = 2 * MINUTE_MS;
export const ACCESSES_MAX = 1_024;

/** How long what was just created may be unknown to a replica (entra-graph reference, 10.5: "some minutes"). */
export const CREATION_GRACE_MS = 5 * MINUTE_MS;
export const CREATION_RETRY_MS = 5 * SECOND_MS;
export const CREATIONS_REMEMBERED_MAX = 256;
