/** What every run starts from, read from files once a process: CRDs, examples, contracts, documents. Never: inside a run. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { GraphContract } from "../../../sim/src/graph/contract/contract.ts";
import { readContracts } from "../../../sim/src/hosts/contracts.ts";
import { frozenObject } from "../../../sim/src/kube/json.ts";
import { windowsGuestsUnder } from "../../../sim/src/hosts/guests.ts";
import * as entraSDKs from "../../../src/entra/vendor-sdks.ts";
import { hostDocuments } from "../../../src/host/documents.ts";
import { parseConfig } from "../../../src/runtime/config.ts";
import type { OperatorConfig } from "../../../src/runtime/config.ts";
import { EXAMPLE_ACCOUNT_ID, EXAMPLE_INSTALLERS } from "../../support/operator.ts";
import type { Manifest } from "../../support/stack-manifests.ts";
import { OWNER_ID } from "./installation.ts";

const CRDS = resolve(import.meta.dirname, "../../../crds");
const EXAMPLES = resolve(import.meta.dirname, "../../../examples");

export const NAMESPACE = "identity";
export const OPERATOR_NAMESPACE = "cloudsync-system";

export interface Fixtures {
  readonly crds: readonly object[];
  /** The files of `examples/`, as a user applies them. */
  readonly examples: readonly Manifest[];
  readonly entraExamples: readonly Manifest[];
  readonly guests: ReturnType<typeof windowsGuestsUnder>;
  readonly documents: ReturnType<typeof hostDocuments>;
  /** The OpenAPI extracts, read before the first run. */
  readonly graphContract: GraphContract;
  /** The vendor's packages, loaded before the first run: a process loads them with its first call. */
  readonly entraSDKs: typeof entraSDKs;
}

export function loadFixtures(): Fixtures {
  return {
    crds: readdirSync(CRDS)
      .sort()
      .map((file) => frozenObject(parse(readFileSync(join(CRDS, file), "utf8")))),
    examples: ["10-tenant.yaml", "20-domain.yaml", "30-pool.yaml"].flatMap(manifestsOf),
    entraExamples: ["40-configuration.yaml", "50-canary.yaml", "60-team-sales.yaml"].flatMap(manifestsOf),
    guests: windowsGuestsUnder(readContracts()),
    documents: hostDocuments(),
    graphContract: readGraphContract(),
    entraSDKs,
  };
}

function readGraphContract(): GraphContract {
  const contract = new GraphContract();
  for (const version of ["v1.0", "beta"] as const) contract.operations(version);
  contract.tokenSchemas();
  return contract;
}

function manifestsOf(file: string): readonly Manifest[] {
  return parseAllDocuments(readFileSync(join(EXAMPLES, file), "utf8")).map((document) => document.toJS() as Manifest);
}

/** The operator's own identity, and a role for pools that ask for one. */
function grantsOf(namespace: string): readonly object[] {
  const grant = { namespace, accountID: EXAMPLE_ACCOUNT_ID };
  return [grant, { ...grant, roleARN: `arn:aws:iam::${EXAMPLE_ACCOUNT_ID}:role/cloudsync-fleet` }];
}

/** The process's own flags, read by its own parser; grants and installers are files that only this parser sees. */
export function operatorConfig(flags: readonly string[], namespaces: readonly string[]): OperatorConfig {
  const files: Readonly<Record<string, string>> = {
    grants: JSON.stringify(namespaces.flatMap(grantsOf)),
    installers: JSON.stringify(EXAMPLE_INSTALLERS),
  };
  const args = [
    `--owner-id=${OWNER_ID}`,
    `--operator-namespace=${OPERATOR_NAMESPACE}`,
    "--identity-grants=grants",
    "--installer-catalogue=installers",
    "--allow-nonstandard-endpoints",
    ...flags,
  ];
  const environment = {
    AWS_ENDPOINT_URL_EC2: "http://ec2.invalid",
    AWS_ENDPOINT_URL_SSM: "http://ssm.invalid",
    AWS_ENDPOINT_URL_STS: "http://sts.invalid",
    AWS_REGION: "ap-northeast-1",
  };
  const reading = parseConfig(args, environment, (path) => files[path] ?? "", "simulation");
  if (reading.kind !== "config") throw new Error(`the flags are refused: ${JSON.stringify(reading)}`);
  return reading.config;
}
