/**
 * Every clause of the shipped operator policy carries weight: widened alone, it lets one of the attacks through that the policy refuses.
 * A clause that no attack misses, and an attack that the shipped policy does not refuse, fail here.
 */
import { ACCOUNT_ID, OWNER_ID, shippedFor } from "../../../sim/src/layout/identities.ts";
import { codeOf } from "../../../sim/test/refusal.ts";
import { attackWorld, REGION, type AttackWorld } from "./attack-world.ts";
import { ATTACKS, dryLaunch, NOT_STOPPED, type Attack } from "./attacks.ts";
import { widenings } from "./widenings.ts";

const SHIPPED = "AKIASHIPPED";
const SHIPPED_POLICY = shippedFor(ACCOUNT_ID, OWNER_ID);
const WIDENINGS = widenings(SHIPPED_POLICY).map((widening, index) => ({ ...widening, key: `AKIAWIDER${index}` }));
const REFUSALS: readonly unknown[] = ["UnauthorizedOperation", "AccessDenied", "AccessDeniedException"];

let world: AttackWorld;
beforeAll(async () => {
  world = await attackWorld(
    new Map([[SHIPPED, SHIPPED_POLICY], ...WIDENINGS.map(({ key, document }) => [key, document] as const)]),
  );
});

async function isRefused({ region = REGION, tryAs }: Attack, key: string): Promise<boolean> {
  return REFUSALS.includes(await codeOf(tryAs(world.clients(key, region), world.hosts)));
}

test("the launch that attacks are variants of is allowed", async () => {
  expect(await codeOf(dryLaunch()(world.clients(SHIPPED), world.hosts))).toBe("DryRunOperation");
});

test.each(ATTACKS)("the shipped policy refuses: $sentence", async (attack) => {
  expect(await isRefused(attack, SHIPPED)).toBe(true);
});

test.each(NOT_STOPPED)("docs/security.md is right that nothing stops: $sentence", async (attack) => {
  expect(await isRefused(attack, SHIPPED)).toBe(false);
});

test.each(WIDENINGS)("an attack gets through when $name", async ({ key }) => {
  const through: string[] = [];
  for (const attack of ATTACKS) if (!(await isRefused(attack, key))) through.push(attack.sentence);
  expect(through).not.toEqual([]);
});
