/** What is wrong around a host, as a layout of the simulated world. */
import type { HostsLayout } from "../../../sim/src/hosts/directory.ts";
import { INSTALL, JOIN, REGISTER, SETUP_SECRET, TOKEN_SECRET } from "../../../sim/src/hosts/test-steps.ts";
import { DEFAULT_DOMAINS, type DomainLayout, type ServiceAccountLayout } from "../../../sim/src/layout/domains.ts";
import { DEFAULT_INSTALLERS } from "../../../sim/src/layout/installers.ts";
import { DEFAULT_SECRETS, type SecretLayout } from "../../../sim/src/layout/secrets.ts";
import { DEFAULT_TENANTS, type RegistrationAccountLayout } from "../../../sim/src/layout/tenants.ts";
import type { Scenario, SecretName, Trouble } from "./scenario.ts";
import { COMPUTER } from "./stages.ts";

const ARNS: Readonly<Record<SecretName, string>> = {
  join: JOIN.credentialSecretARN,
  setup: SETUP_SECRET,
  registration: REGISTER.secretARN,
  token: TOKEN_SECRET,
};

export function troubledLayout({ trouble }: Scenario): Partial<HostsLayout> {
  if (trouble === undefined) return {};
  switch (trouble.kind) {
    case "secret":
      return { secrets: { secrets: DEFAULT_SECRETS.secrets.flatMap((secret) => troubledSecret(secret, trouble)) } };
    case "joinAccount":
      return corp((domain) => ({
        accounts: domain.accounts.map((account) =>
          account.userName === "svc-join" ? { ...account, ...LACKS[trouble.lacks] } : account,
        ),
      }));
    case "computerTaken":
      return corp(() => ({
        computers: [{ name: COMPUTER, organizationalUnit: JOIN.organizationalUnit, creator: "someone" }],
      }));
    case "gmsa":
      if (trouble.is === "missing") return corp(() => ({ serviceAccounts: [] }));
      return accountTrouble(ACCOUNT_TROUBLES[trouble.is]);
    case "kdsRootKey":
      return { domains: { domains: DEFAULT_DOMAINS.domains.map((domain) => withRootKey(domain, trouble.is)) } };
    case "setupAccountDenied":
      return corp(({ accounts }) => ({
        accounts: accounts.map((account) => ({ ...account, managesServiceAccounts: false })),
      }));
    case "registrationAccount":
      return {
        tenants: {
          tenants: DEFAULT_TENANTS.tenants.map((tenant) => ({
            ...tenant,
            accounts: tenant.accounts.map((account) => ({ ...account, ...REGISTRATION_TROUBLES[trouble.is] })),
          })),
        },
      };
    case "installer":
      return installerLayout(trouble.is);
    case "controllersDown":
    case "entraUnreachable":
    case "installerBusy":
      // Switched on when the host has reached its stage.
      return {};
  }
}

const LACKS = {
  unit: { joinOUs: ["OU=Elsewhere"] },
  group: { memberGroups: [] },
  quota: { computersMax: 0 },
} as const;
const ACCOUNT_TROUBLES = {
  notAllowed: { principalGroups: [] },
  logonDenied: { isServiceLogonDenied: true },
} as const;
const REGISTRATION_TROUBLES: Readonly<
  Record<Extract<Trouble, { kind: "registrationAccount" }>["is"], Partial<RegistrationAccountLayout>>
> = {
  mfa: { requiresMFA: true },
  roleMissing: { roles: [] },
  guest: { isGuest: true },
  disabled: { isDisabled: true },
};

function accountTrouble(change: Partial<ServiceAccountLayout>): Partial<HostsLayout> {
  return corp(({ serviceAccounts }) => ({
    serviceAccounts: serviceAccounts.map((account) => ({ ...account, ...change })),
  }));
}

function troubledSecret(
  secret: SecretLayout,
  { secret: name, is }: Extract<Trouble, { kind: "secret" }>,
): readonly SecretLayout[] {
  if (secret.arn !== ARNS[name]) return [secret];
  if (is === "missing") return [];
  if (is === "denied") return [{ ...secret, readableBy: [] }];
  const { value } = secret;
  return [
    {
      ...secret,
      value: value.kind === "entraToken" ? { ...value, accessToken: "wrong" } : { ...value, password: "wrong" },
    },
  ];
}

function corp(change: (domain: DomainLayout) => Partial<DomainLayout>): Partial<HostsLayout> {
  const domains = DEFAULT_DOMAINS.domains.map((domain) =>
    domain.netBIOSName === "CORP" ? { ...domain, ...change(domain) } : domain,
  );
  return { domains: { domains } };
}

function withRootKey({ kdsRootKeyAgeHours: _, ...domain }: DomainLayout, is: "absent" | "young"): DomainLayout {
  return is === "young" ? { ...domain, kdsRootKeyAgeHours: 1 } : domain;
}

function installerLayout(is: "missing" | "denied" | "otherHash" | "badSignature"): Partial<HostsLayout> {
  const changed = DEFAULT_INSTALLERS.installers.flatMap((setup) => {
    if (setup.versionID !== INSTALL.versionID) return [setup];
    switch (is) {
      case "missing":
        return [];
      case "denied":
        return [{ ...setup, readableBy: [] }];
      case "otherHash":
        return [{ ...setup, sha256: "0".repeat(64) }];
      case "badSignature":
        return [{ ...setup, isSignatureValid: false }];
    }
  });
  return { installers: { installers: changed } };
}
