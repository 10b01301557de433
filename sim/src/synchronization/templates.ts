/** Which job templates a service principal is offered, by the application template that it was made from (entra-graph reference, 1). Data and look-ups. */
export const AD_TO_ENTRA_APPLICATION = "1a4721b3-e57f-4451-ae87-ef078703ec94";
/** Known from community code only [C]. */
export const ENTRA_TO_AD_APPLICATION = "fb81332f-3eca-4ecf-a939-4278e501d330";

const OFFERED: Readonly<Record<string, readonly string[]>> = {
  [ENTRA_TO_AD_APPLICATION]: ["AAD2ADGroupProvisioning"],
  [AD_TO_ENTRA_APPLICATION]: ["AD2AADProvisioning", "AD2AADPasswordHash"],
};

export function offeredTemplates(applicationTemplateID: string | null): readonly string[] {
  return OFFERED[applicationTemplateID ?? ""] ?? [];
}
