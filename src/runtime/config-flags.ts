/**
 * Every flag of the operator process, a row each: name, form, default, meaning, and where the default comes from.
 * Guarantees: `--help`, the environment form and the parser read this one table, so none of them can forget a flag.
 * Never: a secret as a flag; a flag that changes what a resource means.
 */
import type { ValueForm } from "./config-values.ts";
import { duration, integer, knownWords, matching, namespaces, oneOf, path, perSecond, truth } from "./config-values.ts";
import { LIMITS } from "./limits.ts";

export interface Flag<Value> {
  readonly name: string;
  readonly unit: string;
  readonly form: ValueForm<Value>;
  /** `undefined`: the flag is required. */
  readonly default: string | undefined;
  readonly meaning: string;
  /** Where the default comes from; absent where it is our own choice of a name. */
  readonly source?: string;
}

/** What the vendor has not published, is inferred, and may be written only when named (entra-graph reference, 3.1). */
export const UNVERIFIED_NAMES = ["all-scope"] as const;

const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;
const OWNER_ID = /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/;
const LEASE_NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const OBJECT_NAME_ADVICE = "give lower-case letters, digits and inner dashes, at most 63 characters";

export const FLAGS = {
  ownerID: {
    name: "owner-id",
    unit: "text",
    form: matching(OWNER_ID, "give lower-case letters, digits, inner dots and dashes, at most 63 characters"),
    default: undefined,
    meaning:
      "the ownership tag's value on every instance: the one in the conditions of the IAM policy; never reuse another installation's",
  },
  watchNamespaces: {
    name: "watch-namespaces",
    unit: "comma list",
    form: namespaces(LIMITS.watchedNamespacesMax),
    default: "",
    meaning: "namespaces whose objects are acted on; empty watches all of them and needs the cluster-wide role",
  },
  operatorNamespace: {
    name: "operator-namespace",
    unit: "namespace",
    form: matching(LEASE_NAME, OBJECT_NAME_ADVICE),
    default: "cloudsync-system",
    meaning: "where the operator's own leases and registration slots are kept",
  },
  kubeconfig: {
    name: "kubeconfig",
    unit: "path",
    form: path(),
    default: "",
    meaning: "kubeconfig file; empty uses the pod's service account, else the usual kubeconfig",
  },
  leaseName: {
    name: "lease-name",
    unit: "name",
    form: matching(LEASE_NAME, OBJECT_NAME_ADVICE),
    default: "cloudsync-operator",
    meaning: "Lease by which one replica leads",
  },
  leaseDurationMs: {
    name: "lease-duration",
    unit: "duration",
    form: duration("1s", "5m"),
    default: "15s",
    meaning: "how long a silent leader is left alone before another takes over",
    source: "client-go leader election",
  },
  leaseRenewDeadlineMs: {
    name: "lease-renew-deadline",
    unit: "duration",
    form: duration("500ms", "4m"),
    default: "10s",
    meaning: "a leader that could not renew for this long stops; shorter than the lease",
    source: "client-go leader election",
  },
  leaseRetryPeriodMs: {
    name: "lease-retry-period",
    unit: "duration",
    form: duration("100ms", "1m"),
    default: "2s",
    meaning: "time between two tries to take or renew the lease",
    source: "client-go leader election",
  },
  inventoryIntervalMs: {
    name: "inventory-interval",
    unit: "duration",
    form: duration("200ms", "10m"),
    default: "30s",
    meaning: "time between two lists of EC2 instances and SSM nodes, one list for each account, Region and role",
    source: "own figure",
  },
  commandPollMinMs: {
    name: "command-poll-min",
    unit: "duration",
    form: duration("100ms", "1m"),
    default: "5s",
    meaning: "shortest wait between two reads of a running command",
    source:
      "SSM publishes no rates: read when it may have ended, then at growing intervals (src/aws/commands/poll-pace.ts)",
  },
  commandPollMaxMs: {
    name: "command-poll-max",
    unit: "duration",
    form: duration("100ms", "10m"),
    default: "30s",
    meaning: "longest wait between two reads of a running command",
    source: "as command-poll-min",
  },
  absenceProofAnswers: {
    name: "absence-proof-answers",
    unit: "answers",
    form: integer(3, 100),
    default: "3",
    meaning: "negative answers about an instance before it counts as gone (S5)",
    source: "EC2 Developer Guide, Eventual consistency: not visible is not absent",
  },
  absenceProofWindowMs: {
    name: "absence-proof-window",
    unit: "duration",
    form: duration("1s", "1h"),
    default: "5m",
    meaning: "time over which those answers must be spread",
    source: "EC2 Developer Guide, Eventual consistency: back off up to about five minutes",
  },
  launchTokenTrustMs: {
    name: "launch-token-trust",
    unit: "duration",
    form: duration("1m", "24h"),
    default: "12h",
    meaning: "age after which an unanswered launch is looked for by its tags instead of repeated with its token",
    source: "half of the 24 h that users report for EC2 client tokens; AWS states no number (unverified)",
  },
  pingAgeMaxMs: {
    name: "ping-age-max",
    unit: "duration",
    form: duration("1s", "1h"),
    default: "10m",
    meaning: "age of a host's last SSM ping above which its command channel counts as silent",
    source: "two heartbeats of the SSM agent (HealthFrequencyMinutes 5)",
  },
  capacityMemoryMs: {
    name: "capacity-memory",
    unit: "duration",
    form: duration("1s", "1h"),
    default: "3m",
    meaning: "how long a zone and type without capacity is not asked again",
    source: "Karpenter pkg/cache/cache.go, unavailable offerings",
  },
  subnetCacheMs: {
    name: "subnet-cache",
    unit: "duration",
    form: duration("1s", "1h"),
    default: "5m",
    meaning: "how long a read of subnets and their free addresses is used",
    source: "Karpenter pkg/cache/cache.go",
  },
  resyncIntervalMs: {
    name: "resync-interval",
    unit: "duration",
    form: duration("1s", "1h"),
    default: "5m",
    meaning: "each object is visited again after this, +-20 %, even if nothing changed",
    source: "own figure for hosts",
  },
  workers: {
    name: "workers",
    unit: "count",
    form: integer(1, LIMITS.workersMax),
    default: "4",
    meaning: "objects of one kind that are reconciled at the same time",
    source: "own figure",
  },
  stepAttemptsMax: {
    name: "step-attempts-max",
    unit: "attempts",
    form: integer(1, 20),
    default: "3",
    meaning: "attempts at one host step before it waits for a person",
    source: "own figure",
  },
  runInstancesPerSecond: rate(
    "run-instances",
    "1",
    "RunInstances",
    "EC2 Developer Guide, Request throttling: half of 2/s",
  ),
  runInstancesBurst: burst("run-instances", "2", "RunInstances", "half of 5"),
  terminateInstancesPerSecond: rate("terminate-instances", "2.5", "TerminateInstances", "half of 5/s"),
  terminateInstancesBurst: burst("terminate-instances", "50", "TerminateInstances", "half of 100"),
  ec2ReadsPerSecond: rate("ec2-reads", "10", "each EC2 Describe action", "half of 20/s"),
  ec2ReadsBurst: burst("ec2-reads", "50", "each EC2 Describe action", "half of 100"),
  ec2WritesPerSecond: rate("ec2-writes", "2.5", "each other EC2 write", "half of 5/s"),
  ec2WritesBurst: burst("ec2-writes", "25", "each other EC2 write", "half of 50"),
  ssmSendPerSecond: rate("ssm-send", "1", "SSM SendCommand and CancelCommand", "SSM publishes no rate (unverified)"),
  ssmSendBurst: burst("ssm-send", "1", "SSM SendCommand and CancelCommand", "as its rate"),
  ssmReadsPerSecond: rate("ssm-reads", "3", "all SSM reads together", "SSM publishes no rate (unverified)"),
  ssmReadsBurst: burst("ssm-reads", "3", "all SSM reads together", "as its rate"),
  identityGrantsFile: {
    name: "identity-grants",
    unit: "path",
    form: path(),
    default: "",
    meaning:
      "YAML or JSON list of {namespace, accountID, roleARN?}: who may borrow the operator's own identity; empty lends it to nobody",
  },
  installerCatalogueFile: {
    name: "installer-catalogue",
    unit: "path",
    form: path(),
    default: "",
    meaning:
      "YAML or JSON list of {name, kind, bucket, bucketOwner, key, versionID, sha256, version, productName, signer?}: the installers that pools may name",
  },
  entraIdentityGrantsFile: {
    name: "entra-identity-grants-file",
    unit: "path",
    form: path(),
    default: "",
    meaning:
      "YAML or JSON list of {namespace, tenantID, clientID}: who may reach which tenant with the operator's own workload identity (AZURE_FEDERATED_TOKEN_FILE); empty lends it to nobody",
  },
  graphWritesPerSecond: graphRate(
    "graph-writes",
    "10",
    "write to Microsoft Graph",
    "half of 3,000 in 150 s (Graph documentation, Throttling limits)",
  ),
  graphWritesBurst: graphBurst("graph-writes", "30", "write to Microsoft Graph", "own figure: a batch has 20"),
  graphReadsPerSecond: graphRate(
    "graph-reads",
    "100",
    "read from Microsoft Graph",
    "below half of 3,500 units in 10 s, of which most reads cost one or two",
  ),
  graphReadsBurst: graphBurst("graph-reads", "200", "read from Microsoft Graph", "own figure"),
  allowUnverified: {
    name: "allow-unverified",
    unit: "comma list",
    form: knownWords(UNVERIFIED_NAMES),
    default: "",
    meaning: `what may be written to Entra although the vendor has not published how it is stored: ${UNVERIFIED_NAMES.join(", ")}; prove it in a test tenant first`,
  },
  directoryLookDelayMs: {
    name: "directory-look-delay",
    unit: "duration",
    form: duration("1s", "30m"),
    default: "30s",
    meaning:
      "a canary whose group is not in AD as expected reads it again after this, and a last time after four times as long; lengthen it where domain controllers replicate slowly",
    source: "replication within a site takes about 15 s a hop",
  },
  allowSelfApproval: {
    name: "allow-self-approval",
    unit: "true|false",
    form: truth(),
    default: "false",
    meaning:
      "approvals count although no admission policy asks for the verb approve: whoever may edit an object may then approve its removals",
  },
  bindAddress: {
    name: "bind-address",
    unit: "address",
    form: matching(/^[0-9a-fA-F.:]{2,45}$/, "give an IP address, such as 0.0.0.0, :: or 127.0.0.1"),
    default: "0.0.0.0",
    meaning: "address of the health and metrics servers",
  },
  metricsPort: port("metrics-port", "8080", "/metrics"),
  healthPort: port("health-port", "8081", "/livez and /readyz"),
  allowNonstandardEndpoints: {
    name: "allow-nonstandard-endpoints",
    unit: "true|false",
    form: truth(),
    default: "false",
    meaning:
      "accept endpoints that are not the vendor's (AWS_ENDPOINT_URL_EC2, ..., CLOUDSYNC_GRAPH_ENDPOINT, AZURE_AUTHORITY_HOST) and static keys: tests and rehearsals only",
  },
  logLevel: {
    name: "log-level",
    unit: LOG_LEVELS.join("|"),
    form: oneOf(LOG_LEVELS),
    default: "info",
    meaning: "least level that is written; info is one line a decision",
  },
} as const satisfies Readonly<Record<string, Flag<unknown>>>;

export type FlagKey = keyof typeof FLAGS;
export type FlagValues = { readonly [Key in FlagKey]: (typeof FLAGS)[Key] extends Flag<infer Value> ? Value : never };

/** `--lease-name` is also read from `CLOUDSYNC_LEASE_NAME`; the flag wins. */
export function environmentName(flagName: string): string {
  return `CLOUDSYNC_${flagName.toUpperCase().replaceAll("-", "_")}`;
}

function rate(name: string, value: string, what: string, source: string): Flag<number> {
  const meaning = `calls a second to ${what}, for each account and Region`;
  return { name: `${name}-rate`, unit: "calls/s", form: perSecond(10_000), default: value, meaning, source };
}

function burst(name: string, value: string, what: string, source: string): Flag<number> {
  const meaning = `calls at once to ${what} after a rest`;
  return { name: `${name}-burst`, unit: "calls", form: integer(1, 100_000), default: value, meaning, source };
}

function graphRate(name: string, value: string, what: string, source: string): Flag<number> {
  const meaning = `calls a second that ${what}, for each tenant and client`;
  return { name: `${name}-rate`, unit: "calls/s", form: perSecond(10_000), default: value, meaning, source };
}

function graphBurst(name: string, value: string, what: string, source: string): Flag<number> {
  const meaning = `calls at once that ${what} after a rest`;
  return { name: `${name}-burst`, unit: "calls", form: integer(1, 100_000), default: value, meaning, source };
}

function port(name: string, value: string, what: string): Flag<number> {
  const meaning = `port of ${what}; 0 takes a free one, which the log names`;
  return { name, unit: "port", form: integer(0, 65_535), default: value, meaning };
}
