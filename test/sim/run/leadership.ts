/** Who leads, from the Lease and from who is alive. Guarantees: a leader that is dead, paused or past its lease is none. */
import type { ApiServer } from "../../../sim/src/kube/server.ts";
import { objects } from "./person.ts";

export class Leadership {
  readonly #server: ApiServer;
  #sawVersion = -1;
  /** In the Lease, dead or alive. */
  #named = "";
  #holder: string | undefined;
  #sinceMs = 0;

  constructor(server: ApiServer) {
    this.#server = server;
  }

  /** Asked after every event, of which few change a Lease: that is read again only when the cluster has changed. */
  look(nowMs: number, isRunning: (operator: string) => boolean): void {
    const version = this.#server.version();
    if (version !== this.#sawVersion) {
      this.#sawVersion = version;
      this.#named = this.#nameInLease();
    }
    const leader = isRunning(this.#named) ? this.#named : undefined;
    if (leader === this.#holder) return;
    this.#holder = leader;
    this.#sinceMs = nowMs;
  }

  #nameInLease(): string {
    const lease = objects(this.#server, "leases").find(({ metadata }) => metadata.name === "cloudsync-operator");
    return (lease?.spec?.["holderIdentity"] as string | undefined) ?? "";
  }

  sinceMs(): number | undefined {
    return this.#holder === undefined ? undefined : this.#sinceMs;
  }
}
