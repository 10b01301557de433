/**
 * The host steps as data: which link each one proves, how long it may take, what it is told.
 * Guarantees: no parameter carries a secret, only the ARN under which the host reads it with its own role (S9).
 */
import { durationMs } from "../../api/durations.ts";
import type { AgentTemplate } from "../../api/cloud-sync-agent.ts";
import { computerName } from "../naming.ts";
import type { StepError } from "./snapshot.ts";

export type LinkType =
  "Launched" | "Online" | "PreflightPassed" | "Joined" | "Installed" | "Registered" | "Configured" | "Healthy";

export type StepName =
  | "Preflight"
  | "Join"
  | "Install"
  | "Register"
  | "Configure"
  | "Drain"
  | "UpdateSSMAgent"
  | "ProveSecretDenied"
  | "Permissions"
  | "VendorPermissions";

export interface HostStep {
  readonly name: StepName;
  readonly provesLink: LinkType | undefined;
  /** Registration and domain set-up run one host at a time for each domain (S11; AZI #97087). */
  readonly needsRegistrationSlot: boolean;
  readonly timeoutMs: (template: AgentTemplate) => number;
  readonly parameters: (template: AgentTemplate, agentUID: string) => Readonly<Record<string, string>>;
  /** What a link that was proved says all the same; bounded. */
  readonly note?: (facts: Readonly<Record<string, unknown>>) => string;
  /** What in its facts makes a step that ended well a failure all the same. */
  readonly refusal?: (facts: Readonly<Record<string, unknown>>) => StepError | undefined;
}

export const DRAIN: HostStep = {
  name: "Drain",
  provesLink: undefined,
  needsRegistrationSlot: false,
  timeoutMs: ({ timeouts }) => durationMs(timeouts.drain),
  parameters: () => ({}),
};

/** Systems Manager User Guide, "Data elements and parameters": the first that passes parameters as environment variables. */
export const SSM_AGENT_VERSION_MIN = "3.3.2746.0";

/** AWS's own document (host/commands.ts): it comes before any of ours. Its version is named, never "latest". */
export const UPDATE_SSM_AGENT: HostStep = {
  name: "UpdateSSMAgent",
  provesLink: undefined,
  needsRegistrationSlot: false,
  timeoutMs: ({ timeouts }) => durationMs(timeouts.preflight),
  parameters: () => ({ version: SSM_AGENT_VERSION_MIN, allowDowngrade: "false" }),
};

/** Comes after the life's steps, when the bootstrap profile was replaced. Leaving the domain has an account of its own. */
export const PROVE_SECRET_DENIED: HostStep = {
  name: "ProveSecretDenied",
  provesLink: undefined,
  needsRegistrationSlot: false,
  timeoutMs: ({ timeouts }) => durationMs(timeouts.preflight),
  parameters: ({ domain, agent }) => {
    const named = [domain.joinSecretARN, domain.gmsa.setupSecretARN, agent.registration.secretARN];
    return { secretARNs: [...new Set(named.filter((arn) => arn !== undefined))].join(",") };
  },
  refusal: ({ isDenied, openSecretARNs }) =>
    isDenied === true
      ? undefined
      : {
          class: "Person",
          reason: "SecretStillReadable",
          message: `The host's role is not refused ${Array.isArray(openSecretARNs) ? openSecretARNs.join(", ") : "its set-up secrets"}.`,
          fix: "Take secretsmanager:GetSecretValue on it from the role of aws.instanceProfile, and look at the secret's own policy.",
        },
};

interface PreflightCheck {
  readonly name: string;
  readonly status: string;
  readonly detail?: string;
}

/**
 * What a preflight has found wanting, for the person who reads why a later step failed. It is no refusal: a check may fail where its step would not (a
 * proxy, a controller that is not used), and each step says itself what it lacks. readStepResult has checked the facts against the contract.
 */
function failingChecks({ checks }: Readonly<Record<string, unknown>>): string {
  const failing = ((checks ?? []) as readonly PreflightCheck[]).filter(({ status }) => status === "Fail");
  if (failing.length === 0) return "";
  const words = failing.map(({ name, detail }) => (detail === undefined ? name : `${name} (${detail})`));
  return `Not as it should be: ${words.join(", ")}.`.slice(0, 500);
}

/** In the order of the agent-host reference, section 17. */
const LIFE_STEPS: readonly HostStep[] = [
  {
    name: "Preflight",
    provesLink: "PreflightPassed",
    needsRegistrationSlot: false,
    timeoutMs: ({ timeouts }) => durationMs(timeouts.preflight),
    parameters: ({ domain, tenant }) => ({
      domainName: domain.dnsName,
      domainControllers: domain.domainControllers.join(","),
      tenantCloud: tenant.cloud,
    }),
    note: failingChecks,
  },
  {
    name: "Join",
    provesLink: "Joined",
    needsRegistrationSlot: false,
    timeoutMs: ({ timeouts }) => durationMs(timeouts.join),
    parameters: ({ domain }, agentUID) => ({
      computerName: computerName(domain.computerNamePrefix, agentUID),
      domainName: domain.dnsName,
      organizationalUnit: domain.organizationalUnit,
      credentialSecretARN: domain.joinSecretARN,
      hostGroup: domain.gmsa.hostGroup ?? "",
    }),
  },
  {
    name: "Install",
    provesLink: "Installed",
    needsRegistrationSlot: false,
    timeoutMs: ({ timeouts }) => durationMs(timeouts.install),
    parameters: ({ agent, tenant }) => ({
      bucket: agent.installer.bucket,
      bucketOwner: agent.installer.bucketOwner,
      key: agent.installer.key,
      versionID: agent.installer.versionID,
      sha256: agent.installer.sha256,
      version: agent.installer.version,
      productName: agent.installer.productName,
      signer: agent.installer.signer,
      tenantCloud: tenant.cloud,
      proxyURL: agent.proxyURL ?? "",
    }),
  },
  {
    name: "Register",
    provesLink: "Registered",
    needsRegistrationSlot: true,
    timeoutMs: ({ timeouts }) => durationMs(timeouts.configure),
    parameters: ({ agent, tenant }) => ({
      tenantID: tenant.tenantID,
      tenantCloud: tenant.cloud,
      mode: agent.registration.mode,
      secretARN: agent.registration.secretARN ?? "",
    }),
  },
  {
    name: "Configure",
    provesLink: "Configured",
    needsRegistrationSlot: true,
    timeoutMs: ({ timeouts }) => durationMs(timeouts.configure),
    parameters: ({ domain }) => ({
      domainName: domain.dnsName,
      netBIOSName: domain.netBIOSName,
      gmsaMode: domain.gmsa.mode,
      gmsaName: domain.gmsa.name ?? "",
      setupSecretARN: domain.gmsa.setupSecretARN ?? "",
      preferredDomainControllers: (domain.preferredDomainControllers ?? []).join(","),
    }),
  },
];

/** Made anew in each pass, from what the domain declares (rights-commands.ts). */
export function isRightsStep(name: string): name is "Permissions" | "VendorPermissions" {
  return name === "Permissions" || name === "VendorPermissions";
}

/** By the name in a stored step; whether a stored rights step grants is not stored. */
export function needsRegistrationSlot(name: string): boolean {
  return isRightsStep(name) || LIFE_STEPS.some((step) => step.name === name && step.needsRegistrationSlot);
}

/** Steps after which a host is what it was to its probe. */
export function keepsEvidence(name: string): boolean {
  return isRightsStep(name) || name === PROVE_SECRET_DENIED.name;
}

/** The step that is next in an agent's life once this one is done. */
export function stepAfter(step: HostStep): HostStep | undefined {
  const index = LIFE_STEPS.indexOf(step);
  return index < 0 ? undefined : LIFE_STEPS[index + 1];
}

export function stepOfLink(type: LinkType): HostStep | undefined {
  return LIFE_STEPS.find((step) => step.provesLink === type);
}
