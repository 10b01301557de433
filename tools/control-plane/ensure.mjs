#!/usr/bin/env node
/**
 * Finds or makes the control plane binaries of tests and demo: etcd, kube-apiserver, kube-controller-manager, kubectl
 * (and helm with `--with-helm`). Plain Node 20 or later, no packages.
 * Order: KUBEBUILDER_ASSETS, the user's cache folder, the envtest archive (verified by hash), a build from Go modules.
 * Guarantees: a binary appears in the cache folder whole or not at all; two runs at a time build once.
 * Never: takes an archive whose hash is not listed below; writes outside the cache folder.
 * Output: progress on stderr; the folder on stdout (the last line).
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ENVTEST_ARCHIVES } from "./envtest.mjs";

const KUBERNETES = "v1.36.3";
const ETCD = "v3.6.8";
const HELM = "v4.3.1";
const MODULE_FOLDER = import.meta.dirname ?? resolve(process.argv[1], "..");

const LINK_FLAGS = [
  "-s -w",
  // Without these the server calls itself v0.0.0-master, and kubectl's and helm's version checks fail.
  `-X k8s.io/component-base/version.gitVersion=${KUBERNETES}`,
  "-X k8s.io/component-base/version.gitMajor=1",
  "-X k8s.io/component-base/version.gitMinor=36",
  `-X k8s.io/client-go/pkg/version.gitVersion=${KUBERNETES}`,
].join(" ");

/** Times: 2 cores, empty Go caches. The big ones share most of their packages. */
const BUILDS = {
  etcd: { package: "go.etcd.io/etcd/server/v3", duration: "about 2 minutes the first time" },
  "kube-apiserver": { package: "k8s.io/kubernetes/cmd/kube-apiserver", duration: "about 5 minutes the first time" },
  kubectl: { package: "k8s.io/kubernetes/cmd/kubectl", duration: "about 1 minute" },
  "kube-controller-manager": {
    package: "k8s.io/kubernetes/cmd/kube-controller-manager",
    duration: "about 2 minutes",
  },
};
const CORE_BINARIES = Object.keys(BUILDS);

const say = (text) => process.stderr.write(`control-plane: ${text}\n`);

const OPTIONS = {
  "--with-helm": "also helm",
  "--from-source": "do not download the envtest archive: build what is missing",
  "--print-dir": "say nothing about what is there already",
};

async function main() {
  const flags = process.argv.slice(2);
  const unknown = flags.filter((flag) => !(flag in OPTIONS));
  if (unknown.length > 0) {
    const known = Object.entries(OPTIONS).map(([flag, meaning]) => `  ${flag}  ${meaning}`);
    throw new Error([`unknown option ${unknown.join(" ")}; known:`, ...known].join("\n"));
  }
  const wanted = flags.includes("--with-helm") ? [...CORE_BINARIES, "helm"] : CORE_BINARIES;
  const isQuiet = flags.includes("--print-dir");
  const folder = cacheFolder();
  mkdirSync(folder, { recursive: true });
  const view = process.env.KUBEBUILDER_ASSETS ? assetsView(folder, wanted, isQuiet) : undefined;
  const needed = () => wanted.filter((name) => !existsSync(join(folder, name)) && !view?.found.includes(name));
  const cached = wanted.filter((name) => !needed().includes(name) && !view?.found.includes(name));
  if (!isQuiet) for (const name of cached) say(`${name}: from the cache (${sourceOf(folder, name)})`);
  if (needed().length > 0) {
    await withLock(folder, async () => {
      if (!flags.includes("--from-source") && needed().length > 0) await fromEnvtest(folder, needed());
      for (const name of needed()) await build(folder, name);
    });
  }
  view?.topUp();
  process.stdout.write(`${view?.folder ?? folder}\n`);
}

function cacheFolder() {
  const fallback = process.platform === "darwin" ? join(homedir(), "Library", "Caches") : join(homedir(), ".cache");
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const key = `kubernetes-${KUBERNETES}-etcd-${ETCD}-${process.platform}-${architecture}`;
  return join(process.env.XDG_CACHE_HOME || fallback, "cloudsync-operator", "control-plane", key);
}

/**
 * A folder of links: what KUBEBUILDER_ASSETS has, topped up from the cache folder.
 * It lies inside the cache folder and is keyed by the assets' path, so that the assets themselves are never written to.
 */
function assetsView(folder, wanted, isQuiet) {
  const assets = resolve(process.env.KUBEBUILDER_ASSETS);
  const found = wanted.filter((name) => existsSync(join(assets, name)));
  if (found.length === 0) {
    say(`KUBEBUILDER_ASSETS=${assets} has none of ${wanted.join(", ")}: not used`);
    return undefined;
  }
  const view = join(folder, `assets-${createHash("sha256").update(assets).digest("hex").slice(0, 12)}`);
  if (!isQuiet) for (const name of found) say(`${name}: from KUBEBUILDER_ASSETS ${assets} (whatever version it has)`);
  return {
    folder: view,
    found,
    topUp() {
      mkdirSync(view, { recursive: true });
      for (const name of wanted) link(join(found.includes(name) ? assets : folder, name), join(view, name));
    },
  };
}

function link(source, path) {
  const temporary = `${path}.${process.pid}`;
  symlinkSync(source, temporary);
  renameSync(temporary, path);
}

/** Puts a finished binary into the cache folder, with a note of where it is from. */
function keep(folder, name, file, source) {
  writeFileSync(join(folder, `${name}.source`), `${source}\n`);
  renameSync(file, join(folder, name));
}

function sourceOf(folder, name) {
  const note = join(folder, `${name}.source`);
  return existsSync(note) ? readFileSync(note, "utf8").trim() : "built from Go modules";
}

/** The archive that controller-runtime's envtest uses: etcd, kube-apiserver, kubectl. No controller manager. */
async function fromEnvtest(folder, names) {
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const archive = ENVTEST_ARCHIVES[`${process.platform}-${architecture}`];
  if (archive === undefined) return;
  const useful = names.filter((name) => ["etcd", "kube-apiserver", "kubectl"].includes(name));
  if (useful.length === 0) return;
  const bytes = await download(archive.url).catch((error) => {
    say(`envtest archive not reachable (${error.cause?.code ?? error.name}): building instead`);
    return undefined;
  });
  if (bytes === undefined) return;
  if (createHash("sha512").update(bytes).digest("hex") !== archive.sha512) {
    throw new Error(`${archive.url} does not have the expected sha512: refused`);
  }
  const temporary = await mkdtemp(join(folder, "unpack-"));
  try {
    writeFileSync(join(temporary, "envtest.tar.gz"), bytes);
    await run("tar", ["-xzf", "envtest.tar.gz", "--strip-components=2"], { cwd: temporary });
    for (const name of useful) {
      keep(folder, name, join(temporary, name), `${archive.url}, sha512 verified`);
      say(`${name}: from ${archive.url} (sha512 verified)`);
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** 3 s to connect and be answered, 5 minutes for the whole archive. */
async function download(url) {
  const gaveUp = new AbortController();
  const connecting = setTimeout(() => gaveUp.abort(new DOMException("no answer within 3 s", "TimeoutError")), 3_000);
  const answer = await fetch(url, { signal: AbortSignal.any([gaveUp.signal, AbortSignal.timeout(300_000)]) });
  clearTimeout(connecting);
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

async function build(folder, name) {
  const startedMs = Date.now();
  const temporary = await mkdtemp(join(folder, "build-"));
  try {
    if (name === "helm") {
      say(`helm: building ${HELM} with go install, about 3 minutes the first time`);
      const env = { ...process.env, GOBIN: temporary, GOFLAGS: "-trimpath" };
      await go(["install", "-ldflags", "-s -w", `helm.sh/helm/v4/cmd/helm@${HELM}`], { env });
    } else {
      const { package: main, duration } = BUILDS[name];
      say(`${name}: building from Go modules, ${duration} (all four about 10 minutes, once per machine)`);
      await go(["build", "-trimpath", "-ldflags", LINK_FLAGS, "-o", join(temporary, name), main], {
        cwd: MODULE_FOLDER,
      });
    }
    keep(folder, name, join(temporary, name), "built from Go modules");
    say(`${name}: built in ${Math.round((Date.now() - startedMs) / 1000)} s`);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

async function go(args, options) {
  await run("go", args, options).catch((error) => {
    if (error.code !== "ENOENT") throw error;
    throw new Error("Go is not installed: install Go 1.26 or later (https://go.dev/dl), or set KUBEBUILDER_ASSETS");
  });
}

function run(command, args, options = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    let tail = "";
    const startedMs = Date.now();
    const heartbeat = setInterval(
      () => say(`  still at it after ${Math.round((Date.now() - startedMs) / 1000)} s`),
      60_000,
    );
    const keep = (chunk) => (tail = (tail + chunk).slice(-4_000));
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("error", (error) => {
      clearInterval(heartbeat);
      fail(error);
    });
    child.once("close", (code) => {
      clearInterval(heartbeat);
      if (code === 0) done();
      else fail(new Error(`${command} ${args[0]} exited ${code}:\n${tail}`));
    });
  });
}

const LOCK_BEAT_MS = 10_000;
const LOCK_STALE_MS = 60_000;

/** One builder at a time: a file made atomically and touched while its owner works; a dead owner's lock is taken over. */
async function withLock(folder, work) {
  const lock = join(folder, ".lock");
  let hasSaid = false;
  while (!takeLock(lock)) {
    if (isStale(lock)) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!hasSaid) say("another run is making the binaries: waiting for it");
    hasSaid = true;
    await delay(500);
  }
  const beat = setInterval(() => utimesSync(lock, new Date(), new Date()), LOCK_BEAT_MS);
  const release = () => {
    clearInterval(beat);
    rmSync(lock, { force: true });
  };
  const stop = () => {
    release();
    process.exit(130);
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  try {
    await work();
  } finally {
    release();
  }
}

function takeLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function isStale(lock) {
  try {
    const owner = Number(readFileSync(lock, "utf8"));
    const isUntouched = Date.now() - statSync(lock).mtimeMs > LOCK_STALE_MS;
    return isUntouched || (owner > 0 && !isAlive(owner));
  } catch {
    return false; // released just now
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

main().catch((error) => {
  say(error.message);
  process.exit(1);
});
