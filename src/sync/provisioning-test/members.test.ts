/** Who takes part in a run, and how fresh AD is. */
import fc from "fast-check";
import type { Member } from "../../entra/groups/port.ts";
import { aProvisioningTest } from "../testing.ts";
import { afterLook, afterRead, isChangeOpen } from "./freshness.ts";
import { batchCount, batchOf, chooseMembers, comparableMembers } from "./members.ts";

const id = (at: number) => `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`;
function aMember(at: number, overrides: Partial<Member> = {}): Member {
  return {
    id: id(at),
    kind: "user",
    displayName: `u${at}`,
    isSyncedFromAD: true,
    onPremisesObjectIdentifier: `AAAAAAAA-0000-4000-8000-${String(at).padStart(12, "0")}`,
    onPremisesDomainName: "corp.example.com",
    ...overrides,
  };
}
const twenty = Array.from({ length: 20 }, (_, at) => aMember(at));
const sampling = (sample: number, metadata: object = {}) =>
  aProvisioningTest({ spec: { subject: { group: { id: id(99) }, members: { sample } } }, metadata });
const listing = (ids: readonly string[]) =>
  aProvisioningTest({ spec: { subject: { group: { id: id(99) }, members: { ids } } } });

test("the sample does not depend on the order in which Graph answers", () => {
  const property = fc.property(fc.shuffledSubarray(twenty, { minLength: 20 }), (shuffled) => {
    expect(chooseMembers(sampling(3), shuffled)).toEqual(chooseMembers(sampling(3), twenty));
  });
  fc.assert(property, { numRuns: 50 });
});

test("another generation may choose others", () => {
  const chosen = [1, 2, 3, 4, 5].map((generation) =>
    JSON.stringify(chooseMembers(sampling(3, { generation }), twenty)),
  );
  expect(new Set(chosen).size).toBeGreaterThan(1);
});

test("known cloud-only users and other kinds are not sampled; a null property is unknown and is", () => {
  const members = [
    aMember(0, { isSyncedFromAD: false }),
    aMember(1, { kind: "group" }),
    aMember(2, { isSyncedFromAD: undefined }),
    aMember(3),
  ];
  const chosen = chooseMembers(sampling(5), members);
  expect(chosen.kind === "chosen" ? [...chosen.ids].sort() : chosen).toEqual([id(2), id(3)]);
});

test("a listed stranger never takes part, nor a nested group", () => {
  expect(chooseMembers(listing([id(0), id(50)]), twenty)).toMatchObject({ kind: "refused", reason: "NotAMember" });
  const nested = [...twenty, aMember(30, { kind: "group" })];
  expect(chooseMembers(listing([id(30)]), nested)).toMatchObject({ kind: "refused", reason: "NotSupported" });
  expect(chooseMembers(listing([id(3), id(1)]), twenty)).toEqual({ kind: "chosen", ids: [id(1), id(3)] });
});

test("five a call, each once, and a group alone is one call", () => {
  const ids = Array.from({ length: 12 }, (_, at) => id(at));
  const batches = Array.from({ length: batchCount(ids) }, (_, at) => batchOf(ids, at));
  expect(batches.map(({ length }) => length)).toEqual([5, 5, 2]);
  expect(batches.flat()).toEqual(ids);
  expect([batchCount([]), batchOf([], 0)]).toEqual([1, []]);
});

test("what AD can hold: whole only where each member is known", () => {
  expect(comparableMembers(twenty).isWhole).toBe(true);
  expect(comparableMembers([aMember(0)]).guids.get(id(0))).toBe("aaaaaaaa-0000-4000-8000-000000000000");
  for (const unclear of [
    { isSyncedFromAD: undefined },
    { onPremisesObjectIdentifier: undefined },
    { kind: "group" as const },
  ])
    expect(comparableMembers([aMember(0), aMember(1, unclear)]).isWhole).toBe(false);
  expect(
    comparableMembers([aMember(0), aMember(1, { isSyncedFromAD: false }), aMember(2, { kind: "device" })]).isWhole,
  ).toBe(true);
});

test("freshness: bounds between looks, told once, by whom", () => {
  const first = afterLook(undefined, { members: "old", atText: "2026-11-22T00:00:00Z" });
  const second = afterLook(first, { members: "old", atText: "2026-11-22T06:00:00Z" });
  expect(isChangeOpen(second)).toBe(false);
  const changed = afterLook(second, { members: "new", atText: "2026-11-22T12:00:00Z" });
  expect(changed?.change).toEqual({ after: "2026-11-22T06:00:00Z", changedAt: "2026-11-22T12:00:00Z" });
  expect(isChangeOpen(changed)).toBe(true);
  const late = afterRead(changed, { directoryHash: "old", atText: "2026-11-22T12:01:00Z", by: "Job" });
  expect(late).toBe(changed);
  const seen = afterRead(changed, { directoryHash: "new", atText: "2026-11-22T12:01:00Z", by: "Job" });
  expect(seen?.change).toMatchObject({ seenAt: "2026-11-22T12:01:00Z", by: "Job", minutesMax: 361 });
  expect(afterRead(seen, { directoryHash: "new", atText: "2026-11-22T18:00:00Z", by: "Test" })).toBe(seen);
  expect(afterLook(seen, { members: undefined, atText: "2026-11-22T18:00:00Z" })).toBe(seen);
});
