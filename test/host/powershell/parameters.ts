/** Parameters of a scenario in the words of the contracts, as the stand-ins' surroundings want them. */
import { STAND_IN_STEPS, type Scenario, type StandInStep } from "../scenarios/scenario.ts";
import { AGENT_VERSION, COMPUTER, DOMAIN, TENANT } from "../scenarios/stages.ts";
import { HOST_GROUP, INSTALLER, SECRETS, UNIT } from "./state.ts";

const FITTING: Readonly<Record<StandInStep, Readonly<Record<string, string>>>> = {
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
};

export function isPlayedByStandIns(step: string): step is StandInStep {
  return STAND_IN_STEPS.some((known) => known === step);
}

/**
 * The words `setup` and AccessToken of the table stand for secrets of the surroundings.
 * @throws Error for a step that the stand-ins do not play
 */
export function parametersOf({ step, parameters = {} }: Scenario): Readonly<Record<string, string>> {
  if (!isPlayedByStandIns(step)) throw new Error(`the stand-ins do not play ${step}`);
  const token = parameters["mode"] === "AccessToken" ? { secretARN: SECRETS.token.arn } : {};
  const setup = parameters["setupSecretARN"] === "setup" ? { setupSecretARN: SECRETS.setup.arn } : {};
  return { ...FITTING[step], ...parameters, ...token, ...setup };
}
