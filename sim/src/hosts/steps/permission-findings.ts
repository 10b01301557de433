/** What the permission steps find on one object: which of the wanted rights are effective, missing or denied; and the set-up account that sets them. */
import type { Domain, ServiceAccount } from "../../ad/domain.ts";
import { isWithin } from "../../ad/distinguished-name.ts";
import type { AccessRight } from "../../layout/access.ts";
import { boundAccount, refuse, trustingDomain, type Refusal } from "./domain-access.ts";
import { failed, parameter, type StepContext, type StepEnd } from "./step.ts";

export interface WantedRights {
  readonly distinguishedName: string;
  readonly rights: readonly AccessRight[];
}

export interface Finding extends WantedRights {
  /** Without a change to this object. */
  readonly effective: readonly AccessRight[];
  readonly granted: readonly AccessRight[];
  readonly missing: readonly AccessRight[];
  readonly denied: readonly AccessRight[];
}

export function knownAccount(
  context: StepContext,
): { readonly kind: "known"; readonly domain: Domain; readonly account: ServiceAccount } | Refusal {
  const reached = trustingDomain(context);
  if (reached.kind === "failed") return reached;
  const { domain } = reached;
  const name = parameter(context, "gmsaName");
  const account = domain.serviceAccount(name);
  if (account !== undefined) return { kind: "known", domain, account };
  return refuse("Permanent", "GMSANotFound", `There is no gMSA ${name}.`, "Create it or correct its name.");
}

export function findingOf(domain: Domain, account: ServiceAccount, wanted: WantedRights): Finding {
  const trustees = [account.name, ...account.memberOf, "Authenticated Users"];
  const { distinguishedName, rights } = wanted;
  const judged = rights.map((right) => {
    const { kind } = domain.access.judge({ distinguishedName, trustees, right });
    return { right, kind };
  });
  const having = (kind: "effective" | "missing" | "denied"): readonly AccessRight[] =>
    judged.filter((one) => one.kind === kind).map(({ right }) => right);
  return {
    ...wanted,
    effective: having("effective"),
    granted: [],
    missing: having("missing"),
    denied: having("denied"),
  };
}

export function grantMissing(domain: Domain, account: ServiceAccount, finding: Finding): Finding {
  for (const right of finding.missing) domain.access.grant(finding.distinguishedName, account.name, right);
  return { ...finding, granted: finding.missing, missing: [] };
}

/** A deny entry is never overridden. */
export function denial(findings: readonly Finding[]): StepEnd | undefined {
  const found = findings.find(({ denied }) => denied.length > 0);
  if (found === undefined) return undefined;
  const words = [`${found.denied.join(", ")}: denied on ${found.distinguishedName}.`, "Remove the entry."] as const;
  return failed("Person", "RightsDenied", words);
}

/** The set-up account has to be named, and may change the rights of every object. */
export function setupProblem(context: StepContext, domain: Domain, objects: readonly string[]): Refusal | undefined {
  const arn = parameter(context, "setupSecretARN");
  if (arn === "") {
    const message = "Mode Grant needs a set-up credential.";
    return refuse("Permanent", "SetupCredentialRequired", message, "Name setupCredential.");
  }
  const bound = boundAccount(context, domain, arn);
  if (bound.kind === "failed") return bound;
  const refused = objects.find((name) => !(bound.account.controls ?? []).some((root) => isWithin(name, root)));
  if (refused === undefined) return undefined;
  const message = `The set-up account may not change the rights on ${refused}.`;
  return refuse("Person", "SetupAccountDenied", message, "Delegate that to it.");
}

export function findingFacts(findings: readonly Finding[]): Readonly<Record<string, unknown>> {
  return {
    isSufficient: findings.every(({ missing, denied }) => denied.length === 0 && missing.length === 0),
    findings: findings.map(({ distinguishedName, effective, granted, missing, denied }) => ({
      distinguishedName,
      effective,
      granted,
      missing,
      denied,
    })),
  };
}
