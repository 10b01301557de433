/**
 * Forms of what Graph sends, shared by the adapters.
 * Guarantees: null and absent are both `undefined` (Unknown); a word that is not known here stays as it is; the year 1 is "never".
 */
import * as z from "zod";

export const text = z.string();
/** Absent, null and a value of another kind are all unknown: a property of the vendor never fails a whole list. */
export const maybeText = z.string().optional().catch(undefined);
export const maybeTruth = z.boolean().optional().catch(undefined);
export const count = z.number().catch(0);
export const maybeTexts = z.array(z.string()).optional().catch(undefined);

/** Milliseconds since the epoch; `undefined` for absent, unreadable and "never" (0001-01-01T00:00:00Z; entra-graph reference, 2.3). */
export const instant = z
  .unknown()
  .optional()
  .transform((value): number | undefined => {
    if (typeof value !== "string") return undefined;
    const atMs = Date.parse(value);
    return Number.isNaN(atMs) || new Date(atMs).getUTCFullYear() <= 1 ? undefined : atMs;
  });

/** `$count` answers plain text, with a byte order mark at times; inside a batch a number, or that text in base64 [C]. */
export function countOf(body: unknown): number | undefined {
  if (typeof body === "number") return Number.isSafeInteger(body) && body >= 0 ? body : undefined;
  if (typeof body !== "string") return undefined;
  return digits(body) ?? digits(Buffer.from(body, "base64").toString("utf8"));
}

function digits(value: string): number | undefined {
  const clean = value.replace(/^\uFEFF/, "").trim();
  return /^\d{1,9}$/.test(clean) ? Number(clean) : undefined;
}

/** A text inside an OData literal: quotes are doubled (OData 4.01, URL Conventions, 5.1.1.6.1). */
export function odataLiteral(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** A path with its query; values are encoded, names are ours. */
export function pathOf(path: string, query: Readonly<Record<string, string | number>> = {}): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return pairs.length === 0 ? path : `${path}?${pairs.join("&")}`;
}

/** One segment of a path, such as an id. */
export function segment(value: string): string {
  return encodeURIComponent(value);
}
