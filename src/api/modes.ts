/** Words that several kinds share. */
export const MODES = ["Enforce", "Observe"] as const;
export type Mode = (typeof MODES)[number];
export const DELETION_POLICIES = ["Delete", "Retain"] as const;
export type DeletionPolicy = (typeof DELETION_POLICIES)[number];
