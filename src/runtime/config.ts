/**
 * The configuration of the operator process, from flags, environment and files.
 * Guarantees: all that is wrong is said at once, each in a sentence that names the flag, its value and what to do.
 * Never: keeps state, reads a file or the environment by itself, starts anything.
 */
import { Command, CommanderError, Option } from "commander";
import type { EntraIdentityGrant, FileReading, IdentityGrant, InstallerEntry } from "./config-files.ts";
import { readEntraIdentityGrants, readIdentityGrants, readInstallers } from "./config-files.ts";
import type { AwsEndpoints, Environment } from "./config-endpoints.ts";
import { readEndpoints } from "./config-endpoints.ts";
import type { EntraEndpoints } from "./config-entra-endpoints.ts";
import { readEntraEndpoints } from "./config-entra-endpoints.ts";
import { FLAGS, environmentName } from "./config-flags.ts";
import type { Flag, FlagKey, FlagValues } from "./config-flags.ts";

/** A client-side token bucket: `burst` calls at once, refilled at `perSecond`. */
export interface CallRate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface LeaseSettings {
  readonly name: string;
  readonly durationMs: number;
  readonly renewDeadlineMs: number;
  readonly retryPeriodMs: number;
}

export interface OperatorConfig {
  /** Value of the ownership tag, and of the conditions in the IAM policy (S2). */
  readonly ownerID: string;
  readonly watchNamespaces: readonly string[] | "all";
  readonly operatorNamespace: string;
  /** Absent: the pod's service account, else the usual kubeconfig. */
  readonly kubeconfig?: string;
  readonly lease: LeaseSettings;
  readonly inventoryIntervalMs: number;
  readonly commandPoll: { readonly minMs: number; readonly maxMs: number };
  readonly absenceProof: { readonly answersMin: number; readonly windowMs: number };
  readonly launchTokenTrustMs: number;
  readonly pingAgeMaxMs: number;
  readonly capacityMemoryMs: number;
  readonly subnetCacheMs: number;
  readonly resyncIntervalMs: number;
  readonly workers: number;
  readonly stepAttemptsMax: number;
  readonly rates: {
    readonly runInstances: CallRate;
    readonly terminateInstances: CallRate;
    readonly ec2Reads: CallRate;
    readonly ec2Writes: CallRate;
    readonly ssmSend: CallRate;
    readonly ssmReads: CallRate;
  };
  readonly identityGrants: readonly IdentityGrant[];
  readonly entra: EntraSettings;
  readonly installers: readonly InstallerEntry[];
  readonly bindAddress: string;
  readonly metricsPort: number;
  readonly healthPort: number;
  readonly awsEndpoints: AwsEndpoints;
  readonly logLevel: FlagValues["logLevel"];
}

/** The Entra side of the process: decisions of whoever runs it, never of a resource. */
export interface EntraSettings {
  readonly endpoints: EntraEndpoints;
  readonly identityGrants: readonly EntraIdentityGrant[];
  readonly rates: { readonly writes: CallRate; readonly reads: CallRate };
  readonly allowedUnverified: readonly string[];
  readonly isSelfApprovalAllowed: boolean;
  readonly directoryLookDelayMs: number;
}

/** `shown`: help or version, exit 0. `refused`: exit {@link REFUSED_EXIT_CODE} after printing each sentence. */
export type ConfigReading =
  | { readonly kind: "config"; readonly config: OperatorConfig }
  | { readonly kind: "shown"; readonly text: string }
  | { readonly kind: "refused"; readonly sentences: readonly string[] };

export const REFUSED_EXIT_CODE = 2;

/** Returns the text of a file; throws as `readFileSync` does. */
export type ReadFile = (path: string) => string;

/**
 * Reads the whole configuration. Never throws; the reading says what happened.
 * @param argv the arguments after the program's name
 * @param environment a flag's `CLOUDSYNC_...` form is used where the flag is not given
 */
export function parseConfig(
  argv: readonly string[],
  environment: Environment,
  readFile: ReadFile,
  version = "0.0.0",
): ConfigReading {
  const given = readArguments(argv, version);
  if (given.kind !== "given") return given;
  const sentences: string[] = [];
  const values = readValues(given.texts, environment, sentences);
  if (values === undefined) return { kind: "refused", sentences };
  const grants = entriesOf(FLAGS.identityGrantsFile, values.identityGrantsFile, readFile, readIdentityGrants);
  const installers = entriesOf(FLAGS.installerCatalogueFile, values.installerCatalogueFile, readFile, readInstallers);
  const entraGrants = entriesOf(
    FLAGS.entraIdentityGrantsFile,
    values.entraIdentityGrantsFile,
    readFile,
    readEntraIdentityGrants,
  );
  const aws = readEndpoints(environment, values.allowNonstandardEndpoints);
  const entra = readEntraEndpoints(environment, values.allowNonstandardEndpoints);
  sentences.push(...brokenRelations(values), ...aws.sentences, ...entra.sentences);
  for (const reading of [grants, entraGrants, installers])
    if (reading.kind === "refused") sentences.push(...reading.sentences);
  if (
    grants.kind === "refused" ||
    entraGrants.kind === "refused" ||
    installers.kind === "refused" ||
    sentences.length > 0
  )
    return { kind: "refused", sentences };
  const files = { identityGrants: grants.entries, installers: installers.entries };
  const entraSettings = entraSettingsOf(values, entra.endpoints, entraGrants.entries);
  return {
    kind: "config",
    config: { ...assemble(values), ...files, awsEndpoints: aws.endpoints, entra: entraSettings },
  };
}

type Texts = Readonly<Record<string, string | boolean | undefined>>;

/** Commander reads the arguments; it neither prints nor exits here. */
function readArguments(argv: readonly string[], version: string): { kind: "given"; texts: Texts } | ConfigReading {
  const shown: string[] = [];
  const failed: string[] = [];
  const command = new Command("cloudsync-operator")
    .description("Keeps fleets of Microsoft Entra provisioning agents healthy on EC2.")
    .usage("--owner-id <text> [flags]")
    .version(version)
    .exitOverride()
    .allowExcessArguments(false)
    .configureHelp({ helpWidth: 120 })
    .configureOutput({ writeOut: (text) => shown.push(text), writeErr: (text) => failed.push(text) });
  for (const flag of Object.values<Flag<unknown>>(FLAGS)) command.addOption(optionOf(flag));
  command.addHelpText("after", HELP_END);
  try {
    command.parse(argv, { from: "user" });
    return { kind: "given", texts: command.opts() };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: "shown", text: shown.join("") };
    const said = failed
      .join("")
      .trim()
      .replace(/^error: /, "");
    return { kind: "refused", sentences: [`The command line is wrong (${said}): see --help.`] };
  }
}

const HELP_END =
  "\nEach flag can also be given as an environment variable, shown in brackets; the flag wins." +
  "\nDurations are Go durations: 500ms, 15s, 1m30s, 24h." +
  "\nAWS endpoints: AWS_ENDPOINT_URL_EC2, AWS_ENDPOINT_URL_SSM, AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL." +
  "\nEntra endpoints: CLOUDSYNC_GRAPH_ENDPOINT, AZURE_AUTHORITY_HOST; the operator's own identity there: AZURE_FEDERATED_TOKEN_FILE.\n";

function optionOf(flag: Flag<unknown>): Option {
  const origin = flag.source === undefined ? "" : `; ${flag.source}`;
  const fallback =
    flag.default === undefined ? "required" : `default ${flag.default === "" ? "empty" : flag.default}${origin}`;
  const form = flag.unit === "true|false" ? `--${flag.name} [true|false]` : `--${flag.name} <${flag.unit}>`;
  return new Option(form, `${flag.meaning} (${fallback}) [${environmentName(flag.name)}]`);
}

/** Every flag's value, or `undefined` after saying what is wrong with each. */
function readValues(given: Texts, environment: Environment, sentences: string[]): FlagValues | undefined {
  const values: Record<string, unknown> = {};
  for (const [key, flag] of Object.entries<Flag<unknown>>(FLAGS)) {
    const fromFlag = given[attributeName(flag.name)];
    const text = fromFlag === true ? "true" : (fromFlag ?? environment[environmentName(flag.name)] ?? flag.default);
    if (text === undefined || typeof text === "boolean") {
      sentences.push(`--${flag.name} is missing: give ${flag.meaning}.`);
      continue;
    }
    const result = flag.form.safeParse(text);
    if (result.success) values[key] = result.data;
    else sentences.push(`--${flag.name} is "${text}": ${result.error.issues[0]?.message ?? "not accepted"}.`);
  }
  return sentences.length === 0 ? (values as FlagValues) : undefined;
}

/** Commander's own name of an option: `owner-id` becomes `ownerId`. */
function attributeName(flagName: string): string {
  return flagName.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function entriesOf<Entry>(
  { name }: { readonly name: string },
  path: string,
  readFile: ReadFile,
  parse: (flagName: string, path: string, text: string) => FileReading<Entry>,
): FileReading<Entry> {
  if (path === "") return { kind: "read", entries: [] };
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      kind: "refused",
      sentences: [`--${name} is "${path}", which cannot be read (${why}): give a readable file.`],
    };
  }
  return parse(name, path, text);
}

function brokenRelations(values: FlagValues): readonly string[] {
  const rules: readonly (readonly [holds: boolean, low: FlagKey, high: FlagKey])[] = [
    [values.leaseRenewDeadlineMs < values.leaseDurationMs, "leaseRenewDeadlineMs", "leaseDurationMs"],
    // client-go demands the same: a retry, with its jitter of 1.2, must fit into the deadline.
    [values.leaseRetryPeriodMs * 1.2 < values.leaseRenewDeadlineMs, "leaseRetryPeriodMs", "leaseRenewDeadlineMs"],
    [values.commandPollMinMs <= values.commandPollMaxMs, "commandPollMinMs", "commandPollMaxMs"],
  ];
  return rules
    .filter(([holds]) => !holds)
    .map(([, low, high]) => {
      const asText = (key: FlagKey): string => `--${FLAGS[key].name} (${String(values[key])} ms)`;
      return `${asText(low)} is too long for ${asText(high)}: shorten the first or lengthen the second.`;
    });
}

function entraSettingsOf(
  values: FlagValues,
  endpoints: EntraEndpoints,
  identityGrants: readonly EntraIdentityGrant[],
): EntraSettings {
  return {
    endpoints,
    identityGrants,
    rates: {
      writes: { perSecond: values.graphWritesPerSecond, burst: values.graphWritesBurst },
      reads: { perSecond: values.graphReadsPerSecond, burst: values.graphReadsBurst },
    },
    allowedUnverified: values.allowUnverified,
    isSelfApprovalAllowed: values.allowSelfApproval,
    directoryLookDelayMs: values.directoryLookDelayMs,
  };
}

function assemble(
  values: FlagValues,
): Omit<OperatorConfig, "identityGrants" | "installers" | "awsEndpoints" | "entra"> {
  const { ownerID, operatorNamespace, inventoryIntervalMs, launchTokenTrustMs, pingAgeMaxMs, capacityMemoryMs } =
    values;
  const { subnetCacheMs, resyncIntervalMs, workers, stepAttemptsMax, bindAddress, metricsPort, healthPort, logLevel } =
    values;
  return {
    ownerID,
    watchNamespaces: values.watchNamespaces.length === 0 ? "all" : values.watchNamespaces,
    operatorNamespace,
    ...(values.kubeconfig !== "" && { kubeconfig: values.kubeconfig }),
    lease: {
      name: values.leaseName,
      durationMs: values.leaseDurationMs,
      renewDeadlineMs: values.leaseRenewDeadlineMs,
      retryPeriodMs: values.leaseRetryPeriodMs,
    },
    inventoryIntervalMs,
    commandPoll: { minMs: values.commandPollMinMs, maxMs: values.commandPollMaxMs },
    absenceProof: { answersMin: values.absenceProofAnswers, windowMs: values.absenceProofWindowMs },
    launchTokenTrustMs,
    pingAgeMaxMs,
    capacityMemoryMs,
    subnetCacheMs,
    resyncIntervalMs,
    workers,
    stepAttemptsMax,
    rates: {
      runInstances: { perSecond: values.runInstancesPerSecond, burst: values.runInstancesBurst },
      terminateInstances: { perSecond: values.terminateInstancesPerSecond, burst: values.terminateInstancesBurst },
      ec2Reads: { perSecond: values.ec2ReadsPerSecond, burst: values.ec2ReadsBurst },
      ec2Writes: { perSecond: values.ec2WritesPerSecond, burst: values.ec2WritesBurst },
      ssmSend: { perSecond: values.ssmSendPerSecond, burst: values.ssmSendBurst },
      ssmReads: { perSecond: values.ssmReadsPerSecond, burst: values.ssmReadsBurst },
    },
    bindAddress,
    metricsPort,
    healthPort,
    logLevel,
  };
}
