/** What Permissions finds on one object: which of the wanted rights are effective, missing or denied. Pure but for reading the domain. */
import type { Domain, ServiceAccount } from "../../ad/domain.ts";
import type { AccessRight } from "../../layout/access.ts";
import { CONTAINER_RIGHTS, rightsOfTypes } from "./permission-rights.ts";
import { parameter, type StepContext } from "./step.ts";

export interface WantedRights {
  readonly distinguishedName: string;
  readonly rights: readonly AccessRight[];
  /** The domain's root: the vendor's cmdlet alone sets rights there. */
  readonly isRoot: boolean;
}

export interface Finding extends WantedRights {
  /** Without a change to this object. */
  readonly effective: readonly AccessRight[];
  readonly granted: readonly AccessRight[];
  readonly missing: readonly AccessRight[];
  readonly denied: readonly AccessRight[];
}

/** The root first: what is granted there reaches the containers. */
export function wantedRights(context: StepContext, domain: Domain): readonly WantedRights[] {
  const containers = parameter(context, "provisioningContainers").split("|").filter(Boolean);
  const onContainers = containers.map((distinguishedName) => ({
    distinguishedName,
    rights: CONTAINER_RIGHTS,
    isRoot: false,
  }));
  if (parameter(context, "scope") === "OrganizationalUnits") return onContainers;
  const rights = rightsOfTypes(parameter(context, "types"));
  return [{ distinguishedName: domain.root, rights, isRoot: true }, ...onContainers];
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

/** Sets what is missing now: a right that came from above in the meantime is not set once more. */
export function grantMissing(domain: Domain, account: ServiceAccount, wanted: WantedRights): Finding {
  const finding = findingOf(domain, account, wanted);
  for (const right of finding.missing) domain.access.grant(finding.distinguishedName, account.name, right);
  return { ...finding, granted: finding.missing, missing: [] };
}

export function findingFacts({
  distinguishedName,
  effective,
  granted,
  missing,
  denied,
}: Finding): Readonly<Record<string, unknown>> {
  return { distinguishedName, effective, granted, missing, denied };
}
