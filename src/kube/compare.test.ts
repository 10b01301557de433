import { comparedList, missedKeys } from "./compare.ts";
import type { KubeObject } from "./port.ts";

const at = (name: string, resourceVersion: string): KubeObject => ({
  apiVersion: "v1",
  kind: "Thing",
  metadata: { name, namespace: "ns", uid: name, resourceVersion, creationTimestamp: "" },
});

const LIST = comparedList("100", [at("a", "10"), at("b", "20")]);
type Row = readonly [string, readonly KubeObject[], readonly string[], readonly string[]];
const rows: readonly Row[] = [
  ["a cache equal to the list missed nothing", [at("a", "10"), at("b", "20")], [], []],
  ["a newer copy is not a missed event", [at("a", "110"), at("b", "20")], [], []],
  ["an object created after the list is not a missed deletion", [at("a", "10"), at("b", "20"), at("c", "105")], [], []],
  ["an object deleted after the list is not a missed creation", [at("a", "10")], ["ns/b"], []],
  ["an older copy missed a change", [at("a", "9"), at("b", "20")], [], ["ns/a"]],
  ["an absent object missed its creation", [at("a", "10")], [], ["ns/b"]],
  [
    "an object older than the list and not in it missed its deletion",
    [at("a", "10"), at("b", "20"), at("c", "5")],
    [],
    ["ns/c"],
  ],
];
test.each(rows)("%s", (_, cached, deleted, expected) => {
  expect(missedKeys({ list: LIST, cached, deletedSince: new Set(deleted) })).toEqual(expected);
});
