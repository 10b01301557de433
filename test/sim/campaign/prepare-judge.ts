/**
 * A judge in this process.
 * Guarantees: time and chance are replaced before the operator's sources are loaded. Call it once a process.
 */
import { prepareProcess } from "../run/prepare.ts";
import type { Judge } from "./judge.ts";

export async function prepareJudge(): Promise<Judge> {
  const simulator = await prepareProcess();
  const { judgeWith } = await import("./judge.ts");
  const { allOracles } = await import("../oracles/all.ts");
  return judgeWith(simulator, allOracles);
}
