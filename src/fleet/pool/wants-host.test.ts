import type { CloudSyncAgentPool } from "../../api/cloud-sync-agent-pool.ts";
import { aPool } from "../testing/builders.ts";
import { wantsHost } from "./wants-host.ts";

const slots = (...numbers: readonly number[]) => numbers.map((slot) => ({ slot, incarnation: 1 }));
const pool = (generation: number, replicas: number, status: CloudSyncAgentPool["status"]): CloudSyncAgentPool => {
  const base = aPool({ status });
  return { ...base, metadata: { ...base.metadata, generation }, spec: { ...base.spec, replicas } };
};

const rows: readonly (readonly [sentence: string, pool: CloudSyncAgentPool, isWanted: boolean])[] = [
  ["wants a slot that it keeps", pool(2, 2, { observedGeneration: 2, slots: slots(0, 1) }), true],
  [
    "wants nothing before its loop has judged the present spec",
    pool(3, 2, { observedGeneration: 2, slots: slots(0, 1) }),
    false,
  ],
  ["wants nothing while it has a slot too many", pool(2, 1, { observedGeneration: 2, slots: slots(0, 1) }), false],
  ["does not want a slot that it dropped", pool(2, 1, { observedGeneration: 2, slots: slots(0) }), false],
];
for (const [sentence, asked, isWanted] of rows)
  test(`a pool ${sentence}`, () => expect(wantsHost(asked, 1)).toBe(isWanted));
