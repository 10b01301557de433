/** The scenario table: every row, for whoever plays it. */
import { INSTALL_ROWS, REGISTER_ROWS } from "./rows-agent.ts";
import { HOST_GROUP_ROWS, READ_GROUP_ROWS } from "./rows-group.ts";
import { JOIN_ROWS } from "./rows-join.ts";
import { CLEAN_UP_PEER_ROWS, LEAVE_DOMAIN_ROWS } from "./rows-leave.ts";
import { PASS_THROUGH_INSTALL_ROWS, PASS_THROUGH_PROBE_ROWS, PASS_THROUGH_REGISTER_ROWS } from "./rows-pass-through.ts";
import { PERMISSIONS_ROWS, PROVE_SECRET_DENIED_ROWS, VENDOR_PERMISSIONS_ROWS } from "./rows-permissions.ts";
import { CONFIGURE_ROWS, QUIET_ROWS } from "./rows-service.ts";
import { COLLECT_DIAGNOSTICS_ROWS, PROXY_ROWS, RESTART_SERVICE_ROWS } from "./rows-upkeep.ts";
import type { Scenario } from "./scenario.ts";

export const SCENARIOS: readonly Scenario[] = [
  ...JOIN_ROWS,
  ...INSTALL_ROWS,
  ...REGISTER_ROWS,
  ...CONFIGURE_ROWS,
  ...QUIET_ROWS,
  ...READ_GROUP_ROWS,
  ...PROVE_SECRET_DENIED_ROWS,
  ...LEAVE_DOMAIN_ROWS,
  ...CLEAN_UP_PEER_ROWS,
  ...COLLECT_DIAGNOSTICS_ROWS,
  ...PERMISSIONS_ROWS,
  ...HOST_GROUP_ROWS,
  ...VENDOR_PERMISSIONS_ROWS,
  ...RESTART_SERVICE_ROWS,
  ...PROXY_ROWS,
  ...PASS_THROUGH_INSTALL_ROWS,
  ...PASS_THROUGH_REGISTER_ROWS,
  ...PASS_THROUGH_PROBE_ROWS,
];
