/** Secrets that hosts read with their own instance profile. Data only; no API of the world ever returns a value. */
export type SecretValue =
  | { readonly kind: "directoryAccount"; readonly userName: string; readonly password: string }
  | { readonly kind: "entraAccount"; readonly userPrincipalName: string; readonly password: string }
  | { readonly kind: "entraToken"; readonly accessToken: string };

export interface SecretLayout {
  readonly arn: string;
  /** Instance profiles (name, or `*` for all) whose role may call GetSecretValue on it. */
  readonly readableBy: readonly string[];
  readonly value: SecretValue;
}

export interface SecretsLayout {
  readonly secrets: readonly SecretLayout[];
}

const PREFIX = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:cloudsync";

/** The secrets that `examples/` name, and those of `managed.example.com`. The values are fictional and open nothing outside the world. */
export const DEFAULT_SECRETS: SecretsLayout = {
  secrets: [
    {
      arn: `${PREFIX}/join-AbCdEf`,
      readableBy: ["cloudsync-agent"],
      value: { kind: "directoryAccount", userName: "CORP\\svc-join", password: "world-join-password" },
    },
    {
      arn: `${PREFIX}/setup-AbCdEf`,
      readableBy: ["cloudsync-agent"],
      value: { kind: "directoryAccount", userName: "CORP\\svc-setup", password: "world-setup-password" },
    },
    {
      arn: `${PREFIX}/leave-AbCdEf`,
      readableBy: ["cloudsync-agent"],
      value: { kind: "directoryAccount", userName: "CORP\\svc-leave", password: "world-leave-password" },
    },
    {
      arn: `${PREFIX}/managed-join-AbCdEf`,
      readableBy: ["cloudsync-agent"],
      value: { kind: "directoryAccount", userName: "MANAGED\\svc-join", password: "world-managed-join-password" },
    },
    {
      arn: `${PREFIX}/managed-setup-AbCdEf`,
      readableBy: ["cloudsync-agent"],
      value: { kind: "directoryAccount", userName: "MANAGED\\Admin", password: "world-managed-admin-password" },
    },
    {
      arn: `${PREFIX}/registration-AbCdEf`,
      readableBy: ["cloudsync-agent"],
      value: {
        kind: "entraAccount",
        userPrincipalName: "agent-registration@contoso.example",
        password: "world-registration-password",
      },
    },
    {
      arn: `${PREFIX}/registration-token-AbCdEf`,
      readableBy: ["cloudsync-agent"],
      value: { kind: "entraToken", accessToken: "world-registration-token" },
    },
  ],
};
