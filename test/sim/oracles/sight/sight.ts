/**
 * What all oracles of one run look at together: the happening's writes, the cluster and the hosts, read once for each happening.
 * Guarantees: whichever oracle asks first, all see the same; nothing is read that the happening cannot have changed.
 */
import type { Happening, Scene } from "../../run/scene.ts";
import { cloudWrites, type CloudWrite } from "./cloud-writes.ts";
import { Cluster } from "./cluster.ts";
import { Departures } from "./departures.ts";
import { Hosts } from "./hosts.ts";
import { patienceOf, type Patience } from "./patience.ts";

export class Sight {
  readonly cluster = new Cluster();
  readonly hosts = new Hosts();
  readonly departures = new Departures();
  /** What took effect in the cloud by this happening. */
  writes: readonly CloudWrite[] = [];
  #happening: Happening | undefined;
  #patience: Patience | undefined;

  look(happening: Happening, scene: Scene): void {
    if (this.#happening === happening) return;
    this.#happening = happening;
    this.#patience ??= patienceOf(scene.plan);
    this.writes = cloudWrites(happening);
    this.cluster.look(happening, scene);
    this.hosts.look(happening, scene, this.cluster);
    this.departures.look(this.writes, this.cluster, this.hosts, scene.nowMs());
  }

  /** Of the run's plan; asked after the first look. */
  get patience(): Patience {
    if (this.#patience === undefined) throw new Error("nothing has happened yet");
    return this.#patience;
  }
}
