/** The directory of a tenant: ends, assignments, and what a lagging replica knows. */
import fc from "fast-check";

import { seededDice, virtualClock } from "../core/clock.ts";
import { DEFAULT_ENTRA_DIRECTORY } from "../layout/entra-directory.ts";
import type { DirectoryChange } from "./changes.ts";
import { EntraDirectory } from "./directory.ts";
import { fillDirectory } from "./fill.ts";
import { Lifetimes } from "./lifetimes.ts";
import { GRAPH_APP_ID } from "./permissions.ts";

const SALES = "96009000-0000-4000-8000-000000000001";
const EVERYONE = "96009000-0000-4000-8000-000000000004";
const AIKO = "0e5e7000-0000-4000-8000-000000000001";

function filled() {
  const clock = virtualClock();
  const directory = new EntraDirectory("tenant", { clock, dice: seededDice(1) });
  fillDirectory(directory, DEFAULT_ENTRA_DIRECTORY, clock.nowMs());
  const told: DirectoryChange[] = [];
  directory.journal.subscribe((change) => void told.push(change));
  return { clock, directory, told };
}

test("what a replica knew at an instant is what was true then, when each thing changes once within the lag", () => {
  const step = fc.record({ id: fc.constantFrom("a", "b", "c"), isEnd: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const lifetimes = new Lifetimes<number>();
      const states: (readonly number[])[] = [[]];
      steps.forEach(({ id, isEnd }, index) => {
        // An end and a new beginning of the same id are two things: the order of beginnings is kept.
        if (isEnd || lifetimes.has(id)) lifetimes.end(id, index + 1);
        else lifetimes.put(id, index + 1, index + 1);
        states.push(lifetimes.list());
      });
      states.forEach((state, atMs) => expect(lifetimes.list(atMs)).toEqual(state));
    }),
    { numRuns: 500 },
  );
});

test("a change is held back from a replica that has not seen it", () => {
  const lifetimes = new Lifetimes<string>();
  lifetimes.put("a", "old", 10);
  lifetimes.put("a", "new", 20);
  expect([5, 15, 20].map((atMs) => lifetimes.get("a", atMs))).toEqual([undefined, "old", "new"]);
  expect(lifetimes.get("a")).toBe("new");
});

test("the end of a group ends its assignments and memberships of it, and keeps its own members for a return", () => {
  const { directory, told } = filled();
  const graph = directory.servicePrincipalOfApp(GRAPH_APP_ID);
  directory.addMember(EVERYONE, SALES);
  const role = graph?.appRoles[0]?.id ?? "";
  directory.assign({ principalId: SALES, resourceId: graph?.id ?? "", appRoleId: role });
  told.length = 0;
  directory.remove(SALES, { isSoft: true });
  expect(told.map(({ kind }) => kind)).toEqual(["unassigned", "memberRemoved", "softDeleted"]);
  expect(directory.assignmentsOf(SALES)).toEqual([]);
  expect(directory.isMember(EVERYONE, SALES)).toBe(false);
  directory.restore(SALES);
  expect([directory.isMember(SALES, AIKO), directory.assignmentsOf(SALES)]).toEqual([true, []]);
});

test("thirty days end a deleted object for good, unless it was restored and deleted again since", () => {
  const { clock, directory, told } = filled();
  directory.remove(SALES, { isSoft: true });
  clock.advance(20 * 24 * 3_600_000);
  directory.restore(SALES);
  directory.remove(SALES, { isSoft: true });
  clock.advance(11 * 24 * 3_600_000);
  expect(directory.deleted(SALES)?.id).toBe(SALES);
  clock.advance(20 * 24 * 3_600_000);
  expect(directory.deleted(SALES)).toBeUndefined();
  expect(told.at(-1)).toMatchObject({ kind: "deleted", id: SALES });
});

test("the journal numbers changes without gaps and forgets those that no delta token can ask for", () => {
  const { clock, directory } = filled();
  const { journal } = directory;
  const start = journal.lastSequence;
  for (let count = 0; count < 10; count += 1) {
    directory.update("group", SALES, { displayName: `name ${count}` });
    clock.advance(24 * 3_600_000);
  }
  expect(journal.since(start).map(({ sequence }) => sequence)).toEqual(
    Array.from({ length: 9 }, (_, index) => start + index + 2),
  );
  expect(journal.sequenceAt(clock.nowMs())).toBe(start + 10);
});
