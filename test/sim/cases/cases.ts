/** Every case, in the order in which the campaign runs them. */
import type { Case } from "./case.ts";
import { MANY_GROUPS } from "./many-groups.ts";
import { UNIT_CONSENT } from "./unit-consent.ts";
import { WITHDRAWN_TOKEN } from "./withdrawn-token.ts";

export const CASES: readonly Case[] = [MANY_GROUPS, WITHDRAWN_TOKEN, UNIT_CONSENT];
