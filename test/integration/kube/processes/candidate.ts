/**
 * A process for the tests: takes part in a leader election and, as leader, reconciles widgets slowly.
 * Says what happens on stdout, a JSON line each; ends on SIGTERM in the order that the operator uses.
 */
import { kubeRuntime } from "../../../../src/kube/runtime.ts";
import { leaderElector } from "../../../../src/kube/lease.ts";
import { silentLog, silentMetrics } from "../../../../src/kube/observers.ts";
import { undiciTransport } from "../../../../src/kube/undici-transport.ts";
import { sleep, systemClock, systemDice } from "../../../../src/runtime/clock.ts";
import { WIDGETS } from "../widgets.ts";
import type { Widget } from "../widgets.ts";

const [kubeconfig = "", namespace = "", identity = "", times = "{}"] = process.argv.slice(2);
const leaseTimes = JSON.parse(times) as { durationMs?: number; renewDeadlineMs?: number; retryMs?: number };
const PASS_MS = 1_500;

const say = (what: string, more: object = {}): void => {
  process.stdout.write(JSON.stringify({ what, identity, ...more }) + "\n");
};

const never = new AbortController().signal;
const shared = { clock: systemClock, dice: systemDice, log: silentLog, metrics: silentMetrics };
const connect = (connections: number) =>
  undiciTransport({ clock: systemClock, userAgent: "candidate", kubeconfig, connections });
const runtime = kubeRuntime({
  ...shared,
  transport: await connect(8),
  namespaces: [namespace],
  reporter: { controller: "example.com/candidate", instance: identity },
});
const widgets = runtime.cacheOf<Widget>(WIDGETS);
runtime.addController({
  name: "widget",
  kind: WIDGETS,
  async reconcile(key) {
    const widget = widgets.get(key);
    if (widget === undefined || widget.status?.note === identity) return { kind: "done" };
    say("pass started", { key });
    await sleep(systemClock, PASS_MS, never); // the outside is slow
    const outcome = await runtime.port.applyStatus(
      WIDGETS,
      widget,
      { note: identity },
      { fieldManager: "test" },
      never,
    );
    say("pass finished", { key, outcome: outcome.kind });
    return { kind: "done" };
  },
});

const stop = new AbortController();
const elector = leaderElector({
  ...shared,
  ...leaseTimes,
  transport: await connect(1),
  lease: { namespace, name: "candidates" },
  identity,
  onLost(reason) {
    say("lost", { reason });
    process.exit(1);
  },
});
process.once("SIGTERM", () => {
  say("terminating");
  void shutDown();
});

async function shutDown(): Promise<void> {
  await runtime.drain(10_000);
  say("drained", { isLeader: elector.isLeader() });
  await elector.release();
  await runtime.close();
  say("released");
  process.exit(0);
}

// Timers of the clock do not hold a process open; this one does.
setInterval(() => undefined, 60_000);
await runtime.startCaches(20_000);
const running = elector.run(stop.signal);
say("ready");
if (await elector.untilLeading(stop.signal)) {
  say("leading");
  runtime.startWorkers();
}
await running;
