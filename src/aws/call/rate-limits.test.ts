import { DEFAULT_CALL_RATES, rateLimits } from "./rate-limits.ts";

test("polls and other reads of SSM share the configured rate, and each has at least one permit", () => {
  const limits = rateLimits({ ...DEFAULT_CALL_RATES, ssmReads: { burst: 1, perSecond: 3 } });
  expect(limits["ssm:polls"].perSecond + limits["ssm:reads"].perSecond).toBeCloseTo(3);
  expect([limits["ssm:polls"].burst, limits["ssm:reads"].burst]).toEqual([1, 1]);
});
