import { KUBE_LIMITS, limitContradictions } from "./limits.ts";
import { isAtLeast, newerVersion } from "./versions.ts";

test("versions beyond the exact range of a number keep their order", () => {
  expect(isAtLeast("9007199254740993", "9007199254740992")).toBe(true);
  expect(isAtLeast("9007199254740992", "9007199254740993")).toBe(false);
  expect(isAtLeast("99", "100")).toBe(false);
});

test("versions that are no numbers have no order, and the later one is taken", () => {
  expect(isAtLeast("abc", "1")).toBeUndefined();
  expect(newerVersion("abc", "1")).toBe("1");
  expect(newerVersion("5", "4")).toBe("5");
});

test("the limits do not contradict each other", () => {
  expect(limitContradictions(KUBE_LIMITS)).toEqual([]);
  expect(limitContradictions({ ...KUBE_LIMITS, leaseRenewDeadlineMs: 20_000 })).not.toEqual([]);
});
