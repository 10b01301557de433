/**
 * The shipped operator (the bundle) as a process of its own, under its own service account, pointed at a world by the standard SDK settings and the
 * operator's own for Microsoft Graph.
 */
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Endpoints } from "../../sim/src/serve.ts";
import { eventually } from "./eventually.ts";
import { chartNodeOptions, IMAGE } from "./image.ts";
import { launch, signalProcess, stopProcess, type RunningProcess } from "./processes.ts";

const PROJECT = resolve(import.meta.dirname, "../..");
export const BUNDLE = join(PROJECT, "dist/operator.mjs");

/** The catalogue entry that `examples/` names; its object stands in the world's default layout. */
export const EXAMPLE_INSTALLERS = [
  {
    name: "provisioning-1.1.2505",
    kind: "Provisioning",
    bucket: "cloudsync-installers",
    bucketOwner: "111122223333",
    key: "provisioning/1.1.2505.0/AADConnectProvisioningAgentSetup.exe",
    versionID: "v1.1.2505.0",
    sha256: "5f2c1a9be0d34786a1b2c3d4e5f60718293a4b5c6d7e8f90112233445566778a",
    version: "1.1.2505.0",
    productName: "Microsoft Entra Provisioning Agent",
    signer: "Microsoft Corporation",
  },
] as const;

export const EXAMPLE_ACCOUNT_ID = "111122223333";

export interface IdentityGrantValue {
  readonly namespace: string;
  readonly accountID: string;
  readonly roleARN?: string;
}

export interface OperatorOptions {
  readonly directory: string;
  readonly kubeconfig: string;
  readonly world: Endpoints;
  readonly grants: readonly IdentityGrantValue[];
  readonly ownerID?: string;
  readonly watchNamespaces?: readonly string[];
  readonly operatorNamespace?: string;
  readonly installers?: readonly object[];
  /** `default`: the times and rates that users get; otherwise {@link SHORT_TIMES}. */
  readonly times?: "short" | "default";
  /** More flags, such as `--workers=8`; they win over the short times of tests. */
  readonly flags?: readonly string[];
  /** More flags of Node itself, beside the image's. */
  readonly nodeFlags?: readonly string[];
  readonly isDetached?: boolean;
  /** Name of the log file and of the lease holder's files, when several run side by side. */
  readonly name?: string;
}

export interface RunningOperator {
  readonly pid: number;
  readonly logFile: string;
  isAlive(): boolean;
  logTail(): string;
  kill(): Promise<void>;
  /** SIGTERM; resolves when the process has ended. */
  terminate(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

/** Times for worlds whose delays are seconds; production's defaults are minutes. */
export const SHORT_TIMES: readonly string[] = [
  "--inventory-interval=1s",
  "--command-poll-min=250ms",
  "--command-poll-max=250ms",
  "--capacity-memory=3s",
  "--absence-proof-window=4s",
  "--lease-duration=12s",
  "--lease-renew-deadline=9s",
  "--lease-retry-period=1s",
  "--run-instances-rate=10",
  "--run-instances-burst=10",
  "--ssm-send-rate=20",
  "--ssm-send-burst=20",
  "--ssm-reads-rate=40",
  "--ssm-reads-burst=40",
];

export function startOperator(options: OperatorOptions): RunningOperator {
  if (!existsSync(BUNDLE)) throw new Error(`${BUNDLE} is missing: run make build`);
  const name = options.name ?? "operator";
  const grantsFile = join(options.directory, `${name}-grants.json`);
  const installersFile = join(options.directory, `${name}-installers.json`);
  writeFileSync(grantsFile, JSON.stringify(options.grants));
  writeFileSync(installersFile, JSON.stringify(options.installers ?? EXAMPLE_INSTALLERS));
  const { world } = options;
  const graphCAFile = join(options.directory, `${name}-graph-ca.pem`);
  writeFileSync(graphCAFile, world.graphCertificate);
  const args = [
    ...IMAGE.nodeFlags,
    ...(options.nodeFlags ?? []),
    BUNDLE,
    `--owner-id=${options.ownerID ?? "cloudsync-test"}`,
    `--operator-namespace=${options.operatorNamespace ?? "cloudsync-system"}`,
    `--kubeconfig=${options.kubeconfig}`,
    `--identity-grants=${grantsFile}`,
    `--installer-catalogue=${installersFile}`,
    "--metrics-port=0",
    "--health-port=0",
    "--allow-nonstandard-endpoints",
    ...(options.watchNamespaces === undefined ? [] : [`--watch-namespaces=${options.watchNamespaces.join(",")}`]),
    ...(options.times === "default" ? [] : SHORT_TIMES),
    ...(options.flags ?? []),
  ];
  const env = {
    ...IMAGE.environment,
    NODE_OPTIONS: chartNodeOptions(),
    PATH: process.env["PATH"],
    HOME: options.directory,
    AWS_ENDPOINT_URL_EC2: world.ec2,
    AWS_ENDPOINT_URL_SSM: world.ssm,
    AWS_ENDPOINT_URL_STS: world.sts,
    AWS_ACCESS_KEY_ID: world.accessKeyID,
    AWS_SECRET_ACCESS_KEY: "any",
    AWS_REGION: world.region,
    // One origin serves Graph and the login authority. Node reads the certificate at its start.
    CLOUDSYNC_GRAPH_ENDPOINT: world.graph,
    AZURE_AUTHORITY_HOST: world.graph,
    NODE_EXTRA_CA_CERTS: graphCAFile,
  };
  const logFile = join(options.directory, `${name}.log`);
  const running: RunningProcess = launch(process.execPath, args, {
    logFile,
    env,
    isDetached: options.isDetached === true,
  });
  return {
    pid: running.pid,
    logFile,
    isAlive: () => running.isAlive(),
    logTail: () => running.logTail(),
    kill: () => stopProcess(running.pid, 0),
    terminate: async () => {
      signalProcess(running.pid, "SIGTERM");
      await eventually(
        "the operator ends on SIGTERM",
        () => running.isAlive(),
        (isAlive) => !isAlive,
        { timeoutMs: 45_000 },
      );
    },
    signal: (signal) => signalProcess(running.pid, signal),
  };
}
