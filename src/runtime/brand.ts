declare const brand: unique symbol;
/** A string that only a parser at the edge makes, so that ids of two systems cannot be swapped. */
export type Branded<Name extends string> = string & { readonly [brand]: Name };
