/**
 * A real etcd, kube-apiserver and kube-controller-manager on free loopback ports, for tests and the demo.
 * Guarantees: ready when `startControlPlane` resolves; every start, kill and stop has a deadline; what runs is written to
 * `<directory>/control-plane.json`, so that another program can use it or stop it.
 * Never: listens beyond loopback, reuses another run's data, runs pods (there is no scheduler and no kubelet).
 */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import { get as httpGet } from "node:http";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { run } from "./kubectl.ts";
import { freePort, launch, signalProcess, stopProcess, untilPortIsFree } from "./processes.ts";
import type { RunningProcess } from "./processes.ts";

/** A user with a token of its own. Service accounts get the groups that the API server gives them. */
export interface ControlPlaneUser {
  readonly name: string;
  readonly groups: readonly string[];
}

export function serviceAccountUser(namespace: string, name: string): ControlPlaneUser {
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
  };
}

export const ADMIN: ControlPlaneUser = { name: "admin", groups: ["system:masters"] };
export const OPERATOR: ControlPlaneUser = serviceAccountUser("cloudsync-system", "cloudsync-operator");

export interface ControlPlaneOptions {
  /** Data, certificates, logs, kubeconfigs and `control-plane.json`; made if missing. */
  readonly directory: string;
  /** Users with a token besides {@link ADMIN} and {@link OPERATOR}. Tokens are fixed at start: the server reads the file once. */
  readonly users?: readonly ControlPlaneUser[];
  /** Garbage collection, namespace deletion, default service accounts. Default true. */
  readonly hasControllerManager?: boolean;
  /** The processes outlive this program; end them with {@link stopControlPlane}. Default false. */
  readonly isDetached?: boolean;
  /** Folder of the binaries; default: what `tools/control-plane/ensure.mjs` finds or builds. */
  readonly binaries?: string;
}

/** What other programs need to know; the content of `control-plane.json`. */
export interface ControlPlaneFacts {
  readonly url: string;
  readonly etcdUrl: string;
  readonly directory: string;
  readonly binaries: string;
  readonly kubectlPath: string;
  /** The administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** The operator's kubeconfig: its service account's token, no rights but those that RBAC gives. */
  readonly operatorKubeconfig: string;
  /** User name to kubeconfig path, for every user. */
  readonly kubeconfigs: Readonly<Record<string, string>>;
  readonly pids: Readonly<Record<string, number>>;
}

export interface ControlPlane extends ControlPlaneFacts {
  /** SIGKILL to the API server, over a surviving etcd; resolves when its port is free. */
  killApiServer(): Promise<void>;
  /** Starts the API server on the same port; resolves when it is ready. */
  startApiServer(): Promise<void>;
  /** SIGSTOP: connections stay open and silent, as with a cut network. */
  freezeApiServer(): void;
  thawApiServer(): void;
  /** Discards etcd's history up to now, so that older versions answer 410. */
  compactEtcd(): Promise<void>;
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;
/** The API server hangs for minutes on SIGTERM when etcd is gone, so it goes first and is not waited for. */
const STOP_GRACE_MS = 300;
const PROJECT = resolve(import.meta.dirname, "../..");

export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const directory = resolve(options.directory);
  mkdirSync(join(directory, "certs"), { recursive: true });
  const binaries = options.binaries ?? (await findBinaries());
  const layout = await writeFiles(directory, [ADMIN, OPERATOR, ...(options.users ?? [])]);
  const start = (name: string, args: readonly string[]): RunningProcess =>
    launch(join(binaries, name), args, {
      logFile: join(directory, `${name}.log`),
      isDetached: options.isDetached === true,
    });

  const running = new Map<string, RunningProcess>();
  const facts = (): ControlPlaneFacts => ({
    url: layout.url,
    etcdUrl: layout.etcdUrl,
    directory,
    binaries,
    kubectlPath: join(binaries, "kubectl"),
    kubeconfig: layout.kubeconfigs[ADMIN.name] ?? "",
    operatorKubeconfig: layout.kubeconfigs[OPERATOR.name] ?? "",
    kubeconfigs: layout.kubeconfigs,
    pids: Object.fromEntries([...running].map(([name, child]) => [name, child.pid])),
  });
  const record = (): void => writeFileSync(factsFile(directory), JSON.stringify(facts(), null, 2));
  const startApiServer = async (): Promise<void> => {
    const server = start("kube-apiserver", apiServerFlags(layout));
    running.set("kube-apiserver", server);
    record();
    await untilReady("kube-apiserver", server, () => isApiServerReady(layout));
    writeKubeconfigs(layout); // the certificate exists only after the first start
  };
  const pidOf = (name: string): number | undefined => running.get(name)?.pid;
  const stop = async (): Promise<void> => {
    record();
    await stopControlPlane(directory);
  };

  try {
    const etcd = start("etcd", etcdFlags(layout));
    running.set("etcd", etcd);
    record();
    await untilReady("etcd", etcd, () => isEtcdReady(layout.etcdUrl));
    await startApiServer();
    if (options.hasControllerManager !== false) {
      running.set("kube-controller-manager", start("kube-controller-manager", controllerManagerFlags(layout)));
    }
    record();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...facts(),
    startApiServer,
    async killApiServer() {
      await stopProcess(pidOf("kube-apiserver") ?? 0, 0);
      await untilPortIsFree(layout.apiPort, 10_000);
    },
    freezeApiServer: () => signalProcess(pidOf("kube-apiserver") ?? 0, "SIGSTOP"),
    thawApiServer: () => signalProcess(pidOf("kube-apiserver") ?? 0, "SIGCONT"),
    compactEtcd: () => compact(layout.etcdUrl),
    stop,
  };
}

/** Stops what `<directory>/control-plane.json` names, API server first. Does nothing when there is no such file. */
export async function stopControlPlane(directory: string): Promise<void> {
  const facts = readControlPlaneFacts(directory);
  if (facts === undefined) return;
  for (const name of ["kube-controller-manager", "kube-apiserver", "etcd"]) {
    const pid = facts.pids[name];
    if (pid !== undefined) await stopProcess(pid, STOP_GRACE_MS);
  }
}

export function factsFile(directory: string): string {
  return join(directory, "control-plane.json");
}

export function readControlPlaneFacts(directory: string): ControlPlaneFacts | undefined {
  const file = factsFile(directory);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as ControlPlaneFacts) : undefined;
}

/** The folder of the binaries, found or built by the project's one script; its progress goes to stderr. */
export async function findBinaries(): Promise<string> {
  const script = join(PROJECT, "tools/control-plane/ensure.mjs");
  const result = await run(process.execPath, [script, "--print-dir"], { timeoutMs: 30 * 60_000 });
  if (result.code !== 0) throw new Error(`no control plane binaries: ${result.stderr}`);
  return result.stdout.trim().split("\n").at(-1) ?? "";
}

interface Layout {
  readonly directory: string;
  readonly apiPort: number;
  readonly url: string;
  readonly etcdUrl: string;
  readonly peerUrl: string;
  readonly tokens: Readonly<Record<string, string>>;
  readonly kubeconfigs: Readonly<Record<string, string>>;
}

async function writeFiles(directory: string, users: readonly ControlPlaneUser[]): Promise<Layout> {
  const [apiPort, etcdPort, peerPort] = [await freePort(), await freePort(), await freePort()];
  const key = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const privatePem = key.privateKey.export({ type: "pkcs8", format: "pem" });
  writeFileSync(join(directory, "service-account.key"), privatePem, { mode: 0o600 });
  writeFileSync(join(directory, "service-account.pub"), key.publicKey.export({ type: "spki", format: "pem" }));
  const tokens = Object.fromEntries(users.map((user) => [user.name, randomBytes(24).toString("hex")]));
  const tokenLines = users.map((user) => `${tokens[user.name]},${user.name},${user.name},"${user.groups.join(",")}"`);
  writeFileSync(join(directory, "tokens.csv"), tokenLines.join("\n") + "\n", { mode: 0o600 });
  const fileOf = (user: ControlPlaneUser): string =>
    join(directory, `${user.name.split(":").at(-1) ?? user.name}.kubeconfig`);
  return {
    directory,
    apiPort,
    url: `https://127.0.0.1:${apiPort}`,
    etcdUrl: `http://127.0.0.1:${etcdPort}`,
    peerUrl: `http://127.0.0.1:${peerPort}`,
    tokens,
    kubeconfigs: Object.fromEntries(users.map((user) => [user.name, fileOf(user)])),
  };
}

function writeKubeconfigs(layout: Layout): void {
  const certificate = readFileSync(join(layout.directory, "certs/apiserver.crt")).toString("base64");
  for (const [user, file] of Object.entries(layout.kubeconfigs)) {
    const config = {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "local",
      clusters: [{ name: "local", cluster: { server: layout.url, "certificate-authority-data": certificate } }],
      users: [{ name: user, user: { token: layout.tokens[user] } }],
      contexts: [{ name: "local", context: { cluster: "local", user, namespace: "default" } }],
    };
    writeFileSync(file, JSON.stringify(config, null, 2), { mode: 0o600 }); // JSON is YAML
  }
}

function etcdFlags(layout: Layout): string[] {
  return [
    `--data-dir=${join(layout.directory, "etcd")}`,
    "--unsafe-no-fsync",
    `--listen-client-urls=${layout.etcdUrl}`,
    `--advertise-client-urls=${layout.etcdUrl}`,
    `--listen-peer-urls=${layout.peerUrl}`,
    `--initial-advertise-peer-urls=${layout.peerUrl}`,
    `--initial-cluster=default=${layout.peerUrl}`,
    "--log-level=warn",
  ];
}

function apiServerFlags(layout: Layout): string[] {
  const file = (name: string): string => join(layout.directory, name);
  return [
    `--etcd-servers=${layout.etcdUrl}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${layout.apiPort}`,
    `--cert-dir=${file("certs")}`,
    `--service-account-key-file=${file("service-account.pub")}`,
    `--service-account-signing-key-file=${file("service-account.key")}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--token-auth-file=${file("tokens.csv")}`,
    "--authorization-mode=RBAC",
    "--service-cluster-ip-range=10.0.0.0/24",
  ];
}

function controllerManagerFlags(layout: Layout): string[] {
  return [
    `--kubeconfig=${layout.kubeconfigs[ADMIN.name] ?? ""}`,
    "--controllers=garbage-collector-controller,namespace-controller,serviceaccount-controller,root-ca-certificate-publisher-controller",
    "--use-service-account-credentials=false",
    "--leader-elect=false",
    "--secure-port=0",
    `--root-ca-file=${join(layout.directory, "certs/apiserver.crt")}`,
  ];
}

async function untilReady(name: string, child: RunningProcess, isReady: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + READY_TIMEOUT_MS;
  while (!(await isReady())) {
    if (!child.isAlive()) throw new Error(`${name} ended while starting:\n${child.logTail()}`);
    if (performance.now() > deadlineMs) {
      throw new Error(`${name} is not ready after ${READY_TIMEOUT_MS} ms:\n${child.logTail()}`);
    }
    await delay(50);
  }
}

function isEtcdReady(etcdUrl: string): Promise<boolean> {
  return new Promise((done) => {
    const call = httpGet(`${etcdUrl}/health`, (answer) => {
      answer.resume();
      done(answer.statusCode === 200);
    });
    call.setTimeout(2_000, () => call.destroy());
    call.on("error", () => done(false));
  });
}

function isApiServerReady(layout: Layout): Promise<boolean> {
  const certificateFile = join(layout.directory, "certs/apiserver.crt");
  if (!existsSync(certificateFile)) return Promise.resolve(false);
  return new Promise((done) => {
    const call = httpsRequest(`${layout.url}/readyz`, {
      ca: readFileSync(certificateFile),
      headers: { authorization: `Bearer ${layout.tokens[ADMIN.name] ?? ""}` },
      agent: false,
    });
    call.setTimeout(5_000, () => call.destroy());
    call.on("response", (answer) => {
      answer.resume();
      done(answer.statusCode === 200);
    });
    call.on("error", () => done(false));
    call.end();
  });
}

/** etcd's JSON gateway: read the current revision, then compact to it (etcd documentation, "gRPC gateway"). */
async function compact(etcdUrl: string): Promise<void> {
  const post = async (path: string, body: object): Promise<unknown> => {
    const answer = await fetch(`${etcdUrl}${path}`, { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`etcd ${path}: ${answer.status} ${await answer.text()}`);
    return await answer.json();
  };
  const range = (await post("/v3/kv/range", { key: Buffer.from("x").toString("base64") })) as {
    header: { revision: string };
  };
  await post("/v3/kv/compaction", { revision: range.header.revision, physical: true });
}
