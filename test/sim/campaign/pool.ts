/**
 * Hands plans to worker processes and their outcomes back, in the order in which they come.
 * Guarantees: as many runs at a time as there are workers; a worker that hangs or ends is replaced, and what it ran fails with its plan.
 * Processes, not threads: virtual time replaces parts of the process, an endless loop or a full heap ends only the worker, and two processes
 * must give the same digests anyway.
 */
import { fork, type ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Plan } from "../run/plan.ts";
import { WRONG_FLAG, type FromWorker, type ToWorker } from "./messages.ts";
import { broken, type Outcome } from "./outcome.ts";

export interface Judged {
  readonly outcome: Outcome;
  readonly realMs: number;
}

export interface PoolOptions {
  /** As many as there are cores when absent. */
  readonly workers?: number;
  readonly wrongOperator?: string;
  /** A run that takes longer hangs. */
  readonly hangMs?: number;
}

/** A run takes a second at most; the rest is for a machine that others use as well. */
const HANG_MS = 90_000;
const WORKER = join(import.meta.dirname, "worker.ts");
/** Starting takes seconds; a worker that cannot start says why on its own stderr. */
const NODE_FLAGS = [
  "--no-warnings",
  "--max-old-space-size=1536",
  // One worker a core: threads of the collector only take each other's time, and a run's garbage dies young (13 % less CPU, measured over 60 seeds).
  "--single-threaded-gc",
  "--min-semi-space-size=64",
  "--max-semi-space-size=64",
];

export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #workers: Worker[];

  constructor(options: PoolOptions = {}) {
    this.#options = options;
    const count = options.workers ?? availableParallelism();
    this.#workers = Array.from({ length: count }, () => new Worker(options));
  }

  size(): number {
    return this.#workers.length;
  }

  /**
   * Judges plan after plan until there are none, or until `judged` answers "stop".
   * Resolves when no run is under way any more.
   */
  async run(plans: Iterable<Plan>, judged: (result: Judged) => "go on" | "stop"): Promise<void> {
    const iterator = plans[Symbol.iterator]();
    let isStopped = false;
    const work = async (index: number): Promise<void> => {
      while (!isStopped) {
        const next = iterator.next();
        if (next.done === true) return;
        const result = await this.#judgeAt(index, next.value);
        if (judged(result) === "stop") isStopped = true;
      }
    };
    await Promise.all(this.#workers.map((_, index) => work(index)));
  }

  close(): void {
    for (const worker of this.#workers) worker.kill();
  }

  async #judgeAt(index: number, plan: Plan): Promise<Judged> {
    const worker = this.#workers[index];
    if (worker === undefined) throw new Error(`no worker ${index}`);
    const result = await worker.judge(plan);
    if (worker.isGone()) this.#workers[index] = new Worker(this.#options);
    return result;
  }
}

class Worker {
  readonly #child: ChildProcess;
  readonly #hangMs: number;
  readonly #ready: Promise<void>;
  #failed: (sentence: string) => void = () => undefined;
  #judged: (result: Judged) => void = () => undefined;
  #isGone = false;

  constructor({ wrongOperator, hangMs = HANG_MS }: PoolOptions) {
    this.#hangMs = hangMs;
    const args = wrongOperator === undefined ? [] : [`${WRONG_FLAG}${wrongOperator}`];
    this.#child = fork(WORKER, args, { execArgv: NODE_FLAGS, serialization: "json" });
    let isReady = (): void => undefined;
    this.#ready = new Promise((resolve) => (isReady = resolve));
    this.#child.on("message", (message: FromWorker) => {
      if (message.kind === "ready") isReady();
      else this.#judged(message);
    });
    this.#child.once("exit", (code, signal) => {
      this.#isGone = true;
      isReady();
      this.#failed(`the worker ended by itself: ${signal ?? `exit ${String(code)}`}`);
    });
  }

  isGone(): boolean {
    return this.#isGone;
  }

  kill(): void {
    this.#isGone = true;
    this.#child.kill("SIGKILL");
  }

  async judge(plan: Plan): Promise<Judged> {
    await this.#ready;
    const startedMs = performance.now();
    return new Promise((resolve) => {
      const fail = (sentence: string): void =>
        finish({ outcome: broken(plan, sentence), realMs: performance.now() - startedMs });
      const timer = setTimeout(() => {
        this.kill();
        fail(`hangs: no verdict after ${this.#hangMs / 1_000} s`);
      }, this.#hangMs);
      const finish = (result: Judged): void => {
        clearTimeout(timer);
        this.#failed = () => undefined;
        this.#judged = () => undefined;
        resolve(result);
      };
      this.#judged = finish;
      this.#failed = fail;
      if (this.#isGone) fail("the worker could not start");
      else this.#child.send({ kind: "judge", plan } satisfies ToWorker);
    });
  }
}
