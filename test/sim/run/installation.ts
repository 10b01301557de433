/** Whose hosts they are in every run. Never: imports anything; oracles read it before the product may be loaded. */
export const OWNER_ID = "corp-identity";
