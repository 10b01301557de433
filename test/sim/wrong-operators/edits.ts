/**
 * Makes this process load some source files with a piece replaced: how an operator is made wrong on purpose, without a trace of it in src.
 * Guarantees: each piece is found exactly once, or the process fails; every edit was applied, or {@link Edits.assertApplied} throws.
 * Never: changes a file.
 */
import { registerHooks } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

export interface Edit {
  /** From the project's root. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export interface Edits {
  /** Call it when the operator has been loaded. */
  assertApplied(): void;
}

const PROJECT = resolve(import.meta.dirname, "../../..");

export function installEdits(edits: readonly Edit[]): Edits {
  const waiting = new Set(edits);
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const concerned = edits.filter(({ file }) => pathToFileURL(resolve(PROJECT, file)).href === url);
      if (concerned.length === 0) return loaded;
      const { source } = loaded;
      if (source === undefined) throw new Error(`${url} has no source to edit`);
      const text = typeof source === "string" ? source : new TextDecoder().decode(source);
      for (const edit of concerned) waiting.delete(edit);
      return { ...loaded, source: concerned.reduce(edited, text) };
    },
  });
  return {
    assertApplied() {
      const [missed] = waiting;
      if (missed !== undefined) throw new Error(`${missed.file} was not loaded: its edit changed nothing`);
    },
  };
}

/** Exported for its test. */
export function edited(text: string, { file, find, replace }: Edit): string {
  const pieces = text.split(find);
  if (pieces.length !== 2)
    throw new Error(`${file} has ${pieces.length - 1} times the piece that is to be replaced: ${find}`);
  return pieces.join(replace);
}
