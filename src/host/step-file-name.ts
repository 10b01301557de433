/**
 * The file name of a step: `LeaveDomain` of a document, a contract's title and a result is `leave-domain` of contracts/host and src/host/powershell.
 * Guarantees: one name a step, one step a name; a step's name is words that begin with one capital each, so both directions are exact.
 */
import type { HostStepName } from "./contracts.ts";

export function stepFileName(step: HostStepName): string {
  return step.replaceAll(/(?!^)[A-Z]/g, (capital) => `-${capital}`).toLowerCase();
}
