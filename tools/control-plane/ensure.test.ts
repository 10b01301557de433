import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { run } from "../../test/support/kubectl.ts";
import type { CommandResult } from "../../test/support/kubectl.ts";

const SCRIPT = resolve(import.meta.dirname, "ensure.mjs");
const CORE = ["etcd", "kube-apiserver", "kube-controller-manager", "kubectl"];

/** A cache of its own and a `go` that writes down what it is asked to build, and takes a moment for it. */
function aMachine() {
  const home = mkdtempSync(join(tmpdir(), "ensure-test-"));
  const bin = join(home, "bin");
  mkdirSync(bin);
  const builds = join(home, "builds.log");
  writeFileSync(
    join(bin, "go"),
    `#!/bin/sh\necho "$@" >> ${builds}\nsleep 0.2\nwhile [ $# -gt 0 ]; do [ "$1" = -o ] && echo made > "$2"; shift; done\n`,
  );
  chmodSync(join(bin, "go"), 0o755);
  const ensure = (
    args: readonly string[] = [],
    env: NodeJS.ProcessEnv = {},
    sources: readonly string[] = ["--from-source"],
  ): Promise<CommandResult> =>
    run(process.execPath, [SCRIPT, ...sources, ...args], {
      env: { PATH: `${bin}:${process.env["PATH"] ?? ""}`, HOME: home, XDG_CACHE_HOME: join(home, "cache"), ...env },
    });
  const built = (): string[] => (existsSync(builds) ? readFileSync(builds, "utf8").trim().split("\n") : []);
  return { home, ensure, built };
}

test("what is missing is built once, with the version in the link flags, and found the next time", async () => {
  const { ensure, built } = aMachine();
  const first = await ensure();
  const folder = first.stdout.trim();
  expect(first.code).toBe(0);
  expect(folder).toMatch(/cloudsync-operator\/control-plane\/kubernetes-v[\d.]+-etcd-v[\d.]+-\w+-\w+$/);
  expect(
    readdirSync(folder)
      .filter((name) => !name.endsWith(".source"))
      .sort(),
  ).toEqual(CORE);
  expect(built()).toHaveLength(4);
  expect(built().every((line) => line.includes("version.gitVersion=v1."))).toBe(true);
  const second = await ensure();
  expect(second.stdout.trim()).toBe(folder);
  expect(second.stderr).toContain("etcd: from the cache (built from Go modules)");
  expect(built()).toHaveLength(4);
});

test("two runs at a time build each binary once", async () => {
  const { ensure, built } = aMachine();
  const [one, two] = await Promise.all([ensure(), ensure()]);
  expect([one.code, two.code]).toEqual([0, 0]);
  expect(built()).toHaveLength(4);
});

test("KUBEBUILDER_ASSETS is used for what it has, topped up, and never written to", async () => {
  const { home, ensure, built } = aMachine();
  const assets = join(home, "assets");
  mkdirSync(assets);
  writeFileSync(join(assets, "etcd"), "theirs");
  const result = await ensure([], { KUBEBUILDER_ASSETS: assets });
  const folder = result.stdout.trim();
  expect(readlinkSync(join(folder, "etcd"))).toBe(join(assets, "etcd"));
  expect(readFileSync(join(folder, "kubectl"), "utf8")).toBe("made\n");
  expect(readdirSync(assets)).toEqual(["etcd"]);
  expect(built().some((line) => line.includes("etcd/server"))).toBe(false);
});

test("a lock left by a dead run does not block", async () => {
  const { ensure, built } = aMachine();
  const folder = (await ensure()).stdout.trim();
  writeFileSync(join(folder, ".lock"), "999999999");
  const again = await ensure(["--with-helm"]);
  expect(again.stderr).not.toContain("waiting");
  expect(built().at(-1)).toContain("helm.sh/helm/v4/cmd/helm@v4");
});

test("an archive whose hash is not the listed one is refused, and nothing of it is kept", async () => {
  const { home, ensure, built } = aMachine();
  const forged = join(home, "forged.mjs");
  writeFileSync(forged, `globalThis.fetch = async () => new Response("not the archive");\n`);
  const result = await ensure([], { NODE_OPTIONS: `--import=${forged}` }, []);
  expect(result.code).toBe(1);
  expect(result.stderr).toContain("does not have the expected sha512: refused");
  expect(built()).toEqual([]);
});

test("an archive that cannot be reached is left out, and the build takes over", async () => {
  const { home, ensure, built } = aMachine();
  const offline = join(home, "offline.mjs");
  writeFileSync(offline, `globalThis.fetch = async () => { throw new TypeError("fetch failed"); };\n`);
  const result = await ensure([], { NODE_OPTIONS: `--import=${offline}` }, []);
  expect(result.code).toBe(0);
  expect(built()).toHaveLength(4);
});

test("without Go the message says what to install", async () => {
  const { home, ensure } = aMachine();
  const result = await ensure([], { PATH: join(home, "nowhere") });
  expect(result.code).toBe(1);
  expect(result.stderr).toContain("install Go");
});

test("an unknown option is refused with those that exist", async () => {
  const { ensure } = aMachine();
  const result = await ensure(["--helm"]);
  expect(result.code).toBe(1);
  expect(result.stderr).toContain("--with-helm");
});
