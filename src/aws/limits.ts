/**
 * Every bound of the AWS adapters in one place, with its unit and its reason.
 * Never: a bound written a second time elsewhere.
 */
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** One attempt; the loops put the work back into the queue instead of waiting longer (operator engineering: 10 to 30 s an attempt). */
export const READ_TIMEOUT_MS = 15 * SECOND_MS;
export const WRITE_TIMEOUT_MS = 30 * SECOND_MS;
export const CONNECTION_TIMEOUT_MS = 5 * SECOND_MS;
/** Longest wait for a permit: of a pass of a loop, and of the shared listers and pollers, which hold no worker. */
export const PERMIT_WAIT_MS_MAX = 10 * SECOND_MS;
export const BACKGROUND_PERMIT_WAIT_MS_MAX = 60 * SECOND_MS;
export const THROTTLE_PAUSE_MS_MIN = SECOND_MS;
export const THROTTLE_PAUSE_MS_MAX = 30 * SECOND_MS;
export const BUCKETS_MAX = 4_096;

/** EC2 API Reference, DescribeInstances: 5 to 1,000 a page. */
export const EC2_PAGE_SIZE = 1_000;
/** SSM API Reference, DescribeInstanceInformation, ListCommands, ListCommandInvocations: at most 50 a page. */
export const SSM_PAGE_SIZE = 50;
/** 20,000 instances and 10,000 nodes: far above one owner in one account and Region. */
export const INSTANCE_PAGES_MAX = 20;
export const NODE_PAGES_MAX = 200;
export const AGENT_INSTANCE_PAGES_MAX = 5;
export const COMMAND_PAGES_MAX = 20;
export const SUBNET_PAGES_MAX = 5;
/** EC2 API Reference, DescribeIamInstanceProfileAssociations: 5 to 1,000 a page; one instance has two at most, while one is replaced. */
export const PROFILE_PAGE_SIZE = 5;
export const PROFILE_PAGES_MAX = 2;

export const INVENTORY_INTERVAL_MS = 30 * SECOND_MS;
export const INVENTORY_FLOOR_MS = 5 * SECOND_MS;
/** A list of one page is answered in well under a second; a pass that waits longer holds a worker that other scopes need. */
export const FIRST_LIST_WAIT_MS_MAX = 5 * SECOND_MS;
export const INVENTORY_JITTER_RATIO = 0.1;
export const INVENTORY_BACKOFF_MS_MAX = 5 * MINUTE_MS;
/** Scopes nobody asked for in so many intervals are dropped. */
export const INVENTORY_IDLE_INTERVALS_MAX = 10;
/** Loops at rest ask once a resync (5 min, +-20 %): a scope outlives three of them, or a steady fleet would look unread. */
export const INVENTORY_IDLE_MS_MIN = 20 * MINUTE_MS;
export const INVENTORY_SCOPES_MAX = 1_024;

/** Bounds of the interval at which a command is read (commands/poll-pace.ts): SSM publishes no rates. */
export const COMMAND_POLL_MS = { minMs: 5 * SECOND_MS, maxMs: 30 * SECOND_MS } as const;
/** SSM API Reference, GetCommandInvocation: InvocationDoesNotExist right after a send; waited out for so long. */
export const INVOCATION_GRACE_MS = 30 * SECOND_MS;
export const COMMAND_IDLE_MS_MAX = 10 * MINUTE_MS;
export const COMMANDS_POLLED_MAX = 10_000;
/** ListCommandInvocations cuts output at about 2,500 characters (amazon-ssm-agent, MaximumPluginOutputSize). */
export const LISTED_OUTPUT_LENGTH_MAX = 2_400;
/** Clocks of this process and of SSM may differ by so much when commands are looked for by time. */
export const COMMAND_FIND_MARGIN_MS = 2 * MINUTE_MS;
/** SSM API Reference, SendCommand. */
export const COMMAND_COMMENT_LENGTH_MAX = 100;
export const COMMAND_INSTANCES_MAX = 50;
export const COMMAND_DELIVERY_SECONDS_MIN = 30;
export const COMMAND_DELIVERY_SECONDS_MAX = 2_592_000;

export const NETWORK_CACHE_MS = 5 * MINUTE_MS;
export const IMAGE_CACHE_MS = 24 * 60 * MINUTE_MS;
export const IDENTITY_CACHE_MS = MINUTE_MS;
export const FAILURE_CACHE_MS = 30 * SECOND_MS;
export const CACHE_ENTRIES_MAX = 1_024;

/** Credentials are renewed so long before they end; a role-chained session lasts at most an hour (IAM User Guide, Role chaining). */
export const CREDENTIAL_REFRESH_MARGIN_MS = 5 * MINUTE_MS;
export const CREDENTIAL_SESSION_SECONDS = 3_600;
export const CREDENTIAL_FAILURE_PAUSE_MS = 15 * SECOND_MS;
export const CLIENTS_MAX = 1_024;
