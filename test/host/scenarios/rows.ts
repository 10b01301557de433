/** The scenario table: every row, for whoever plays it. */
import { INSTALL_ROWS, REGISTER_ROWS } from "./rows-agent.ts";
import { JOIN_ROWS } from "./rows-join.ts";
import { CONFIGURE_ROWS, QUIET_ROWS } from "./rows-service.ts";
import type { Scenario } from "./scenario.ts";

export const SCENARIOS: readonly Scenario[] = [
  ...JOIN_ROWS,
  ...INSTALL_ROWS,
  ...REGISTER_ROWS,
  ...CONFIGURE_ROWS,
  ...QUIET_ROWS,
];
