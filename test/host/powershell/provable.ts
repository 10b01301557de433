/**
 * The scripts that a host would be given, by step, with the hash under which a proof is kept.
 * Guarantees: exactly the lines that the documents carry (src/host/scripts.generated.ts), joined as SSM joins them; Node alone can read them.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";

export interface ProvableScript {
  readonly step: string;
  readonly text: string;
  readonly sha256: string;
}

const GENERATED = new URL("../../../src/host/scripts.generated.ts", import.meta.url);

/** None until the scripts are generated. */
export async function provableScripts(): Promise<readonly ProvableScript[]> {
  if (!existsSync(GENERATED)) return [];
  const { PRELUDE_LINES, STEP_LINES } = (await import(GENERATED.href)) as {
    readonly PRELUDE_LINES: readonly string[];
    readonly STEP_LINES: Readonly<Record<string, readonly string[]>>;
  };
  return Object.entries(STEP_LINES).map(([step, lines]) => {
    const text = [...PRELUDE_LINES, ...lines].join("\n");
    return { step, text, sha256: createHash("sha256").update(text).digest("hex") };
  });
}
