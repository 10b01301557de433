import type { EndState } from "../run/end-state.ts";
import { differenceOf } from "./difference.ts";

const end: EndState = {
  cluster: { "CloudSyncAgent/tokyo-0-1": { conditions: ["Ready=True/Ready"], finalizers: [] } },
  hosts: ["tokyo-0-1 in ap-northeast-1a: running"],
  launches: 1,
  terminations: 0,
  entra: { applications: [], jobs: [], assignments: [], groups: [] },
};

test("equal ends have no difference", () => {
  expect(differenceOf(end, structuredClone(end))).toBeUndefined();
});

test.each([
  ["a launch too many", { ...end, launches: 2 }, "launches is 2; in the clean run 1"],
  ["a host that is gone", { ...end, hosts: [] }, "hosts"],
  ["an object too many", { ...end, cluster: { ...end.cluster, "ADDomain/corp": { finalizers: [] } } }, "ADDomain/corp"],
])("%s is named", (_sentence, seen, words) => {
  expect(differenceOf(end, seen)).toContain(words);
});
