/**
 * Keeps the operator's replicas running, as a kubelet does: a dead or ended process is started again after a while.
 * Guarantees: each life has its own name, seed, timers and connections; a replica never has two lives at once.
 */
import type { Actor, Scheduler } from "../../../sim/src/virtual/scheduler.ts";
import type { Clock } from "../../../src/runtime/clock.ts";
import type { OperatorConfig } from "../../../src/runtime/config.ts";
import type { Log } from "../../../src/runtime/log.ts";
import { startLife, type Connections, type Life } from "./operator-actor.ts";

export interface LivesOptions {
  readonly scheduler: Scheduler;
  /** Who starts processes. */
  readonly kubelet: Actor;
  readonly seed: number;
  readonly replicas: number;
  readonly log: (operator: string) => Log;
  readonly configOf: (flags: readonly string[]) => OperatorConfig;
  readonly connect: (life: { readonly actor: Actor; readonly clock: Clock; kill: () => void }) => Connections;
  readonly tell: (
    operator: string,
    what: "started" | "killed" | "ended" | "refused" | "paused" | "resumed",
    why: string,
  ) => void;
}

interface Replica {
  readonly index: number;
  count: number;
  life: Life | undefined;
}

/** A container that ended is started again after ten seconds (Kubernetes, Pod Lifecycle: back-off starts there). */
const RESTART_DELAY_MS = 10_000;
const REPLICA_NAMES = ["a", "b", "c"] as const;

export class Lives {
  readonly #options: LivesOptions;
  readonly #replicas: readonly Replica[];
  #flags: readonly string[];

  constructor(options: LivesOptions, flags: readonly string[]) {
    this.#options = options;
    this.#flags = flags;
    this.#replicas = Array.from({ length: options.replicas }, (_, index) => ({ index, count: 0, life: undefined }));
  }

  startAll(): void {
    for (const replica of this.#replicas) this.#start(replica);
  }

  /** Kills and starts all replicas, from now on with these flags. */
  restartWith(flags: readonly string[]): void {
    this.#flags = flags;
    for (const replica of this.#replicas) this.kill(replica.index);
  }

  kill(index: number): void {
    const replica = this.#at(index);
    const life = replica?.life;
    if (replica === undefined || life === undefined) return;
    life.kill();
    replica.life = undefined;
    this.#options.tell(life.actor.name, "killed", "");
    this.#startLater(replica);
  }

  stop(index: number): void {
    this.#at(index)?.life?.stop();
  }

  /** As a virtual machine that stands still: nothing of it runs, and it does not know. */
  pause(index: number, forMs: number): void {
    const { scheduler, kubelet, tell } = this.#options;
    const actor = this.#at(index)?.life?.actor;
    if (actor?.state !== "running") return;
    actor.state = "paused";
    tell(actor.name, "paused", `for ${forMs} ms`);
    scheduler.schedule(kubelet, forMs, "resumes a process", () => {
      if (actor.state !== "paused") return;
      tell(actor.name, "resumed", "");
      scheduler.resume(actor);
    });
  }

  jumpClock(index: number, byMs: number): void {
    const actor = this.#at(index)?.life?.actor;
    if (actor !== undefined) actor.wallOffsetMs += byMs;
  }

  hasAny(): boolean {
    return this.#replicas.some(({ life }) => life !== undefined);
  }

  /** Of this name, and neither paused nor dead. */
  isRunning(name: string): boolean {
    return this.#replicas.some(({ life }) => life?.actor.name === name && life.actor.state === "running");
  }

  #at(index: number): Replica | undefined {
    return this.#replicas[index % Math.max(1, this.#replicas.length)];
  }

  #startLater(replica: Replica): void {
    const { scheduler, kubelet } = this.#options;
    scheduler.schedule(kubelet, RESTART_DELAY_MS, "starts a process", () => this.#start(replica));
  }

  #start(replica: Replica): void {
    const { scheduler, seed, log, configOf, connect, tell } = this.#options;
    replica.count += 1;
    const name = `operator-${REPLICA_NAMES[replica.index] ?? String(replica.index)}/${replica.count}`;
    const gone = (what: "ended" | "refused", why: string): void => {
      replica.life = undefined;
      tell(name, what, why);
      this.#startLater(replica);
    };
    tell(name, "started", "");
    replica.life = startLife({
      scheduler,
      name,
      seed: seed * 1_000 + replica.index * 100 + replica.count,
      config: configOf(this.#flags),
      log: log(name),
      connect: (actor, clock) => connect({ actor, clock, kill: () => this.kill(replica.index) }),
      ended: (exitCode) => gone("ended", `exit ${exitCode}`),
      refused: (error) => gone("refused", error.message),
    });
  }
}
