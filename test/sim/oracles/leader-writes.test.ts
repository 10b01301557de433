import type { Happening, Scene } from "../run/scene.ts";
import { leaderWrites } from "./leader-writes.ts";

function aScene(): {
  readonly scene: Scene;
  readonly hold: (holder: string) => void;
  readonly advance: (ms: number) => void;
} {
  let [nowMs, holder] = [0, ""];
  const lease = () => ({ metadata: { name: "cloudsync-operator" }, spec: { holderIdentity: holder } });
  const scene = { nowMs: () => nowMs, objects: () => [lease()] } as unknown as Scene;
  return { scene, hold: (next) => (holder = next), advance: (ms) => (nowMs += ms) };
}

function aCall(side: "kube" | "aws", operator: string, about: string): Happening {
  const call = { side, operator, site: "ec2:TerminateInstances", about, isWrite: true };
  return { kind: "call", call, fate: { kind: "served" }, status: 200, entries: [] };
}

test("a write of a process that lost the lease is told, one that was on its way is not", () => {
  const { scene, hold, advance } = aScene();
  const oracle = leaderWrites();
  const renewed = aCall("kube", "a/1", "leases/cloudsync-operator");
  hold("a/1");
  expect(oracle.after(renewed, scene)).toBeUndefined();
  advance(60_000);
  expect(oracle.after(aCall("aws", "a/1", "i-1"), scene)).toBeUndefined();
  hold("b/1");
  expect(oracle.after(renewed, scene)).toBeUndefined();
  advance(500);
  expect(oracle.after(aCall("aws", "a/1", "i-1"), scene)).toBeUndefined();
  advance(1_000);
  expect(oracle.after(aCall("aws", "b/1", "i-1"), scene)).toBeUndefined();
  expect(oracle.after(aCall("aws", "a/1", "i-1"), scene)).toBe(
    "a/1 sent ec2:TerminateInstances, but b/1 holds the lease: a/1 held it until 0.0 min before",
  );
});
