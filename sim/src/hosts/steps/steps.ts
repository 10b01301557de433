/** All steps by name: a forgotten one does not compile. */
import { CLEAN_UP_PEER } from "./clean-up-peer.ts";
import { COLLECT_DIAGNOSTICS } from "./collect-diagnostics.ts";
import { CONFIGURE } from "./configure.ts";
import { DRAIN } from "./drain.ts";
import { HOST_GROUP } from "./host-group.ts";
import { INSTALL } from "./install.ts";
import { JOIN } from "./join.ts";
import { LEAVE_DOMAIN } from "./leave-domain.ts";
import { PASS_THROUGH_INSTALL } from "./pass-through-install.ts";
import { PASS_THROUGH_PROBE } from "./pass-through-probe.ts";
import { PASS_THROUGH_REGISTER } from "./pass-through-register.ts";
import { PERMISSIONS } from "./permissions.ts";
import { PREFLIGHT } from "./preflight.ts";
import { PROBE } from "./probe.ts";
import { PROXY } from "./proxy.ts";
import { READ_GROUP } from "./read-group.ts";
import { PROVE_SECRET_DENIED } from "./prove-secret-denied.ts";
import { REGISTER } from "./register.ts";
import { RESTART_SERVICE } from "./restart-service.ts";
import type { Step, StepName } from "./step.ts";
import { VENDOR_PERMISSIONS } from "./vendor-permissions.ts";

export const STEPS: Readonly<Record<StepName, Step>> = {
  Preflight: PREFLIGHT,
  Join: JOIN,
  Install: INSTALL,
  Register: REGISTER,
  Configure: CONFIGURE,
  Drain: DRAIN,
  Probe: PROBE,
  Proxy: PROXY,
  HostGroup: HOST_GROUP,
  Permissions: PERMISSIONS,
  VendorPermissions: VENDOR_PERMISSIONS,
  ReadGroup: READ_GROUP,
  RestartService: RESTART_SERVICE,
  LeaveDomain: LEAVE_DOMAIN,
  CleanUpPeer: CLEAN_UP_PEER,
  CollectDiagnostics: COLLECT_DIAGNOSTICS,
  PassThroughInstall: PASS_THROUGH_INSTALL,
  PassThroughRegister: PASS_THROUGH_REGISTER,
  PassThroughProbe: PASS_THROUGH_PROBE,
  ProveSecretDenied: PROVE_SECRET_DENIED,
};
