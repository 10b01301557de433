/**
 * How a step comes into the directory: through the host's own domain, and with one bind of a stored account where it changes something.
 * Guarantees: at most one bind a call, so a bad password counts once; the reason is the same in every step.
 */
import type { Domain } from "../../ad/domain.ts";
import type { DirectoryAccountLayout } from "../../layout/domains.ts";
import { readSecret } from "./secrets.ts";
import { failed, parameter, type StepContext, type StepEnd } from "./step.ts";

export type Refusal = { readonly kind: "failed"; readonly end: StepEnd };

/** The domain of the parameter, which has to be the host's own and to answer it. */
export function ownDomain(context: StepContext): { readonly kind: "reached"; readonly domain: Domain } | Refusal {
  const { host } = context;
  const wanted = parameter(context, "domainName");
  const { domain } = host;
  if (domain === undefined) return refuse("Permanent", "NotJoined", "The host is in no domain.", "Join it first.");
  if (domain.dnsName !== wanted) {
    return refuse("Permanent", "JoinedElsewhere", `The host belongs to ${domain.dnsName}.`, "Use one of the domain.");
  }
  if (domain.reachableControllers(host.zone).length > 0) return { kind: "reached", domain };
  return refuse("Transient", "DomainControllerUnreachable", `No controller of ${wanted} answers.`, "Check routes.");
}

/** The same, read with the host's own account: the domain has to trust it. */
export function trustingDomain(context: StepContext): ReturnType<typeof ownDomain> {
  const reached = ownDomain(context);
  if (reached.kind === "failed" || context.host.isTrusted) return reached;
  return refuse("Permanent", "DomainNotTrusted", "The domain does not trust the host any more.", "Replace the host.");
}

export function boundAccount(
  context: StepContext,
  domain: Domain,
  arn: string,
): { readonly kind: "bound"; readonly account: DirectoryAccountLayout } | Refusal {
  const secret = readSecret(context, arn, "directoryAccount");
  if (secret.kind === "failed") return secret;
  const bind = domain.bind(secret.value);
  if (bind.kind === "bound") return bind;
  return refuse(
    "Credential",
    bind.reason,
    `${domain.dnsName} refused the account.`,
    "Correct the secret or unlock it.",
  );
}

export function refuse(
  errorClass: Parameters<typeof failed>[0],
  reason: string,
  ...words: readonly [message: string, fix: string]
): Refusal {
  return { kind: "failed", end: failed(errorClass, reason, words) };
}
