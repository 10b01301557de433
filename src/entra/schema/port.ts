/** The schema of a job, read and written whole (S7). It stays the vendor's JSON: what is not ours goes back byte for byte. */
import type { EntraAccess } from "../access/port.ts";
import type { JobAddress } from "../jobs/port.ts";
import type { Listing, Reading, Written } from "../outcome.ts";

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

export interface FilterOperator {
  readonly name: string;
  readonly arity: string; // Unary | Binary
}

/** What an expression means to the vendor: its source tree, or why it has none. */
export type ParsedExpression =
  { readonly kind: "parsed"; readonly source: JsonObject } | { readonly kind: "refused"; readonly message: string };

export interface SchemaPort {
  read(access: EntraAccess, address: JobAddress, signal: AbortSignal): Promise<Reading<JsonObject>>;
  replace(access: EntraAccess, address: JobAddress, schema: JsonObject, signal: AbortSignal): Promise<Written>;
  filterOperators(access: EntraAccess, address: JobAddress, signal: AbortSignal): Promise<Listing<FilterOperator>>;
  parseExpression(
    access: EntraAccess,
    address: JobAddress,
    expression: string,
    signal: AbortSignal,
  ): Promise<Reading<ParsedExpression>>;
}
