import { judgeApproval, PLAN_LIFE_MS, planHash, planOf, type StoredPlan } from "./approval.ts";

const NOW_MS = Date.parse("2026-11-26T08:00:00Z");
const content = { configurationUID: "uid-1", remove: ["a-1", "a-2"] };
const stored = (over: Partial<StoredPlan> = {}): StoredPlan => ({
  hash: planHash(content, 3),
  serial: 3,
  expiresAt: new Date(NOW_MS + 60_000).toISOString(),
  ...over,
});

test("the order of keys makes no other plan, each id, serial and order of a list does", () => {
  expect(planHash({ remove: ["a-1", "a-2"], configurationUID: "uid-1" }, 3)).toBe(planHash(content, 3));
  expect(planHash(content, 4)).not.toBe(planHash(content, 3));
  expect(planHash({ ...content, remove: ["a-2", "a-1"] }, 3)).not.toBe(planHash(content, 3));
  expect(planHash(content, 3)).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test("the same change keeps its plan and its end; another one, or a used one, is a new plan under the next serial", () => {
  expect(planOf(content, stored(), NOW_MS)).toEqual({ hash: stored().hash, serial: 3, expiresAtMs: NOW_MS + 60_000 });
  expect(planOf({ ...content, remove: ["a-1"] }, stored(), NOW_MS)).toMatchObject({ serial: 4 });
  expect(planOf(content, stored({ consumed: stored().hash }), NOW_MS)).toEqual({
    hash: planHash(content, 4),
    serial: 4,
    expiresAtMs: NOW_MS + PLAN_LIFE_MS,
  });
  expect(planOf(content, undefined, NOW_MS).serial).toBe(1);
});

const plan = { hash: planHash(content, 3), serial: 3, expiresAtMs: NOW_MS + 60_000 };
const other = planHash(content, 2);
const rows: readonly (readonly [sentence: string, given: object, answer: object])[] = [
  ["nobody has said anything", {}, { kind: "waiting" }],
  ["the hash of this plan approves it", { approved: plan.hash }, { kind: "approved" }],
  [
    "not where anybody could have written it",
    { approved: plan.hash, isTrusted: false },
    { reason: "ApprovalNotTrusted" },
  ],
  ["not after its end", { approved: plan.hash, nowMs: plan.expiresAtMs }, { reason: "PlanExpired" }],
  ["another plan's hash approves nothing", { approved: other }, { reason: "ApprovalStale" }],
  ["a used hash approves nothing", { approved: other, consumed: other }, { reason: "ApprovalUsed" }],
  ["a plan that nobody approved ends", { nowMs: plan.expiresAtMs }, { reason: "PlanExpired" }],
];
for (const [sentence, given, answer] of rows)
  test(sentence, () => {
    const { nowMs = NOW_MS, ...question } = { approved: undefined, consumed: undefined, isTrusted: true, ...given } as {
      nowMs?: number;
      approved: string | undefined;
      consumed: string | undefined;
      isTrusted: boolean;
    };
    expect(judgeApproval({ plan, ...question }, nowMs)).toMatchObject(answer);
  });
