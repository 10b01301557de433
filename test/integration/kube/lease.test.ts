import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { resolve } from "node:path";
import { eventually } from "../../support/eventually.ts";
import { kubectlOk } from "../../support/kubectl.ts";
import { freshNamespace } from "../../support/namespace.ts";
import type { TestNamespace } from "../../support/namespace.ts";
import { sharedControlPlane } from "../../support/shared-control-plane.ts";
import { installWidgets, widget } from "./widgets.ts";

const target = sharedControlPlane();
const PROGRAM = resolve(import.meta.dirname, "processes/candidate.ts");
const SHORT = { durationMs: 3_000, renewDeadlineMs: 2_000, retryMs: 500 };
const children: ChildProcess[] = [];
let namespace: TestNamespace;

beforeAll(() => installWidgets(target), 30_000);
beforeEach(async () => {
  namespace = await freshNamespace(target);
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await namespace.delete();
});

interface Said {
  readonly what: string;
  readonly atMs: number;
  readonly isLeader?: boolean;
}

function aCandidate(identity: string, times: object = SHORT) {
  const child = spawn(process.execPath, [PROGRAM, target.kubeconfig, namespace.name, identity, JSON.stringify(times)], {
    env: { ...process.env, NODE_OPTIONS: "--disable-warning=ExperimentalWarning" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  const said: Said[] = [];
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  child.stdout.on("data", (chunk: Buffer) => {
    for (const line of chunk.toString().trim().split("\n")) {
      said.push({ ...(JSON.parse(line) as { what: string }), atMs: performance.now() });
    }
  });
  const untilSaid = async (what: string, timeoutMs = 20_000): Promise<Said> => {
    const seen = await eventually(
      `${identity} says "${what}"`,
      () => ({ said: said.map((line) => line.what), errors, found: said.find((line) => line.what === what) }),
      (state) => state.found !== undefined,
      { timeoutMs, intervalMs: 20 },
    );
    return seen.found!;
  };
  return { child, said, untilSaid };
}

const holder = (): Promise<string> =>
  kubectlOk(target, ["-n", namespace.name, "get", "lease", "candidates", "-o", "jsonpath={.spec.holderIdentity}"]);

async function twoCandidates(times: object = SHORT) {
  const one = aCandidate("one", times);
  await one.untilSaid("leading");
  const two = aCandidate("two", times);
  await two.untilSaid("ready");
  expect(await holder()).toBe("one");
  return { one, two };
}

test("kill -9: the follower leads within the default times of the lease, and not before they are over", async () => {
  const { one, two } = await twoCandidates({});
  // The killed process may have renewed up to its retry time ago.
  const killedMs = performance.now();
  one.child.kill("SIGKILL");
  const leading = await two.untilSaid("leading", 25_000);
  const tookMs = leading.atMs - killedMs;
  expect(tookMs).toBeLessThan(20_000);
  expect(tookMs).toBeGreaterThan(15_000 - 2_400 - 500);
  expect(await holder()).toBe("two");
}, 60_000);

test("SIGTERM during a pass: it finishes, its write is stored, then the lease is released and the follower leads", async () => {
  const { one, two } = await twoCandidates();
  await kubectlOk(target, ["create", "-f", "-"], { stdin: JSON.stringify(widget(namespace.name, "w")) });
  await one.untilSaid("pass started");
  const termMs = performance.now();
  one.child.kill("SIGTERM");
  await one.untilSaid("released");
  const order = one.said.map((line) => line.what);
  expect(order.slice(order.indexOf("pass started"))).toEqual([
    "pass started",
    "terminating",
    "pass finished",
    "drained",
    "released",
  ]);
  expect(one.said.find((line) => line.what === "drained")?.isLeader).toBe(true); // leading to the end of its work
  const leading = await two.untilSaid("leading");
  expect(leading.atMs - termMs).toBeLessThan(5_000);
  await eventually(
    "the process has ended with 0",
    () => one.child.exitCode,
    (code) => code === 0,
  );
}, 60_000);

test("a leader that loses its lease to somebody else stops itself", async () => {
  const { one } = await twoCandidates();
  const patch = JSON.stringify({ spec: { holderIdentity: "somebody-else" } });
  await kubectlOk(target, ["-n", namespace.name, "patch", "lease", "candidates", "--type=merge", "-p", patch]);
  await one.untilSaid("lost");
  await eventually(
    "the process has ended with 1",
    () => one.child.exitCode,
    (code) => code === 1,
  );
}, 60_000);
