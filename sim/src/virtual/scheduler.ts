/**
 * One virtual time for a whole process: who does what when, in an order that a seed decides.
 * Guarantees: one event at a time, and everything that follows from it without waiting (microtasks, ticks) ends before the next one; the same
 * events in the same order for the same seed; what a dead actor had planned never happens, what a paused one had planned happens when it wakes.
 * Never: real time; an event before its time.
 */
import { DueQueue } from "../core/due-queue.ts";
import { settled } from "./real-turn.ts";

/** Whoever owns timers and pending calls: an operator's process, the API server, the cloud, a person. */
export interface Actor {
  readonly name: string;
  state: "running" | "paused" | "dead";
  /** How far this actor's wall clock is from true time. */
  wallOffsetMs: number;
}

export interface SchedulerEvent {
  readonly atMs: number;
  readonly actor: string;
  readonly what: string;
}

export interface SchedulerOptions {
  readonly startMs: number;
  /** After each event and all that followed from it at once. */
  readonly onSettled: (event: SchedulerEvent) => void;
}

/** A run that takes more events than this goes in circles. */
const EVENTS_MAX = 5_000_000;

export class Scheduler {
  readonly #queue = new DueQueue();
  readonly #onSettled: SchedulerOptions["onSettled"];
  readonly #startMs: number;
  readonly #shelved = new Map<Actor, (() => void)[]>();
  #nowMs: number;
  #current: Actor | undefined;
  #events = 0;
  #begun: { readonly actor: Actor; readonly what: string } | undefined;

  constructor({ startMs, onSettled }: SchedulerOptions) {
    this.#startMs = startMs;
    this.#nowMs = startMs;
    this.#onSettled = onSettled;
  }

  /** True time, milliseconds since the epoch. */
  nowMs(): number {
    return this.#nowMs;
  }

  /** Milliseconds since the run began: no jump of a wall clock shows in it. */
  elapsedMs(): number {
    return this.#nowMs - this.#startMs;
  }

  /** Whose event runs now; undefined between events. */
  currentActor(): Actor | undefined {
    return this.#current;
  }

  events(): number {
    return this.#events;
  }

  /**
   * Plans `callback` for `actor` after `delayMs`, in whole milliseconds as timers of a process are: nobody who compares a rounded time waits for ever.
   * Events of one instant keep the order in which they were planned. Returns how to cancel.
   */
  schedule(actor: Actor, delayMs: number, what: string, callback: () => void): () => void {
    const due = { isCancelled: false };
    const plan = (waitMs: number): (() => void) =>
      this.#queue.add(this.#nowMs + Math.max(0, Math.ceil(waitMs)), () => {
        if (actor.state === "dead" || due.isCancelled) return;
        if (actor.state === "paused") this.#shelve(actor, () => void plan(0));
        else this.#begin(actor, what, callback);
      });
    const cancel = plan(delayMs);
    return () => {
      due.isCancelled = true;
      cancel();
    };
  }

  /** What a paused actor missed becomes due at once, in its old order: timers of a process that was stopped. */
  resume(actor: Actor): void {
    if (actor.state !== "paused") return;
    actor.state = "running";
    const shelved = this.#shelved.get(actor) ?? [];
    this.#shelved.delete(actor);
    for (const replan of shelved) replan();
  }

  /**
   * Runs events until `isDone` (asked after each one), until `untilMs` is reached, or until nothing is planned.
   * @returns why it ended
   */
  async run(untilMs: number, isDone: () => boolean = () => false): Promise<"done" | "time" | "idle"> {
    for (;;) {
      if (isDone()) return "done";
      const due = this.#queue.first();
      if (due === undefined) return "idle";
      if (due.dueMs > untilMs) {
        this.#nowMs = untilMs;
        return "time";
      }
      this.#queue.removeFirst();
      this.#nowMs = due.dueMs;
      this.#begun = undefined;
      due.callback();
      await settled();
      this.#end();
    }
  }

  #begin(actor: Actor, what: string, callback: () => void): void {
    this.#events += 1;
    if (this.#events > EVENTS_MAX) throw new Error(`more than ${EVENTS_MAX} events: something goes in circles`);
    this.#current = actor;
    this.#begun = { actor, what };
    callback();
  }

  #end(): void {
    if (this.#begun === undefined) return;
    const { actor, what } = this.#begun;
    this.#onSettled({ atMs: this.#nowMs, actor: actor.name, what });
    this.#current = undefined;
  }

  #shelve(actor: Actor, replan: () => void): void {
    const shelved = this.#shelved.get(actor) ?? [];
    shelved.push(replan);
    this.#shelved.set(actor, shelved);
  }
}

export function newActor(name: string): Actor {
  return { name, state: "running", wallOffsetMs: 0 };
}
