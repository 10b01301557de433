/**
 * Why something is not read, where a person has to do something about it: a permission is missing. Pure.
 * Never: words for trouble that passes by itself, which would come and go in conditions (L1).
 */
import { sentenceOf, type Failure } from "../runtime/failure.ts";

export function denial(failure: Failure | undefined): string | undefined {
  return failure?.class === "Denied" ? sentenceOf(failure) : undefined;
}
