/**
 * The whole operator as an actor: each life is a process of its own, with timers and connections that end with it.
 * Guarantees: the operator is the product's composition root, unmodified; a killed life runs no clean-up and gets no answers;
 * a stopped one shuts down in its own order.
 * Never: shares anything between two lives but the flags.
 */
import type { Actor, Scheduler } from "../../../sim/src/virtual/scheduler.ts";
import { newActor } from "../../../sim/src/virtual/scheduler.ts";
import { seededDice } from "../../../sim/src/core/clock.ts";
import { OPERATOR_KEY } from "../../../sim/src/layout/default.ts";
import * as VENDOR_SDKS from "../../../src/entra/vendor-sdks.ts";
import { startOperator } from "../../../src/process/operator.ts";
import type { KubeTransports, OperatorProcess, ProcessPorts } from "../../../src/process/operator.ts";
import type { Clock } from "../../../src/runtime/clock.ts";
import type { OperatorConfig } from "../../../src/runtime/config.ts";
import type { Log } from "../../../src/runtime/log.ts";
import { operatorMetrics } from "../../../src/runtime/metrics.ts";

export interface LifeOptions {
  readonly scheduler: Scheduler;
  /** Such as `operator-a/2`: the second life of the first replica. */
  readonly name: string;
  readonly seed: number;
  readonly config: OperatorConfig;
  readonly log: Log;
  readonly connect: (actor: Actor, clock: Clock) => Connections;
  /** The process has ended by itself: asked to, or because it lost what it needs. */
  readonly ended: (exitCode: number) => void;
  /** The process could not start, with the sentence that it would print. */
  readonly refused: (error: Error) => void;
}

export interface Connections {
  readonly kubernetes: KubeTransports;
  readonly requestHandler: NonNullable<ProcessPorts["aws"]["requestHandler"]>;
}

export interface Life {
  readonly actor: Actor;
  /** SIGKILL. */
  kill(): void;
  /** SIGTERM. */
  stop(): void;
}

export function startLife(options: LifeOptions): Life {
  const { scheduler, name, config, log } = options;
  const actor = newActor(name);
  const clock = actorClock(scheduler, actor);
  const { kubernetes, requestHandler } = options.connect(actor, clock);
  let process: OperatorProcess | undefined;
  const ports: ProcessPorts = {
    clock,
    dice: seededDice(options.seed),
    log,
    metrics: operatorMetrics({ build: { version: "0.0.0", commit: "simulation" }, nonstandardEndpoints: 0 }),
    identity: name,
    kubernetes,
    aws: {
      homeRegion: "ap-northeast-1",
      requestHandler,
      operatorCredentials: () => Promise.resolve({ accessKeyId: OPERATOR_KEY, secretAccessKey: "any" }),
    },
    // Loaded beforehand: loading reads files, which a run may not.
    entra: { transport: NO_ENTRA, loadSDKs: () => Promise.resolve(VENDOR_SDKS) },
    serveHealth: () => Promise.resolve({ healthPort: 0, metricsPort: 0, close: () => Promise.resolve() }),
    watchEventLoop: () => () => undefined,
  };
  const die = (): void => {
    actor.state = "dead";
  };
  scheduler.schedule(actor, 0, "starts", () => {
    startOperator(config, ports)
      .then((started) => {
        process = started;
        return started.ended;
      })
      .then((exitCode) => {
        if (actor.state === "dead") return;
        die();
        options.ended(exitCode);
      })
      .catch((error: unknown) => {
        if (actor.state === "dead") return;
        die();
        options.refused(error instanceof Error ? error : new Error(String(error)));
      });
  });
  return {
    actor,
    kill: die,
    stop() {
      scheduler.schedule(actor, 0, "SIGTERM", () => {
        if (process !== undefined) {
          process.stop("SIGTERM");
          return;
        }
        // Nothing of the process listens yet: the signal ends it.
        die();
        options.ended(SIGTERM_EXIT_CODE);
      });
    },
  };
}

/** Nothing listens there: these runs have no Entra. */
const NO_ENTRA: ProcessPorts["entra"]["transport"] = {
  send: () => Promise.reject(Object.assign(new Error("no Entra in this run"), { code: "ECONNREFUSED" })),
  close: () => Promise.resolve(),
};

/** 128 and the number of the signal (POSIX shell, exit status). */
const SIGTERM_EXIT_CODE = 143;

function actorClock(scheduler: Scheduler, actor: Actor): Clock {
  return {
    nowMs: () => scheduler.nowMs() + actor.wallOffsetMs,
    monotonicMs: () => scheduler.elapsedMs(),
    schedule: (delayMs, callback) => scheduler.schedule(actor, delayMs, "timer", callback),
  };
}
