/**
 * One measured installation: a control plane, the chart's CRDs and RBAC, a world, and operators as users run them.
 * Guarantees: what was started is stopped by `close`, whatever happened in between; nothing is shared between two stages.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiServer } from "../integration/api/api-server.ts";
import { CHART, findHelm } from "../support/helm.ts";
import { startControlPlane, type ControlPlane } from "../support/control-plane.ts";
import { eventually } from "../support/eventually.ts";
import { kubectl } from "../support/kubectl.ts";
import { EXAMPLE_ACCOUNT_ID, startOperator, type OperatorOptions, type RunningOperator } from "../support/operator.ts";
import { startWorld, type RunningWorld, type WorldOptions } from "../support/world.ts";

export const OWNER_ID = "cloudsync-bench";

export interface StageOptions extends Omit<WorldOptions, "directory" | "ownerID"> {
  /** Namespaces that may borrow the operator's identity. */
  readonly namespaces: readonly string[];
  /** Service accounts whose tokens the operator may ask for: `serviceAccountIdentities` of the chart. */
  readonly serviceAccounts?: readonly { readonly namespace: string; readonly names: readonly string[] }[];
}

export interface Stage {
  readonly directory: string;
  readonly controlPlane: ControlPlane;
  readonly world: RunningWorld;
  readonly api: ApiServer;
  operator(options?: Pick<OperatorOptions, "flags" | "times" | "name" | "nodeFlags">): RunningOperator;
  /** As a user does it; throws with what kubectl said. */
  apply(manifests: string): Promise<void>;
  close(): Promise<void>;
}

export async function openStage({ namespaces, serviceAccounts = [], ...worldOptions }: StageOptions): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), "cloudsync-bench-"));
  const undo: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of undo.reverse()) await step();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const controlPlane = await startControlPlane({ directory });
    undo.push(() => controlPlane.stop());
    const world = await startWorld({ directory, ownerID: OWNER_ID, ...worldOptions });
    undo.push(() => world.stop());
    // The chart puts a Role into each of them.
    for (const { namespace } of serviceAccounts) await kubectl(controlPlane, ["create", "namespace", namespace]);
    await installChart(controlPlane, { serviceAccountIdentities: serviceAccounts });
    const api = new ApiServer(controlPlane);
    undo.push(() => api.close());
    const grants = namespaces.map((namespace) => ({ namespace, accountID: EXAMPLE_ACCOUNT_ID }));
    const base = {
      directory,
      kubeconfig: controlPlane.operatorKubeconfig,
      world: world.endpoints,
      grants,
      ownerID: OWNER_ID,
    };
    return {
      directory,
      controlPlane,
      world,
      api,
      close,
      operator(options = {}) {
        const operator = startOperator({ ...base, ...options });
        undo.push(() => operator.kill());
        return operator;
      },
      async apply(manifests) {
        const answer = await kubectl(controlPlane, ["apply", "-f", "-"], { stdin: manifests, timeoutMs: 300_000 });
        if (answer.code !== 0) throw new Error(`kubectl apply exited ${answer.code}: ${answer.stderr}`);
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** CRDs and RBAC come from the chart; its Deployment has no replicas, because there is no kubelet. */
async function installChart({ kubeconfig }: ControlPlane, values: object): Promise<void> {
  const helm = await findHelm();
  const place = ["--namespace", "cloudsync-system", "--create-namespace", "--kubeconfig", kubeconfig];
  const answer = await helm(["install", "cloudsync-operator", CHART, ...place], {
    ownerID: OWNER_ID,
    replicas: 0,
    ...values,
  });
  if (answer.code !== 0) throw new Error(`helm install: ${answer.stderr}`);
}

export interface LogLine {
  readonly message: string;
  /** When it was written. */
  readonly atMs: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Complete lines only: the process may be writing the last one. */
export function logLines({ logFile }: Pick<RunningOperator, "logFile">): readonly LogLine[] {
  const text = readFileSync(logFile, "utf8");
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => {
      const fields = JSON.parse(line) as Record<string, unknown>;
      return { message: String(fields["message"]), atMs: Date.parse(String(fields["time"])), fields };
    });
}

export function untilLogged(operator: RunningOperator, message: string, timeoutMs = 60_000): Promise<LogLine> {
  return eventually(
    `the operator logs "${message}"`,
    () => {
      const line = logLines(operator).find((candidate) => candidate.message === message);
      if (line === undefined && !operator.isAlive()) throw new Error(`the operator ended:\n${operator.logTail()}`);
      return line;
    },
    (line) => line !== undefined,
    { timeoutMs, intervalMs: 20 },
  ) as Promise<LogLine>;
}

/** Resident memory now and its peak since the process started (proc(5), VmRSS and VmHWM). */
export function memoryMB({ pid }: { readonly pid: number }): { readonly residentMB: number; readonly peakMB: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const figure = (name: string): number =>
    (Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? Number.NaN) * 1_024) / 1_000_000;
  return { residentMB: figure("VmRSS"), peakMB: figure("VmHWM") };
}

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The operator's /metrics, on the port that its log names. */
export async function metricsOf(operator: RunningOperator): Promise<readonly Sample[]> {
  const { fields } = await untilLogged(operator, "started");
  const answer = await fetch(`http://127.0.0.1:${Number(fields["metricsPort"])}/metrics`, {
    signal: AbortSignal.timeout(10_000),
  });
  const text = await answer.text();
  return text.split("\n").flatMap((line) => {
    const match = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (match === null) return [];
    const labels = Object.fromEntries(
      [...(match[2] ?? "").matchAll(/([A-Za-z_]+)="([^"]*)"/g)].map(([, name, value]) => [name ?? "", value ?? ""]),
    );
    return [{ name: match[1] ?? "", labels, value: Number(match[3]) }];
  });
}

export function total(samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}): number {
  return samples
    .filter((sample) => sample.name === name)
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
}
