/** `$skiptoken`: opaque to clients, a position in the list here. */
import type { Numbered } from "../../entra/lifetimes.ts";
import { badRequest } from "../errors.ts";
import type { GraphCall } from "../operation.ts";

/** @returns the index at which the page begins: behind the number that the token names, also when that thing is gone by now */
export function readSkipToken(token: string | undefined, items: readonly Numbered<unknown>[]): number {
  if (token === undefined) return 0;
  const [, digits] = /^after-(\d+)$/.exec(Buffer.from(token, "base64url").toString()) ?? [];
  if (digits === undefined) throw badRequest("The $skiptoken is not valid.", "Directory_ExpiredPageToken");
  const after = Number(digits);
  const exact = items.findIndex(({ sequence }) => sequence === after);
  if (exact >= 0) return exact + 1;
  const later = items.findIndex(({ sequence }) => sequence > after);
  return later < 0 ? items.length : later;
}

/** The same call with the token: every other option is kept, as the service keeps it. */
export function nextLinkOf({ url }: Pick<GraphCall, "url">, after: number): string {
  const link = new URL(url);
  link.searchParams.set("$skiptoken", Buffer.from(`after-${after}`).toString("base64url"));
  return link.href.replaceAll("%24", "$");
}
