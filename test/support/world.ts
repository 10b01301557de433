/**
 * The simulated world as a process of its own, for tests, the demo and the benchmark.
 * Guarantees: ready when `startWorld` resolves; the product's SSM documents are in it, put there by the unmodified SDK as an administrator does.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CreateDocumentCommand, SSMClient } from "@aws-sdk/client-ssm";
import { hostDocuments } from "../../src/host/documents.ts";
import { controlClient, type ControlClient } from "../../sim/src/cli/control-client.ts";
import type { Endpoints } from "../../sim/src/serve.ts";
import { eventually } from "./eventually.ts";
import { launch, stopProcess } from "./processes.ts";

const PROJECT = resolve(import.meta.dirname, "../..");

export interface WorldOptions {
  readonly directory: string;
  /** The operator's: its key acts under the shipped policy, filled in for this id. */
  readonly ownerID: string;
  readonly seed?: number;
  readonly delays?: "real" | "demo" | "zero";
  /** False: API throttling off (benchmarks). */
  readonly hasBuckets?: boolean;
  readonly isDetached?: boolean;
  /** A layout file (YAML or JSON), its sections replace those of the default. */
  readonly layoutFile?: string;
}

export interface RunningWorld {
  readonly endpoints: Endpoints;
  readonly control: ControlClient;
  readonly pid: number;
  stop(): Promise<void>;
}

export async function startWorld(options: WorldOptions): Promise<RunningWorld> {
  const endpointsFile = join(options.directory, "world.json");
  const args = [
    join(PROJECT, "sim/src/cli.ts"),
    "serve",
    "--endpoints-file",
    endpointsFile,
    "--seed",
    String(options.seed ?? 1),
    "--owner-id",
    options.ownerID,
    "--delays",
    options.delays ?? "demo",
    ...(options.hasBuckets === false ? ["--no-buckets"] : []),
    ...(options.layoutFile === undefined ? [] : ["--layout", options.layoutFile]),
  ];
  const world = launch(process.execPath, args, {
    logFile: join(options.directory, "world.log"),
    isDetached: options.isDetached === true,
  });
  await eventually(
    "the world serves",
    () => {
      if (!world.isAlive()) throw new Error(`the world ended while starting:\n${world.logTail()}`);
      return existsSync(endpointsFile);
    },
    (exists) => exists,
    { timeoutMs: 20_000 },
  );
  const endpoints = JSON.parse(readFileSync(endpointsFile, "utf8")) as Endpoints;
  await registerDocuments(endpoints);
  return {
    endpoints,
    control: controlClient(endpoints.control),
    pid: world.pid,
    stop: () => stopProcess(world.pid, 2_000),
  };
}

/** What deploy does in a real account: the operator itself may not create documents. */
async function registerDocuments({ ssm, region, adminAccessKeyID }: Endpoints): Promise<void> {
  const client = new SSMClient({
    region,
    endpoint: ssm,
    credentials: { accessKeyId: adminAccessKeyID, secretAccessKey: "any" },
    maxAttempts: 3,
  });
  for (const { ref, content } of hostDocuments()) {
    await client.send(
      new CreateDocumentCommand({ Name: ref.name, Content: content, DocumentType: "Command", DocumentFormat: "JSON" }),
    );
  }
  client.destroy();
}
