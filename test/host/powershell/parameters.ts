/** Parameters of a scenario in the words of the contracts, as the stand-ins' surroundings want them. */
import type { Scenario, ScenarioStep } from "../scenarios/scenario.ts";
import {
  AGENT_VERSION,
  COMPUTER,
  CONTAINER,
  DOMAIN,
  GROUP,
  PASS_THROUGH_VERSION,
  PEER,
  TENANT,
} from "../scenarios/stages.ts";
import { instant } from "./directory-state.ts";
import { HOST_GROUP, INSTALLER, PASS_THROUGH_INSTALLER, SECRETS, UNIT } from "./surroundings.ts";

const MEMBER = {
  domainName: DOMAIN,
  organizationalUnit: UNIT,
  hostGroup: HOST_GROUP,
  credentialSecretARN: SECRETS.leave.arn,
};
const RIGHTS = { domainName: DOMAIN, gmsaName: "gmsaCloudSync$", mode: "Verify", setupSecretARN: SECRETS.setup.arn };

const FITTING: Readonly<Record<ScenarioStep, Readonly<Record<string, string>>>> = {
  Preflight: { domainName: DOMAIN, domainControllers: "", tenantCloud: "Public" },
  Join: {
    computerName: COMPUTER,
    domainName: DOMAIN,
    organizationalUnit: UNIT,
    credentialSecretARN: SECRETS.join.arn,
    hostGroup: HOST_GROUP,
  },
  Install: {
    bucket: "cloudsync-installers",
    bucketOwner: "111122223333",
    key: `provisioning/${AGENT_VERSION}/AADConnectProvisioningAgentSetup.exe`,
    versionID: `v${AGENT_VERSION}`,
    sha256: INSTALLER.sha256,
    version: AGENT_VERSION,
    productName: INSTALLER.productName,
    signer: INSTALLER.signer,
    tenantCloud: "Public",
    proxyURL: "",
  },
  Register: { tenantID: TENANT, tenantCloud: "Public", mode: "Credential", secretARN: SECRETS.registration.arn },
  Configure: {
    domainName: DOMAIN,
    netBIOSName: "CORP",
    gmsaMode: "Existing",
    gmsaName: "gmsaCloudSync$",
    setupSecretARN: "",
    preferredDomainControllers: "",
  },
  Probe: {},
  Drain: {},
  HostGroup: { ...MEMBER, computerName: PEER },
  Permissions: { ...RIGHTS, provisioningContainers: CONTAINER },
  VendorPermissions: { ...RIGHTS, types: "PasswordHashSync", restriction: "Leave" },
  ReadGroup: { domainName: DOMAIN, anchor: GROUP.anchor },
  RestartService: { agentKind: "Provisioning" },
  LeaveDomain: { ...MEMBER, computerName: COMPUTER },
  CleanUpPeer: { ...MEMBER, computerName: PEER, deadSince: "now" },
  PassThroughInstall: {
    bucket: "cloudsync-installers",
    bucketOwner: "111122223333",
    key: `pass-through/${PASS_THROUGH_VERSION}/AADConnectAuthAgentSetup.exe`,
    versionID: `v${PASS_THROUGH_VERSION}`,
    sha256: PASS_THROUGH_INSTALLER.sha256,
    version: PASS_THROUGH_VERSION,
    productName: PASS_THROUGH_INSTALLER.productName,
    signer: PASS_THROUGH_INSTALLER.signer,
    tenantCloud: "Public",
  },
  PassThroughProbe: {},
  ProveSecretDenied: { secretARNs: SECRETS.setup.arn },
  Proxy: { agentKind: "Provisioning", proxyURL: "http://proxy.corp.example.com:3128" },
  CollectDiagnostics: { bucket: "cloudsync-output", bucketOwner: "111122223333", keyPrefix: "diagnostics/tokyo/" },
  PassThroughRegister: { tenantID: TENANT, tenantCloud: "Public", secretARN: SECRETS.registration.arn },
};

/** The words `setup` and AccessToken of the table stand for secrets of the surroundings, `now` and minutes from there for instants. */
export function parametersOf({ step, parameters = {} }: Scenario): Readonly<Record<string, string>> {
  const token = parameters["mode"] === "AccessToken" ? { secretARN: SECRETS.token.arn } : {};
  const setup = parameters["setupSecretARN"] === "setup" ? { setupSecretARN: SECRETS.setup.arn } : {};
  const given: Readonly<Record<string, string>> = { ...FITTING[step], ...parameters, ...token, ...setup };
  const minutes = /^now([+-]\d+)?$/.exec(given["deadSince"] ?? "");
  return minutes === null ? given : { ...given, deadSince: instant(Number(minutes[1] ?? 0)) };
}
