/** docs/host-sources.json: which pages and headings of the vendors the rows stand on. Names only; never a sentence of a page. */
import { readFileSync } from "node:fs";
import * as z from "zod";
import type { Source } from "./table.ts";

const SOURCES = z.strictObject({
  readOn: z.string(),
  books: z.record(z.string(), z.strictObject({ title: z.string(), repository: z.string(), folder: z.string() })),
  pages: z.array(
    z.strictObject({
      short: z.string(),
      page: z.string(),
      /** Of the stored copy that was read; absent when no copy could be had. */
      commit: z.string().optional(),
      headings: z.array(z.string()),
    }),
  ),
});
export type HostSources = z.infer<typeof SOURCES>;

export function readSourcesFile(): HostSources {
  const file = new URL("../../../docs/host-sources.json", import.meta.url);
  return SOURCES.parse(JSON.parse(readFileSync(file, "utf8")));
}

export type Resolution = "resolved" | "unread" | "unknownPage" | "unknownHeading";

/** `unread`: the page is listed, but nobody could read it. */
export function resolve({ short, page, heading }: Source, { pages }: HostSources): Resolution {
  const known = pages.find((one) => one.short === short && one.page === page);
  if (known === undefined) return "unknownPage";
  if (known.commit === undefined) return "unread";
  return known.headings.includes(heading) ? "resolved" : "unknownHeading";
}

/** Headings of a page; cmdlet reference pages have one for each parameter. */
export function headingsOf({ short, page }: Pick<Source, "short" | "page">, { pages }: HostSources): readonly string[] {
  return pages.find((one) => one.short === short && one.page === page)?.headings ?? [];
}
