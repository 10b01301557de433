/** What is wrong around a host, as a layout of the simulated world. */
import type { HostsLayout } from "../../../sim/src/hosts/directory.ts";
import {
  INSTALL,
  JOIN,
  LEAVE_SECRET,
  PASS_THROUGH_INSTALL,
  REGISTER,
  SETUP_SECRET,
  TOKEN_SECRET,
} from "../../../sim/src/hosts/test-steps.ts";
import { DEFAULT_BUCKETS } from "../../../sim/src/layout/buckets.ts";
import {
  DEFAULT_DOMAINS,
  type DirectoryAccountLayout,
  type DomainLayout,
  type ServiceAccountLayout,
} from "../../../sim/src/layout/domains.ts";
import { DEFAULT_INSTALLERS } from "../../../sim/src/layout/installers.ts";
import { DEFAULT_SECRETS, type SecretLayout } from "../../../sim/src/layout/secrets.ts";
import { DEFAULT_TENANTS, type RegistrationAccountLayout } from "../../../sim/src/layout/tenants.ts";
import type { Scenario, SecretName, Trouble } from "./scenario.ts";
import { COMPUTER, CONTAINER, GROUP, PEER, ROOT } from "./stages.ts";

const ARNS: Readonly<Record<SecretName, string>> = {
  join: JOIN.credentialSecretARN,
  setup: SETUP_SECRET,
  leave: LEAVE_SECRET,
  registration: REGISTER.secretARN,
  token: TOKEN_SECRET,
};

const PEER_COMPUTER = { name: PEER, organizationalUnit: JOIN.organizationalUnit, creator: "svc-join" };

export function troubledLayout({ trouble, beside }: Scenario): Partial<HostsLayout> {
  const layout = trouble === undefined ? {} : layoutOf(trouble);
  const own = trouble?.kind === "peerComputer" ? PEER_TROUBLES[trouble.is] : {};
  const peers = beside === "computer" ? [{ ...PEER_COMPUTER, ...own }] : [];
  const { domains } = layout.domains ?? DEFAULT_DOMAINS;
  // The provisioned group is there unless the trouble is about it.
  const dressed = domains.map((domain) =>
    domain.netBIOSName === "CORP"
      ? { ...domain, groups: domain.groups ?? [GROUP], computers: [...(domain.computers ?? []), ...peers] }
      : domain,
  );
  return { ...layout, domains: { domains: dressed } };
}

function layoutOf(trouble: Trouble): Partial<HostsLayout> {
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
        accounts: accounts.map((account) => ({ ...account, managesServiceAccounts: false, controls: [] })),
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
    case "leaveAccount":
      return corp(({ accounts }) => ({
        accounts: accounts.map((account) =>
          account.userName === "svc-leave" ? { ...account, ...LEAVE_TROUBLES[trouble.is] } : account,
        ),
      }));
    case "provisionedGroup":
      return corp(() => ({ groups: GROUP_TROUBLES[trouble.is] }));
    case "anchorAttributeMissing":
      return corp(() => ({ hasAnchorAttribute: false }));
    case "accessEntry":
      return corp(() => ({ access: [ACCESS_TROUBLES[trouble.is]] }));
    case "otherServiceAccount":
      return corp(({ serviceAccounts }) => ({
        serviceAccounts: [...serviceAccounts, { name: "gmsaOther$", principalGroups: [] }],
      }));
    case "outputBucket":
      return {
        buckets: { buckets: DEFAULT_BUCKETS.buckets.map((bucket) => ({ ...bucket, ...BUCKET_TROUBLES[trouble.is] })) },
      };
    case "webServicesClosed":
      return corp(({ controllers }) => ({
        controllers: controllers.map((controller) => ({ ...controller, hasWebServices: false })),
      }));
    case "peerComputer":
      // A matter of what stands beside the host.
      return {};
    case "controllersDown":
    case "oneControllerDown":
    case "entraUnreachable":
    case "installerBusy":
    case "takenOver":
    case "longTrace":
    case "loggedSecret":
    case "serviceDisabled":
    case "serviceAccountLost":
    case "configurationMalformed":
    case "ailment":
    case "membership":
      // Switched on when the host has reached its stage.
      return {};
  }
}

/** A token without a user name is no account, whatever step asks. */
const NAMELESS: SecretLayout["value"] = { kind: "entraToken", accessToken: "planted-nameless-7c1e9f3b" };

const LACKS = {
  unit: { joinOUs: ["OU=Elsewhere"] },
  group: { memberGroups: [] },
  quota: { computersMax: 0 },
} as const;
const ACCOUNT_TROUBLES = {
  notAllowed: { principalGroups: [] },
  logonDenied: { isServiceLogonDenied: true },
} as const;
const LEAVE_TROUBLES: Readonly<
  Record<Extract<Trouble, { kind: "leaveAccount" }>["is"], Partial<DirectoryAccountLayout>>
> = {
  groupless: { memberGroups: [] },
  deletionless: { deletesComputersIn: [] },
  expired: { isPasswordExpired: true },
  disabled: { isDisabled: true },
};
const PEER_TROUBLES = {
  elsewhere: { organizationalUnit: CONTAINER },
  hasChildren: { hasChildren: true },
} as const;
const GROUP_TROUBLES = {
  absent: [],
  twice: [
    GROUP,
    { ...GROUP, objectGUID: "5d000000-0000-4000-8000-000000000004", distinguishedName: `CN=twin,${CONTAINER}` },
  ],
  hidden: [{ ...GROUP, hasHiddenMembers: true }],
  empty: [{ ...GROUP, memberGUIDs: [] }],
};
const ACCESS_TROUBLES = {
  deniedAbove: { distinguishedName: ROOT, trustee: "gmsaCloudSync$", kind: "Deny", right: "WriteGroups" },
  partlyAllowed: { distinguishedName: CONTAINER, trustee: "gmsaCloudSync$", kind: "Allow", right: "WriteGroups" },
} as const;
const BUCKET_TROUBLES = {
  otherOwner: { ownerAccountID: "444455556666" },
  denied: { writableBy: [] },
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
  if (is === "nameless") return [{ ...secret, value: NAMELESS }];
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
    if (![INSTALL.versionID, PASS_THROUGH_INSTALL.versionID].includes(setup.versionID)) return [setup];
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
