/**
 * Chooses the subnet of the next host.
 * Guarantees (Strict): counts per zone over the pool's subnets differ by at most 1, a surge host apart; ties break by name.
 * Never: stacks hosts in one zone because another has no capacity (the pool waits instead).
 */
export interface PlacementSubnet {
  readonly subnetID: string;
  readonly availabilityZone: string;
}

/**
 * @param occupied zones of the agents that stay: neither dead nor on their way out
 * @returns the subnet, or undefined when there is none
 */
export function chooseSubnet(
  subnets: readonly PlacementSubnet[],
  occupied: readonly PlacementSubnet[],
): PlacementSubnet | undefined {
  const inZone = countBy(occupied.map((place) => place.availabilityZone));
  const inSubnet = countBy(occupied.map((place) => place.subnetID));
  return [...subnets].sort(
    (a, b) =>
      (inZone.get(a.availabilityZone) ?? 0) - (inZone.get(b.availabilityZone) ?? 0) ||
      (inSubnet.get(a.subnetID) ?? 0) - (inSubnet.get(b.subnetID) ?? 0) ||
      compare(a.availabilityZone, b.availabilityZone) ||
      compare(a.subnetID, b.subnetID),
  )[0];
}

/** How many hosts each word counts. */
export function countBy(words: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
