/**
 * The places where a script does what a rule forbids, each with the reason that a reviewer has to accept. A place is a function of a file.
 * Guarantees (scripts.test.ts): an exception that nothing needs any more is a failure, so the list only says what is true.
 */
import type { Finding } from "./finding.ts";

export interface RuleException {
  readonly rule: string;
  /** File name without its folder. */
  readonly file: string;
  readonly inFunction: string;
  readonly reason: string;
}

export const EXCEPTIONS: readonly RuleException[] = [
  {
    rule: "plain-secrets",
    file: "account-prelude.ps1",
    inFunction: "Assert-CloudSyncDirectoryAccount",
    reason:
      "LdapConnection.Bind takes a NetworkCredential; the object goes straight into the call and no text is made of it.",
  },
  {
    rule: "plain-secrets",
    file: "register.ps1",
    inFunction: "Connect-ByToken",
    reason:
      "-AccessToken of Connect-AADCloudSyncAzureAD takes text (undocumented form, unverified); refused before when module logging would record it, and cleared after the call.",
  },
  {
    rule: "no-download",
    file: "network-prelude.ps1",
    inFunction: "Test-CloudSyncEntra",
    reason: "A reach test of the sign-in endpoint through the proxy; the answer is dropped and nothing is stored.",
  },
  {
    rule: "no-dynamic-code",
    file: "child-prelude.ps1",
    inFunction: "Invoke-CloudSyncChild",
    reason:
      "The child PowerShell has its output read apart from ours and is ended at the deadline, which & cannot do. Its line holds the script's own path alone, in quotes, which a Windows path cannot contain.",
  },
];

export function isExcepted({ rule, file, inFunction }: Finding, exceptions = EXCEPTIONS): boolean {
  return exceptions.some((one) => one.rule === rule && file.endsWith(`/${one.file}`) && one.inFunction === inFunction);
}
