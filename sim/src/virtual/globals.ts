/**
 * Replaces time and chance of the whole process, SDKs included, by those of a scheduler while one is active.
 * Guarantees: outside a run everything is the real thing; inside, no timer, date, age, random number or random byte comes from the machine.
 * Must be installed before modules that copy these functions are loaded.
 * Never: microtasks and ticks: they take no time and keep their order.
 */
import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers";
import timersPromises from "node:timers/promises";

// Loaded before anything is replaced.
import "./real-turn.ts";
import type { Actor, Scheduler } from "./scheduler.ts";

export interface VirtualProcess {
  readonly scheduler: Scheduler;
  /** Uniform numbers in [0, 1) for everything that asks the process for chance. */
  readonly dice: () => number;
  /** Who plans a timer when no event runs. */
  readonly bystander: Actor;
}

let active: VirtualProcess | undefined;
let isInstalled = false;

/** From now on time and chance are those of `virtual`; undefined gives the real ones back. */
export function activate(virtual: VirtualProcess | undefined): void {
  if (!isInstalled) throw new Error("install the virtual globals first");
  if (virtual !== undefined && active !== undefined) throw new Error("a run is active already");
  active = virtual;
}

export function isActive(): boolean {
  return active !== undefined;
}

/** Once a process. */
export function installVirtualGlobals(): void {
  if (isInstalled) return;
  isInstalled = true;
  replaceDate();
  replaceTimers();
  replaceAges();
  replaceChance();
  syncBuiltinESMExports();
}

function owner({ scheduler, bystander }: VirtualProcess): Actor {
  return scheduler.currentActor() ?? bystander;
}

function wallMs(virtual: VirtualProcess): number {
  return virtual.scheduler.nowMs() + owner(virtual).wallOffsetMs;
}

function replaceDate(): void {
  const RealDate = Date;
  const now = (): number => (active === undefined ? RealDate.now() : wallMs(active));
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(target, args.length === 0 && active !== undefined ? [now()] : args, newTarget) as object,
    apply: () => new Date(now()).toString(),
    get: (target, name, receiver) => (name === "now" ? now : (Reflect.get(target, name, receiver) as unknown)),
  });
}

/** Stands in for Node's Timeout and Immediate: what SDKs do with them. */
class VirtualTimer {
  readonly #start: () => () => void;
  #cancel: () => void;

  constructor(start: () => () => void) {
    this.#start = start;
    this.#cancel = start();
  }

  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
  refresh(): this {
    this.#cancel();
    this.#cancel = this.#start();
    return this;
  }
  close(): this {
    this.#cancel();
    return this;
  }
  [Symbol.dispose](): void {
    this.#cancel();
  }
}

type Callback = (...args: unknown[]) => void;

function replaceTimers(): void {
  const real = { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate };
  const plan = (virtual: VirtualProcess, delayMs: number, callback: () => void): (() => void) =>
    virtual.scheduler.schedule(owner(virtual), delayMs, "timer", callback);
  const once = (callback: Callback, delayMs = 0, ...args: unknown[]): unknown => {
    const virtual = active;
    if (virtual === undefined) return real.setTimeout(callback, delayMs, ...args);
    return new VirtualTimer(() => plan(virtual, Math.max(1, delayMs || 0), () => callback(...args)));
  };
  const often = (callback: Callback, delayMs = 0, ...args: unknown[]): unknown => {
    const virtual = active;
    if (virtual === undefined) return real.setInterval(callback, delayMs, ...args);
    const everyMs = Math.max(1, delayMs || 0);
    return new VirtualTimer(() => {
      const next = (): void => {
        cancel = plan(virtual, everyMs, next);
        callback(...args);
      };
      let cancel = plan(virtual, everyMs, next);
      return () => cancel();
    });
  };
  const soon = (callback: Callback, ...args: unknown[]): unknown => {
    const virtual = active;
    if (virtual === undefined) return real.setImmediate(callback, ...args);
    return new VirtualTimer(() => plan(virtual, 0, () => callback(...args)));
  };
  const clearing = (clear: (timer: never) => void) => (timer: unknown) => {
    if (timer instanceof VirtualTimer) timer.close();
    else clear(timer as never);
  };
  const replaced = {
    setTimeout: once,
    setInterval: often,
    setImmediate: soon,
    clearTimeout: clearing(real.clearTimeout),
    clearInterval: clearing(real.clearInterval),
    clearImmediate: clearing(real.clearImmediate),
  };
  Object.assign(globalThis, replaced);
  Object.assign(timers, replaced);
  const realPromises = { setTimeout: timersPromises.setTimeout, setImmediate: timersPromises.setImmediate };
  Object.assign(timersPromises, {
    setTimeout: (delayMs?: number, value?: unknown, options?: object) =>
      active === undefined
        ? realPromises.setTimeout(delayMs, value, options)
        : new Promise((resolve) => void once(() => resolve(value), delayMs)),
    setImmediate: (value?: unknown, options?: object) =>
      active === undefined
        ? realPromises.setImmediate(value, options)
        : new Promise((resolve) => void soon(() => resolve(value))),
  });
  const realTimeout = AbortSignal.timeout.bind(AbortSignal);
  AbortSignal.timeout = (delayMs) => {
    if (active === undefined) return realTimeout(delayMs);
    const controller = new AbortController();
    once(() => controller.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError")), delayMs);
    return controller.signal;
  };
}

function replaceAges(): void {
  const realNow = performance.now.bind(performance);
  performance.now = () => (active === undefined ? realNow() : active.scheduler.elapsedMs());
  const realUptime = process.uptime.bind(process);
  process.uptime = () => (active === undefined ? realUptime() : active.scheduler.elapsedMs() / 1_000);
  const realHrtime = process.hrtime;
  const realBigint = realHrtime.bigint.bind(realHrtime);
  const nanoseconds = (): bigint =>
    active === undefined ? realBigint() : BigInt(Math.round(active.scheduler.elapsedMs() * 1_000)) * 1_000n;
  const hrtime = (since?: [number, number]): [number, number] => {
    if (active === undefined) return realHrtime(since);
    const total = nanoseconds() - (since === undefined ? 0n : BigInt(since[0]) * 1_000_000_000n + BigInt(since[1]));
    return [Number(total / 1_000_000_000n), Number(total % 1_000_000_000n)];
  };
  process.hrtime = Object.assign(hrtime, { bigint: nanoseconds });
}

function replaceChance(): void {
  const realRandom = Math.random;
  Math.random = () => (active === undefined ? realRandom() : active.dice());
  const fill = <T extends ArrayBufferView>(view: T, dice: () => number): T => {
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    for (let index = 0; index < bytes.length; index += 1) bytes[index] = Math.floor(dice() * 256);
    return view;
  };
  const real = {
    randomUUID: crypto.randomUUID,
    randomBytes: crypto.randomBytes,
    randomFillSync: crypto.randomFillSync,
    getRandomValues: crypto.webcrypto.getRandomValues.bind(crypto.webcrypto),
    webUUID: crypto.webcrypto.randomUUID.bind(crypto.webcrypto),
  };
  const uuid = (dice: () => number): ReturnType<typeof crypto.randomUUID> => uuidOf(fill(new Uint8Array(16), dice));
  const randomBytes = (size: number, callback?: (error: Error | null, bytes: Buffer) => void): unknown => {
    if (active === undefined) {
      if (callback === undefined) return real.randomBytes(size);
      real.randomBytes(size, callback);
      return undefined;
    }
    if (callback !== undefined) throw new Error("random bytes from the thread pool inside a run");
    return fill(Buffer.alloc(size), active.dice);
  };
  Object.assign(crypto, {
    randomUUID: (options?: crypto.RandomUUIDOptions) =>
      active === undefined ? real.randomUUID(options) : uuid(active.dice),
    randomBytes,
    randomFillSync: (view: NodeJS.ArrayBufferView, ...rest: number[]) =>
      active === undefined ? real.randomFillSync(view, ...rest) : fill(view, active.dice),
  });
  crypto.webcrypto.getRandomValues = (view) =>
    active === undefined ? real.getRandomValues(view) : fill(view as never, active.dice);
  crypto.webcrypto.randomUUID = () => (active === undefined ? real.webUUID() : uuid(active.dice));
}

/** Version 4 (RFC 9562, section 5.4) from sixteen bytes. */
function uuidOf(bytes: Uint8Array): ReturnType<typeof crypto.randomUUID> {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
