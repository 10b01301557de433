/** Every operator that is wrong on purpose; a campaign must catch each. */
import { ENTRA_WRONG_OPERATORS } from "./entra.ts";
import { FLEET_WRONG_OPERATORS } from "./fleet.ts";
import type { WrongOperator } from "./wrong-operator.ts";

export const WRONG_OPERATORS: readonly WrongOperator[] = [...FLEET_WRONG_OPERATORS, ...ENTRA_WRONG_OPERATORS];

export function wrongOperator(name: string): WrongOperator {
  const found = WRONG_OPERATORS.find((operator) => operator.name === name);
  if (found === undefined)
    throw new Error(
      `no wrong operator is named ${name}; there are ${WRONG_OPERATORS.map((one) => one.name).join(", ")}`,
    );
  return found;
}
