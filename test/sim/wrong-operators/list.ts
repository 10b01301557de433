/** Operators that are wrong on purpose: each breaks one rule that an invariant rests on, and a campaign must catch it. */
import type { Edit } from "./edits.ts";

export interface WrongOperator {
  readonly name: string;
  /** What a reviewer would have to see. */
  readonly sentence: string;
  readonly edits: readonly Edit[];
}

export const WRONG_OPERATORS: readonly WrongOperator[] = [
  {
    name: "no-intent-before-launch",
    sentence: "The launch is not stored before RunInstances leaves.",
    edits: [
      {
        file: "src/controllers/agent/act.ts",
        find: "  let current = agent;\n  if (!isStored) {\n",
        replace: "  let current = agent;\n  if (!isStored && agent.metadata.name === '') {\n",
      },
    ],
  },
];

export function wrongOperator(name: string): WrongOperator {
  const found = WRONG_OPERATORS.find((operator) => operator.name === name);
  if (found === undefined)
    throw new Error(
      `no wrong operator is named ${name}; there are ${WRONG_OPERATORS.map((one) => one.name).join(", ")}`,
    );
  return found;
}
