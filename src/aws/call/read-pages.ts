/** Reads a paged list to its end or its bound. Guarantees: `complete` only when the last page said so; a failing page fails the list (S5). */
import type { Failure } from "../../runtime/failure.ts";
import type { CallOutcome } from "./caller.ts";

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | undefined;
}

export type PagedList<Item> =
  | { readonly kind: "complete"; readonly items: readonly Item[] }
  | { readonly kind: "partial"; readonly items: readonly Item[] }
  | { readonly kind: "failed"; readonly code: string; readonly failure: Failure };

export async function readPages<Output, Item>(
  readPage: (cursor: string | undefined) => Promise<CallOutcome<Output>>,
  pageOf: (output: Output) => Page<Item>,
  pagesMax: number,
): Promise<PagedList<Item>> {
  const items: Item[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < pagesMax; page += 1) {
    const outcome = await readPage(cursor);
    if (outcome.kind === "failed") return outcome;
    const { items: found, next } = pageOf(outcome.output);
    items.push(...found);
    if (next === undefined || next === "") return { kind: "complete", items };
    cursor = next;
  }
  return { kind: "partial", items };
}
