/**
 * A process that judges plans, one after another, as its campaign sends them.
 * Guarantees: time and chance are replaced, and a wrong operator's edits are in place, before the operator's sources are loaded.
 * Never: two runs at once.
 */
import { installEdits } from "../wrong-operators/edits.ts";
import { wrongOperator } from "../wrong-operators/list.ts";
import { WRONG_FLAG, type FromWorker, type ToWorker } from "./messages.ts";
import { prepareJudge } from "./prepare-judge.ts";

const wrongName = process.argv.find((argument) => argument.startsWith(WRONG_FLAG))?.slice(WRONG_FLAG.length);
const edits = wrongName === undefined ? undefined : installEdits(wrongOperator(wrongName).edits);
const judge = await prepareJudge();
edits?.assertApplied();

process.on("message", ({ plan }: ToWorker) => {
  const startedMs = performance.now();
  void judge.judge(plan).then((outcome) => tell({ kind: "judged", outcome, realMs: performance.now() - startedMs }));
});
tell({ kind: "ready" });

function tell(message: FromWorker): void {
  process.send?.(message);
}
