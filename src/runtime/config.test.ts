import { parseConfig } from "./config.ts";
import type { ConfigReading, OperatorConfig } from "./config.ts";
import { FLAGS, environmentName } from "./config-flags.ts";
import type { Flag } from "./config-flags.ts";

const OWNER = ["--owner-id", "corp-identity"];
const noFile = (path: string): string => {
  throw new Error(`ENOENT: no such file or directory, open '${path}'`);
};
const files =
  (contents: Readonly<Record<string, string>>) =>
  (path: string): string =>
    contents[path] ?? noFile(path);

function parsed(argv: readonly string[], environment = {}, readFile = noFile): OperatorConfig {
  const reading = parseConfig([...OWNER, ...argv], environment, readFile);
  if (reading.kind !== "config") throw new Error(JSON.stringify(reading));
  return reading.config;
}
function refusals(reading: ConfigReading): readonly string[] {
  if (reading.kind !== "refused") throw new Error(`not refused: ${JSON.stringify(reading)}`);
  return reading.sentences;
}

test("the defaults are those of the sources that --help names", () => {
  const config = parsed([]);
  expect(config.lease).toEqual({
    name: "cloudsync-operator",
    durationMs: 15_000,
    renewDeadlineMs: 10_000,
    retryPeriodMs: 2_000,
  });
  expect(config.inventoryIntervalMs).toBe(30_000);
  expect(config.commandPoll).toEqual({ minMs: 5_000, maxMs: 30_000 });
  expect(config.absenceProof).toEqual({ answersMin: 3, windowMs: 300_000 });
  expect(config.capacityMemoryMs).toBe(180_000);
  expect(config.rates.runInstances).toEqual({ perSecond: 1, burst: 2 });
  expect(config.rates.ssmReads).toEqual({ perSecond: 3, burst: 3 });
  expect(config.watchNamespaces).toBe("all");
  expect(config.identityGrants).toEqual([]);
  expect(config).not.toHaveProperty("kubeconfig");
  expect(config.awsEndpoints).toEqual({ nonstandard: [] });
});

test("a flag wins over its environment form, which wins over the default", () => {
  const environment = { CLOUDSYNC_WORKERS: "7", CLOUDSYNC_LEASE_DURATION: "1m30s" };
  expect(parsed([], environment).workers).toBe(7);
  expect(parsed([], environment).lease.durationMs).toBe(90_000);
  expect(parsed(["--workers", "9"], environment).workers).toBe(9);
});

test("the environment alone is enough", () => {
  const reading = parseConfig([], { CLOUDSYNC_OWNER_ID: "corp" }, noFile);
  expect(reading.kind === "config" && reading.config.ownerID).toBe("corp");
});

test("watched namespaces are a set, and none means all", () => {
  expect(parsed(["--watch-namespaces", "b, a,b"]).watchNamespaces).toEqual(["b", "a"]);
  expect(parsed(["--watch-namespaces="]).watchNamespaces).toBe("all");
});

test("help documents every flag with its unit, its default and its environment form", () => {
  const reading = parseConfig(["--help"], {}, noFile);
  const text = reading.kind === "shown" ? reading.text.replace(/\s+/g, " ") : "";
  for (const flag of Object.values<Flag<unknown>>(FLAGS)) {
    expect(text).toContain(`--${flag.name} ${flag.unit === "true|false" ? "[true|false]" : `<${flag.unit}>`}`);
    expect(text).toContain(`[${environmentName(flag.name)}]`);
    if (flag.default !== undefined && flag.default !== "") expect(text).toContain(`default ${flag.default}`);
  }
});

test("every default is itself accepted", () => {
  const withDefault = Object.values<Flag<unknown>>(FLAGS).filter((flag) => flag.default !== undefined);
  for (const flag of withDefault)
    expect([flag.name, flag.form.safeParse(flag.default ?? "").success]).toEqual([flag.name, true]);
});

const refused: readonly (readonly [sentence: string, argv: readonly string[], says: string])[] = [
  ["a missing owner id", [], "--owner-id is missing: give"],
  ["an owner id with a wildcard", ["--owner-id", "*"], '--owner-id is "*": give lower-case letters'],
  [
    "a duration without a unit",
    [...OWNER, "--lease-duration", "15"],
    '--lease-duration is "15": give a duration from 1s to 5m',
  ],
  [
    "a duration of nothing",
    [...OWNER, "--inventory-interval", "0s"],
    '--inventory-interval is "0s": give a duration from 200ms',
  ],
  ["no workers", [...OWNER, "--workers", "0"], '--workers is "0": give a whole number from 1 to 64'],
  ["a rate of nothing", [...OWNER, "--ssm-send-rate", "0"], '--ssm-send-rate is "0": give calls per second'],
  ["fewer than three answers as proof of absence", [...OWNER, "--absence-proof-answers", "2"], "from 3 to 100"],
  [
    "a renew deadline as long as the lease",
    [...OWNER, "--lease-renew-deadline", "15s"],
    "--lease-renew-deadline (15000 ms) is too long for --lease-duration",
  ],
  [
    "a retry that does not fit into the deadline",
    [...OWNER, "--lease-retry-period", "9s"],
    "--lease-retry-period (9000 ms) is too long for --lease-renew-deadline",
  ],
  [
    "poll bounds the wrong way round",
    [...OWNER, "--command-poll-min", "40s"],
    "--command-poll-min (40000 ms) is too long for --command-poll-max",
  ],
  [
    "a file that is not there",
    [...OWNER, "--identity-grants", "/grants"],
    '--identity-grants is "/grants", which cannot be read (ENOENT',
  ],
  ["an unknown flag", [...OWNER, "--colour"], "unknown option '--colour'"],
  ["a stray word", [...OWNER, "start"], "too many arguments"],
  ["a namespace pattern", [...OWNER, "--watch-namespaces", "team-*"], "give namespace names separated by commas"],
];
for (const [sentence, argv, says] of refused) {
  test(`${sentence} is refused with what to do`, () => {
    const sentences = refusals(parseConfig(argv, {}, noFile));
    expect(sentences).toHaveLength(1);
    expect(sentences[0]).toContain(says);
    expect(sentences[0]).toMatch(/\.$/);
  });
}

test("everything that is wrong is said at once", () => {
  expect(refusals(parseConfig(["--workers", "x", "--log-level", "loud"], {}, noFile))).toHaveLength(3);
});

const GRANTS = `
- {namespace: identity, accountID: "111122223333"}
- {namespace: emea, accountID: "444455556666", roleARN: "arn:aws:iam::444455556666:role/cloudsync"}
`;
const CATALOGUE = JSON.stringify([
  {
    name: "provisioning-1.1.2505",
    kind: "Provisioning",
    bucket: "installers",
    bucketOwner: "111122223333",
    key: "a/b.exe",
    versionID: "v1",
    sha256: "a".repeat(64),
    version: "1.1.2505.0",
    productName: "Microsoft Entra Provisioning Agent",
  },
]);

test("identity grants and the installer catalogue are read from YAML or JSON", () => {
  const config = parsed(
    ["--identity-grants", "/g", "--installer-catalogue", "/c"],
    {},
    files({ "/g": GRANTS, "/c": CATALOGUE }),
  );
  expect(config.identityGrants).toEqual([
    { namespace: "identity", accountID: "111122223333" },
    { namespace: "emea", accountID: "444455556666", roleARN: "arn:aws:iam::444455556666:role/cloudsync" },
  ]);
  expect(config.installers.map(({ name, signer }) => [name, signer])).toEqual([
    ["provisioning-1.1.2505", "Microsoft Corporation"],
  ]);
});

const badFiles: readonly (readonly [sentence: string, flag: string, text: string, says: string])[] = [
  [
    "a grant to every namespace",
    "identity-grants",
    `[{namespace: "*", accountID: "111122223333"}]`,
    "entry 1, namespace: give one namespace's name",
  ],
  [
    "an account that lost its leading zero",
    "identity-grants",
    "[{namespace: a, accountID: 12345678901}]",
    "entry 1, accountID",
  ],
  [
    "a role of another account",
    "identity-grants",
    `[{namespace: a, accountID: "111122223333", roleARN: "arn:aws:iam::444455556666:role/x"}]`,
    "names another account",
  ],
  ["an unknown field", "identity-grants", `[{namespace: a, accountID: "111122223333", extra: 1}]`, "extra"],
  ["a map instead of a list", "identity-grants", "namespace: a", "the list:"],
  ["text that is not YAML", "identity-grants", "[", "neither YAML nor JSON"],
  ["two documents", "identity-grants", "---\n[]\n---\n[]\n", "more than one document"],
  [
    "an alias",
    "identity-grants",
    `- &one {namespace: a, accountID: "111122223333"}\n- *one\n`,
    "neither YAML nor JSON",
  ],
  [
    "one installer name for two files",
    "installer-catalogue",
    `[${CATALOGUE.slice(1, -1)},${CATALOGUE.slice(1, -1)}]`,
    "entry 2, name: is used twice",
  ],
  [
    "an installer without its hash",
    "installer-catalogue",
    CATALOGUE.replace("a".repeat(64), "latest"),
    "entry 1, sha256: give 64 lower-case hex digits",
  ],
];
for (const [sentence, flag, text, says] of badFiles) {
  test(`${sentence} is refused and the entry named`, () => {
    const sentences = refusals(parseConfig([...OWNER, `--${flag}`, "/f"], {}, files({ "/f": text })));
    expect(sentences.join("\n")).toContain(`--${flag} file /f`);
    expect(sentences.join("\n")).toContain(says);
  });
}

test("AWS's own endpoints need no permission", () => {
  const config = parsed([], { AWS_ENDPOINT_URL_EC2: "https://ec2.eu-west-1.amazonaws.com" });
  expect(config.awsEndpoints).toEqual({ ec2: "https://ec2.eu-west-1.amazonaws.com", nonstandard: [] });
});

const foreign: readonly (readonly [sentence: string, environment: Record<string, string>, says: string])[] = [
  ["another host", { AWS_ENDPOINT_URL_SSM: "http://127.0.0.1:4566" }, "AWS_ENDPOINT_URL_SSM"],
  ["a host that only ends alike", { AWS_ENDPOINT_URL_EC2: "https://evilamazonaws.com" }, "which is not AWS"],
  ["AWS's name without TLS", { AWS_ENDPOINT_URL_EC2: "http://ec2.eu-west-1.amazonaws.com" }, "which is not AWS"],
  ["the general endpoint setting", { AWS_ENDPOINT_URL: "https://localhost:1" }, "AWS_ENDPOINT_URL"],
  ["static keys", { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE" }, "AWS_ACCESS_KEY_ID is set"],
];
for (const [sentence, environment, says] of foreign) {
  test(`${sentence} is refused unless nonstandard endpoints are allowed`, () => {
    expect(refusals(parseConfig(OWNER, environment, noFile)).join("\n")).toContain(says);
    expect(parseConfig([...OWNER, "--allow-nonstandard-endpoints"], environment, noFile).kind).toBe("config");
  });
}

test("a service's own endpoint wins over the general one, and foreign ones are listed", () => {
  const environment = { AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_ENDPOINT_URL_SSM: "http://127.0.0.1:2" };
  const { awsEndpoints } = parsed(["--allow-nonstandard-endpoints", "true"], environment);
  expect(awsEndpoints).toMatchObject({
    ec2: "http://127.0.0.1:1",
    ssm: "http://127.0.0.1:2",
    sts: "http://127.0.0.1:1",
  });
  expect(awsEndpoints.nonstandard).toEqual([
    "ec2=http://127.0.0.1:1",
    "ssm=http://127.0.0.1:2",
    "sts=http://127.0.0.1:1",
  ]);
});
