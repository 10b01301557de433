/** Who writes assignments: the second identity alone where there is one, the first where there is none, nobody where it is declared so. */
import { grantRoles, withdrawRoles } from "../../../sim/src/entra/fill.ts";
import { OPERATOR, operatorWith, SCOPE } from "../../../sim/src/graph/test-desk.ts";
import { DEFAULT_ENTRA_DIRECTORY } from "../../../sim/src/layout/entra-directory.ts";
import { worldGroup } from "./configuration-world.ts";
import { scopeWorld, SECOND_IDENTITY } from "./scope-world.ts";
import { OPERATOR_ROLES } from "./tenant-world.ts";

const SCOPE_PRINCIPAL = "5e900000-0000-4000-8000-000000000002";
const ASSIGNS = "AppRoleAssignment.ReadWrite.All";
const MINUTE_MS = 60_000;
const groups = Array.from({ length: 40 }, (_, at) => worldGroup(at, `sg-${at}`));
const ids = groups.map(({ id }) => id);
const directory = { groups: [...DEFAULT_ENTRA_DIRECTORY.groups, ...groups] };
const [one = "", two = "", three = ""] = ids;

test("the second identity alone brings groups in and takes them out; the first reads, and could not write", async () => {
  const w = await scopeWorld({ ids: [one, two, three], scopeCredential: SECOND_IDENTITY, directory });
  await w.run(5 * MINUTE_MS);
  expect(w.assigned()).toEqual([one, two, three]);
  w.name([one, two]);
  await w.run(5 * MINUTE_MS);
  expect(w.assigned()).toEqual([one, two]);
  expect(w.writers()).toEqual([...Array<unknown>(3).fill(["POST", SCOPE]), ["DELETE", SCOPE]]);
  expect(OPERATOR_ROLES).not.toContain(ASSIGNS);
  expect(w.condition("InSync")).toMatch(/^True/);
}, 30_000);

test("without a second identity the first one writes", async () => {
  const applications = operatorWith({ roles: [...OPERATOR_ROLES, ASSIGNS] });
  const w = await scopeWorld({ ids: [one], directory: { ...directory, applications } });
  await w.run(5 * MINUTE_MS);
  expect(w.assigned()).toEqual([one]);
  expect(w.writers()).toEqual([["POST", OPERATOR]]);
});

test("declared as None nobody writes, and the scope tells what it would do", async () => {
  const applications = operatorWith({ roles: [...OPERATOR_ROLES, ASSIGNS] });
  const w = await scopeWorld({
    ids: [one, two],
    scopeCredential: { type: "None" },
    directory: { ...directory, applications },
  });
  await w.run(30 * MINUTE_MS);
  expect(w.assigned()).toEqual([]);
  expect(w.condition("InSync")).toBe("False/NoScopeWriter");
  expect(w.counts()).toMatchObject({ desired: 2, assigned: 0, toAdd: 2 });
});

test("its consent withdrawn between two batches: what is in stays ours, the rest waits and follows, each group once", async () => {
  const w = await scopeWorld({ ids, scopeCredential: SECOND_IDENTITY, directory });
  const { faults } = w.desk.world;
  const throttle = { kind: "throttle", retryAfterSeconds: 600 } as const;
  const action = "POST /servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo";
  const rule = faults.add({
    service: "graph",
    action,
    match: { objectID: "96009000-0000-4000-9000-00000000003*" },
    effect: throttle,
  });
  await w.run(10 * MINUTE_MS);
  const before = w.assigned();
  expect(before.length).toBeGreaterThan(0);
  expect(before.length).toBeLessThan(ids.length);
  withdrawRoles(w.desk.directory, SCOPE_PRINCIPAL, [ASSIGNS]);
  // A token keeps what it says until its end: an hour.
  await w.run(70 * MINUTE_MS);
  faults.remove(rule);
  await w.run(30 * MINUTE_MS);
  expect(w.condition("InSync")).toBe("False/PermissionMissing");
  expect(w.assigned()).toEqual(before);
  grantRoles(w.desk.directory, SCOPE_PRINCIPAL, [ASSIGNS]);
  await w.run(90 * MINUTE_MS);
  expect(w.assigned()).toEqual(ids);
  expect(w.writers()).toEqual(ids.map(() => ["POST", SCOPE]));
  expect(w.counts()).toMatchObject({ assigned: 40, foreign: 0, toAdd: 0, toRemove: 0 });
}, 60_000);
