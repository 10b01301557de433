/**
 * Who of the members stands in AD, from the count and the hash that a host tells (contracts/host/read-group.json).
 * Guarantees: an answer only where a set of members gives exactly that hash; every other hash is unknown, never "missing" (S5). Bounded work.
 */
import { contentSha256Hex } from "../../runtime/hash.ts";

export function memberHash(guids: Iterable<string>): string {
  return contentSha256Hex(
    [...guids]
      .map((guid) => `${guid}\n`)
      .sort()
      .join(""),
  );
}

export interface HashedMembers {
  readonly memberCount: number;
  readonly memberHash: string;
}

/** Beyond this the sets with one member left out are not tried: each costs a hash over all members. */
const LEFT_OUT_MAX = 200;
/** All subsets of so few are tried: 32 hashes. */
const SUBSETS_MAX = 5;

/** The members in AD among the candidates, or `undefined` where no tried set fits: somebody else is there, or more than one is missing. */
export function presentMembers(
  { memberCount, memberHash: hash }: HashedMembers,
  { tested, all }: { readonly tested: readonly string[]; readonly all: readonly string[] },
): ReadonlySet<string> | undefined {
  if (memberCount === 0) return new Set();
  for (const candidate of candidates(tested, all))
    if (candidate.length === memberCount && memberHash(candidate) === hash) return new Set(candidate);
  return undefined;
}

function* candidates(tested: readonly string[], all: readonly string[]): Iterable<readonly string[]> {
  yield all;
  yield tested;
  yield* leftOut(all);
  yield* tested.length <= SUBSETS_MAX ? subsets(tested) : leftOut(tested);
}

function* leftOut(set: readonly string[]): Iterable<readonly string[]> {
  if (set.length > LEFT_OUT_MAX) return;
  for (const one of set) yield set.filter((guid) => guid !== one);
}

function* subsets(set: readonly string[]): Iterable<readonly string[]> {
  for (let mask = 1; mask < 1 << set.length; mask += 1) yield set.filter((_guid, bit) => (mask & (1 << bit)) !== 0);
}
