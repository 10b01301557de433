/** The canary as the gate of a configuration, in the world: red, the job is never started and AD stays as it was; mended, both happen by themselves. */
import { container as target } from "../../../src/controllers/configuration/testing/questions.ts";
import { CANARY_GROUP, gateWorld } from "./gate-world.ts";
import { GMSA, OU } from "./one-agent.ts";

const HOUR_MS = 3_600_000;
type World = ReturnType<typeof gateWorld>;
const membershipOn = ({ configuration }: World): void => {
  configuration.service.switches = { ...configuration.service.switches, membershipOfOnPremisesUsers: "on" };
};
const CANARY_IN_AD = `CN=sg-canary_000000000021,${OU} 3`;

const red: readonly (readonly [
  sentence: string,
  reason: string,
  spoil: (world: World) => void,
  mend: (world: World) => void,
])[] = [
  [
    "a wrong target OU",
    "TargetContainerNotFound",
    ({ configuration }) => configuration.edit(target(`OU=Typo,${OU}`)),
    ({ configuration }) => configuration.edit(target(OU)), // another schema, which is tested by itself
  ],
  [
    "a right of the gMSA that was taken away",
    "DirectoryAccessDenied",
    ({ configuration }) => void configuration.agent.domain.access.revoke(OU, GMSA),
    (world) => {
      const { access } = world.configuration.agent.domain;
      for (const right of ["CreateGroups", "DeleteGroups", "WriteGroups"] as const) access.grant(OU, GMSA, right);
      world.request("after the right was given back");
    },
  ],
  [
    "the last agent stopped",
    "NoActiveAgent",
    ({ configuration }) => (configuration.agent.isRunning = false),
    (world) => {
      world.configuration.agent.isRunning = true;
      world.hostReady(); // is reason enough
    },
  ],
];
test.each(red)(
  "%s: red as %s, the job never started, zero groups in AD; mended, it starts once",
  async (_sentence, reason, spoil, mend) => {
    const g = gateWorld();
    membershipOn(g);
    spoil(g);
    await g.prepare();
    await g.run(3 * HOUR_MS);
    expect(g.verdict()).toBe(`Failed/${reason}`);
    expect([g.starts(), g.inAD()]).toEqual([0, []]);
    expect((await g.configuration.jobs()).map(({ status }) => [status.code, status.steadyStateFirstMs])).toEqual([
      ["Paused", undefined],
    ]);
    expect(g.configuration.condition()).toMatch(/^False\/Gate/);
    mend(g);
    await g.run(2 * HOUR_MS);
    expect(g.verdict()).toBe("Passed/ProvenInDirectory");
    expect([g.starts(), g.inAD()]).toEqual([1, [CANARY_IN_AD]]);
    expect(g.configuration.condition()).toBe("True/InSync");
    expect(g.configuration.breaches()).toEqual([]);
  },
  60_000,
);

test("a group in the right form and without its members is red too: the switch of the portal", async () => {
  const g = gateWorld();
  await g.prepare();
  await g.run(3 * HOUR_MS);
  expect(g.verdict()).toBe("Failed/MembershipNotWritten");
  expect([g.starts(), g.inAD()]).toEqual([0, [`CN=sg-canary_000000000021,${OU} 0`]]);
}, 30_000);

const held: readonly (readonly [sentence: string, hold: (world: World) => void, reason: string])[] = [
  ["Observe of the configuration", ({ configuration }) => configuration.edit({ mode: "Observe" }), "Observe"],
  [
    "a pause of the configuration",
    ({ configuration }) => configuration.edit({}, { annotations: { "cloudsync.dev/paused": "true" } }),
    "ObjectPaused",
  ],
];
test.each(held)(
  "%s: a canary that is asked for brings nothing into AD",
  async (_sentence, hold, reason) => {
    const g = gateWorld();
    membershipOn(g);
    await g.prepare();
    hold(g);
    g.request("now");
    await g.run(2 * HOUR_MS);
    expect(g.status().last).toBeUndefined();
    expect(g.status().conditions).toContainEqual(expect.objectContaining({ type: "Passed", reason }));
    expect(g.inAD()).toEqual([]);
  },
  30_000,
);

test("a group outside the scope that was granted is not brought in by a test", async () => {
  const g = gateWorld();
  membershipOn(g);
  await g.configuration.settle();
  g.hostReady();
  await g.run(5 * HOUR_MS);
  expect(g.verdict()).toBe("Failed/NotInScope");
  expect([g.starts(), g.inAD()]).toEqual([0, []]);
}, 30_000);

test("a scheduled canary tells within which minutes a change in Entra was in AD, brought by the job", async () => {
  const g = gateWorld({ test: { schedule: "0 * * * *", timeZone: "Asia/Tokyo" } });
  membershipOn(g);
  await g.prepare();
  // Away from the full hour: a run right after the change would bring it itself.
  await g.run(2.25 * HOUR_MS);
  expect(g.status().freshness?.change).toBeUndefined();
  const [gone] = g.configuration.directory.members(CANARY_GROUP);
  g.configuration.directory.removeMember(CANARY_GROUP, gone?.value ?? "");
  await g.run(2 * HOUR_MS);
  expect(g.inAD()).toEqual([CANARY_IN_AD.replace(/3$/, "2")]);
  expect(g.status().freshness?.change).toMatchObject({ by: "Job" });
  // The hour between two looks, and the read of AD.
  expect(g.status().freshness?.change?.minutesMax).toBeLessThanOrEqual(61);
}, 60_000);
