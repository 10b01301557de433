/** What campaigns print. Guarantees: each failure with its plan on one line and the command that shows its story. */
import type { Plan } from "../run/plan.ts";
import type { Outcome } from "./outcome.ts";

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function failureText({ plan, failure }: Outcome): string {
  if (failure === undefined) return "";
  const { oracle, sentence, atMs } = failure;
  const planText = JSON.stringify(plan);
  return [
    `FAILED seed ${plan.seed}, ${oracle} at ${(atMs / 1_000).toFixed(1)} s: ${sentence}`,
    `  plan: ${planText}`,
    `  replay: ${replayCommand(plan)}`,
  ].join("\n");
}

export function replayCommand(plan: Plan): string {
  return `make replay PLAN='${JSON.stringify(plan).replaceAll("'", "'\\''")}'`;
}
