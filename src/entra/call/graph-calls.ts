/** What every adapter of a Graph resource is given. */
import type { Caller } from "./caller.ts";
import type { Creations } from "./creations.ts";
import type { OriginOf } from "./read-pages.ts";

export interface GraphCalls {
  readonly caller: Caller;
  readonly creations: Creations;
  /** The Graph origin of the cloud of an access. */
  readonly originOf: OriginOf;
}
