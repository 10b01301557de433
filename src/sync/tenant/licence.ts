/**
 * Whether the tenant has the licences that its Entra-to-AD configurations need.
 * Guarantees: licences that cannot be read are unknown, not absent (S5); a third configuration asks for a person's word (its own loop holds it back).
 * Source: entra-graph reference, 8.1: the first two configurations need Entra ID P1, the third to the twentieth Entra ID Governance; older ones
 * keep P1.
 */
import type { TenantSnapshot } from "./snapshot.ts";

/** entra-graph reference, 2 and 8.1. */
export const CONFIGURATIONS_MAX = 20;
const WITHOUT_GOVERNANCE_MAX = 2;

/**
 * Service plans that stand for Entra ID P1 or more: AAD_PREMIUM and AAD_PREMIUM_P2 (Microsoft, "Product names and service plan identifiers").
 * The name of the government plan is from public code only [C].
 */
const P1_PLANS: ReadonlySet<string> = new Set(["AAD_PREMIUM", "AAD_PREMIUM_P2", "AAD_PREMIUM_GOV"]);
/**
 * Entra_Identity_Governance is listed in a sample of Microsoft's Entra PowerShell documentation; that it is the plan of Entra ID Governance and of the
 * Entra Suite is from public code [C]. So its absence is told as unknown, never as a missing licence.
 */
const GOVERNANCE_PLAN = "entra_identity_governance";

export interface LicenceVerdict {
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
}

/** Configurations in Entra and declared ones that are not there yet; a lower bound where Entra could not be read. */
export function countConfigurations({ configurations, found }: TenantSnapshot): number {
  const declared = configurations.filter(({ connector }) => connector === "EntraToAD");
  const existing = new Set(found === undefined || found.kind === "failed" ? [] : found.items);
  for (const { servicePrincipalID } of declared) if (servicePrincipalID !== undefined) existing.add(servicePrincipalID);
  const toCome = declared.filter(({ servicePrincipalID, isAdopted }) => servicePrincipalID === undefined && !isAdopted);
  return existing.size + toCome.length;
}

export function judgeLicence(snapshot: TenantSnapshot): LicenceVerdict {
  const count = countConfigurations(snapshot);
  if (count > CONFIGURATIONS_MAX) {
    const message = `The tenant would have ${count} Entra-to-AD configurations, and ${CONFIGURATIONS_MAX} are possible: remove some.`;
    return { status: "False", reason: "ConfigurationLimit", message };
  }
  const isAcknowledged = snapshot.tenant.spec.governanceLicense === "Acknowledged";
  const needsGovernance = count > WITHOUT_GOVERNANCE_MAX;
  if (needsGovernance && !isAcknowledged) {
    const message = `From the third Entra-to-AD configuration on, the vendor asks for Entra ID Governance: set spec.governanceLicense to Acknowledged once it is licensed.`;
    return { status: "False", reason: "GovernanceNotAcknowledged", message };
  }
  return judgePlans(snapshot, needsGovernance);
}

function judgePlans({ skus }: TenantSnapshot, needsGovernance: boolean): LicenceVerdict {
  if (skus?.kind !== "complete") {
    const message =
      "The subscribed SKUs could not be read: grant LicenseAssignment.Read.All, or check the licence by hand.";
    return { status: "Unknown", reason: "LicencesNotReadable", message };
  }
  const plans = skus.items.filter(({ isEnabled }) => isEnabled).flatMap(({ servicePlanNames }) => servicePlanNames);
  if (!plans.some((plan) => P1_PLANS.has(plan.toUpperCase()))) {
    const message = "No enabled SKU holds Entra ID P1 (AAD_PREMIUM), which provisioning to AD needs: license it.";
    return { status: "False", reason: "NoEntraIDP1", message };
  }
  if (needsGovernance && !plans.some((plan) => plan.toLowerCase() === GOVERNANCE_PLAN)) {
    const message =
      "The licence for Entra ID Governance is acknowledged, but no enabled SKU shows its plan: check it by hand.";
    return { status: "Unknown", reason: "GovernancePlanNotSeen", message };
  }
  return { status: "True", reason: "Licensed", message: "" };
}
