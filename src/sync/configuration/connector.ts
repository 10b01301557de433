/**
 * The wide spec, parsed once into one variant a connector; inner code never asks which connector it has.
 * Guarantees: what differs between connectors is data of its profile; a connector without one is `unserved` and nothing is written for it.
 */
import type { SyncConfiguration, SyncConfigurationSpec } from "../../api/sync-configuration.ts";

/** What the vendor calls the parts of a connector. */
export interface ConnectorProfile {
  readonly applicationTemplateID: string;
  /** Offered by the service principal, and the first part of the job's id (entra-graph reference, section 1). */
  readonly jobTemplate: string;
  /** Object names in the job's schema that carry what is provisioned, in lower case. */
  readonly sourceObject: string;
  readonly targetObject: string;
  /** The one mapping that may match objects; anything else is a foreign change of the join key. */
  readonly join: { readonly target: string; readonly expression: string };
  readonly containerTarget: string;
  /** Vendor limits (entra-graph reference, 8.1). */
  readonly configurationsMax: number;
  /** From this many configurations of a tenant on, the licence has to be acknowledged. */
  readonly licensedFrom: number;
}

/**
 * The template id has one community source [C]; `applicationTemplateID` of the spec overrides it. The rest: entra-graph reference, sections 1, 4 and 8.1 [D].
 */
export const ENTRA_TO_AD: ConnectorProfile = {
  applicationTemplateID: "fb81332f-3eca-4ecf-a939-4278e501d330",
  jobTemplate: "AAD2ADGroupProvisioning",
  sourceObject: "group",
  targetObject: "group",
  join: { target: "msDS-ExternalDirectoryObjectId", expression: 'Append("Group_",[objectId])' },
  containerTarget: "parentDistinguishedName",
  configurationsMax: 20,
  licensedFrom: 3,
};

export type EntraToADDeclaration = NonNullable<SyncConfigurationSpec["entraToAD"]>;

export type ConnectorVariant =
  | { readonly kind: "EntraToAD"; readonly profile: ConnectorProfile; readonly declared: EntraToADDeclaration }
  | { readonly kind: "unserved"; readonly connector: string };

export function variantOf({ spec }: SyncConfiguration): ConnectorVariant {
  if (spec.connector !== "EntraToAD" || spec.entraToAD === undefined)
    return { kind: "unserved", connector: spec.connector };
  const { applicationTemplateID = ENTRA_TO_AD.applicationTemplateID } = spec.entraToAD;
  return { kind: "EntraToAD", profile: { ...ENTRA_TO_AD, applicationTemplateID }, declared: spec.entraToAD };
}
