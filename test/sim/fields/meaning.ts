/**
 * What a field of a spec may mean for the world, as data.
 * Guarantees: while a pool says Ready, everything that it, its domain and its tenant declare is so on every host, or is one of the kinds of meaning
 * that say why not.
 */
import { at, canonical, type SeenFleet, type SeenHost } from "./seen.ts";

export type Meaning =
  /** Every live host has it, in the world's own record. */
  | { readonly shows: "hosts"; readonly differs: (fleet: SeenFleet, host: SeenHost) => string | undefined }
  /** The set of live hosts has it. */
  | { readonly shows: "fleet"; readonly differs: (fleet: SeenFleet) => string | undefined }
  /** Every host was told so: the world keeps no trace of it, the agent's frozen record does. */
  | { readonly shows: "told"; readonly differs: (fleet: SeenFleet, host: SeenHost) => string | undefined }
  /** This version refuses it, and says so (NotInThisVersion). */
  | { readonly shows: "refusal"; readonly isAsked: (fleet: SeenFleet) => boolean }
  /** How the operator goes about it, or what it allows: nothing of a host at rest. */
  | { readonly shows: "conduct"; readonly why: string }
  /** Read by nothing in this version. */
  | { readonly shows: "nothing"; readonly why: string }
  /** Chosen when the object is made. */
  | { readonly shows: "choice" };

type Pick = (fleet: SeenFleet, host: SeenHost) => unknown;

/** Both sides of a host field; equal as sets of words where `isSet`. */
export function hosts(want: Pick, have: Pick): Meaning {
  return { shows: "hosts", differs: difference(want, have) };
}

export function told(want: Pick, have: Pick): Meaning {
  return { shows: "told", differs: difference(want, have) };
}

function difference(want: Pick, have: Pick) {
  return (fleet: SeenFleet, host: SeenHost): string | undefined => {
    const [wanted, found] = [canonical(want(fleet, host)), canonical(have(fleet, host))];
    if (wanted === found) return undefined;
    return `${host.instance.tags["cloudsync.dev/agent"] ?? host.instance.instanceID} has ${found}, declared is ${wanted}`;
  };
}

export const poolSpec =
  (path: string): Pick =>
  ({ pool }) =>
    at(pool.spec, path);
export const domainSpec =
  (path: string): Pick =>
  ({ domain }) =>
    at(domain.spec, path);
/** A member of the host's frozen template. */
export const template =
  (path: string): Pick =>
  (_, { agent }) =>
    at(agent?.spec, `template.${path}`);

export const sorted =
  (pick: Pick): Pick =>
  (fleet, host) => {
    const list = pick(fleet, host);
    return Array.isArray(list) ? [...(list as readonly string[])].sort() : list;
  };

export const conduct = (why: string): Meaning => ({ shows: "conduct", why });
export const nothing = (why: string): Meaning => ({ shows: "nothing", why });
export const choice: Meaning = { shows: "choice" };
export const refusal = (isAsked: (fleet: SeenFleet) => boolean): Meaning => ({ shows: "refusal", isAsked });
