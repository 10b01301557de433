/**
 * The scripts that a host would be given, by step, with the hash under which a proof is kept.
 * Guarantees: exactly the lines that the documents carry, in their order (prelude, shared parts, step), joined as SSM joins them; Node alone can read them.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";

export interface ProvableScript {
  readonly step: string;
  readonly text: string;
  readonly sha256: string;
}

type Lines = Readonly<Record<string, readonly string[]>>;
interface Generated {
  readonly PRELUDE_LINES: readonly string[];
  readonly PART_LINES?: Lines;
  readonly STEP_LINES: Lines;
}

const GENERATED = new URL("../../../src/host/scripts.generated.ts", import.meta.url);
const PARTS = new URL("../../../src/host/script-parts.ts", import.meta.url);

/** None until the scripts are generated. */
export async function provableScripts(): Promise<readonly ProvableScript[]> {
  if (!existsSync(GENERATED)) return [];
  const { PRELUDE_LINES, PART_LINES = {}, STEP_LINES } = (await import(GENERATED.href)) as Generated;
  const partsOf = await partsOfSteps();
  return Object.entries(STEP_LINES).map(([step, lines]) => {
    const parts = partsOf(step).flatMap((part) => {
      const found = PART_LINES[part];
      if (found === undefined) throw new Error(`${step} has a part ${part} that was not generated`);
      return found;
    });
    const text = [...PRELUDE_LINES, ...parts, ...lines].join("\n");
    return { step, text, sha256: createHash("sha256").update(text).digest("hex") };
  });
}

/** Which shared parts a step carries between prelude and its own text. */
async function partsOfSteps(): Promise<(step: string) => readonly string[]> {
  if (!existsSync(PARTS)) return () => [];
  const { partsOf } = (await import(PARTS.href)) as { readonly partsOf: (step: string) => readonly string[] };
  return partsOf;
}
