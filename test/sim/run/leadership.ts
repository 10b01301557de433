/** Who leads, from the Lease and from who is alive. Guarantees: a leader that is dead, paused or past its lease is none. */
import type { Actor } from "../../../sim/src/virtual/scheduler.ts";
import type { ApiServer } from "../../../sim/src/kube/server.ts";
import { objects } from "./person.ts";

export class Leadership {
  readonly #server: ApiServer;
  #holder: string | undefined;
  #sinceMs = 0;

  constructor(server: ApiServer) {
    this.#server = server;
  }

  look(nowMs: number, living: readonly Actor[]): void {
    const lease = objects(this.#server, "leases").find(({ metadata }) => metadata.name === "cloudsync-operator");
    const holder = (lease?.spec?.["holderIdentity"] as string | undefined) ?? "";
    const isAlive = living.some(({ name, state }) => name === holder && state === "running");
    const leader = isAlive ? holder : undefined;
    if (leader === this.#holder) return;
    this.#holder = leader;
    this.#sinceMs = nowMs;
  }

  sinceMs(): number | undefined {
    return this.#holder === undefined ? undefined : this.#sinceMs;
  }
}
