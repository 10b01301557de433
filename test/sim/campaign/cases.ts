/**
 * Runs the fixed cases of the Entra side, each with its own witness beside the oracles.
 * Guarantees: passes only if every promise held, and each witness found at rest what its sentence says.
 */
import { prepareProcess } from "../run/prepare.ts";
import { runaway } from "./runaway.ts";
import { failureText, say } from "./say.ts";
import { broken } from "./outcome.ts";

/** @returns whether every case ended as it must */
export async function casesCampaign(): Promise<boolean> {
  const simulator = await prepareProcess();
  const { allOracles } = await import("../oracles/all.ts");
  const { CASES } = await import("../cases/cases.ts");
  let failures = 0;
  for (const { sentence, plan, witness } of CASES) {
    const startedNs = process.hrtime.bigint();
    const { violation, virtualMs, outsideCalls } = await simulator.run(plan, [...allOracles(), runaway(), witness()]);
    const seconds = Number(process.hrtime.bigint() - startedNs) / 1e9;
    say(
      `${sentence}: ${outsideCalls} calls, ${(virtualMs / 3_600_000).toFixed(1)} virtual hours in ${seconds.toFixed(1)} s`,
    );
    if (violation === undefined) continue;
    failures += 1;
    say(failureText({ ...broken(plan, ""), failure: violation }));
  }
  say(`cases: ${CASES.length} plans, ${failures} failures`);
  return failures === 0;
}
