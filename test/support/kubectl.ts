/**
 * Runs kubectl (or another tool that takes a kubeconfig) as a person would.
 * Guarantees: bounded time; no state of the caller's own kubeconfig or cache is read or written.
 */
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly stdin?: string;
  readonly timeoutMs?: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** What is needed to run kubectl against a control plane. */
export interface KubectlTarget {
  readonly kubectlPath: string;
  readonly kubeconfig: string;
}

/** Runs kubectl and returns whatever happened; a non-zero code is a result, not an error. */
export function kubectl(
  target: KubectlTarget,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  // The discovery cache is shared between runs and holds facts of servers that are gone: each run of the tests has its own.
  const cacheDirectory = join(tmpdir(), `kubectl-cache-${process.pid}`);
  const base = [`--kubeconfig=${target.kubeconfig}`, `--cache-dir=${cacheDirectory}`];
  return run(target.kubectlPath, [...base, ...args], options);
}

/** Like {@link kubectl}, but a non-zero code throws with what kubectl said. Returns stdout. */
export async function kubectlOk(
  target: KubectlTarget,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const result = await kubectl(target, args, options);
  if (result.code !== 0) throw new Error(`kubectl ${args.join(" ")} exited ${result.code}: ${result.stderr.trim()}`);
  return result.stdout;
}

/** Applies manifests given as objects (or YAML text) and returns what kubectl answered. */
export function kubectlApply(
  target: KubectlTarget,
  manifests: string | readonly object[],
  args: readonly string[] = [],
): Promise<CommandResult> {
  const stdin =
    typeof manifests === "string" ? manifests : JSON.stringify({ apiVersion: "v1", kind: "List", items: manifests });
  return kubectl(target, ["apply", ...args, "-f", "-"], { stdin });
}

/** Runs a program to its end, with stdin from `options` and a deadline. */
export function run(binary: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const timeoutMs = options.timeoutMs ?? 30_000;
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, { stdio: ["pipe", "pipe", "pipe"], env: options.env ?? process.env });
    let stdout = "";
    let stderr = "";
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      stderr += `\n(killed after ${timeoutMs} ms)`;
    }, timeoutMs);
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? -1, stdout, stderr });
    });
    child.stdin.on("error", () => undefined); // a program that ended early does not read its input
    child.stdin.end(options.stdin ?? "");
  });
}
