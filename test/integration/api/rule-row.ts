/** One CEL rule shown from both sides: a change that is refused with its sentence, and a neighbour that is accepted. */
import type { Changes, Manifest } from "./manifest.ts";

export interface RuleRow {
  /** Where the rule stands, as the generator's walkSchema names it; "" is the root. */
  readonly path: string;
  /** Start of the rule's sentence; with the path it names exactly one rule. */
  readonly sentence: string;
  readonly specimen: Manifest;
  readonly refused: Changes;
  readonly accepted: Changes;
  /** The specimen is created first, and the changes are an update of it. */
  readonly isUpdate?: true;
}

export function row(
  specimen: Manifest,
  path: string,
  sentence: string,
  { refused, accepted }: { readonly refused: Changes; readonly accepted: Changes },
): RuleRow {
  return { specimen, path, sentence, refused, accepted };
}

const PAUSED: Changes = { "metadata.annotations": { "cloudsync.dev/paused": "true" } };

/** A field that may not change once it is stored; accepted is an update of something else, unless given. */
export function frozen(
  specimen: Manifest,
  path: string,
  sentence: string,
  { refused, accepted = PAUSED }: { readonly refused: Changes; readonly accepted?: Changes },
): RuleRow {
  return { specimen, path, sentence, refused, accepted, isUpdate: true };
}
