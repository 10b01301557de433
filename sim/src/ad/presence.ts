/**
 * Which computers answer under their name, and when each logged on last.
 * Guarantees: a computer that is up counts as logged on now, because a member renews its tickets all the time; once it is gone the time stays.
 */
import type { WorldClock } from "../core/clock.ts";
import { fold } from "./distinguished-name.ts";

export class Presence {
  readonly #clock: WorldClock;
  readonly #hosts = new Map<string, Set<string>>();
  readonly #lastLogonMs = new Map<string, number>();

  constructor(clock: WorldClock) {
    this.#clock = clock;
  }

  /** `isTrusted`: the host holds the machine password, so its coming and going are logons. */
  arrive(computerName: string, instanceID: string, isTrusted: boolean): void {
    const name = fold(computerName);
    this.#hosts.set(name, new Set([...(this.#hosts.get(name) ?? []), instanceID]));
    if (isTrusted) this.#lastLogonMs.set(name, this.#clock.nowMs());
  }

  leave(computerName: string, instanceID: string, isTrusted: boolean): void {
    const name = fold(computerName);
    if (this.#hosts.get(name)?.delete(instanceID) !== true) return;
    if (isTrusted) this.#lastLogonMs.set(name, this.#clock.nowMs());
  }

  isAnswering(computerName: string): boolean {
    return (this.#hosts.get(fold(computerName))?.size ?? 0) > 0;
  }

  /** `undefined`: never. `boundTo`: the host that the domain trusts under this name. */
  lastLogonMs(computerName: string, boundTo: string | undefined): number | undefined {
    const name = fold(computerName);
    const isUp = boundTo !== undefined && this.#hosts.get(name)?.has(boundTo) === true;
    return isUp ? this.#clock.nowMs() : this.#lastLogonMs.get(name);
  }
}
