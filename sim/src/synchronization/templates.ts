/** Which job templates a service principal is offered, by the application template that it was made from (entra-graph reference, 1). Data and look-ups. */
import { TEMPLATE_AD_TO_ENTRA, TEMPLATE_ENTRA_TO_AD } from "../graph/templates.ts";

const OFFERED: Readonly<Record<string, readonly string[]>> = {
  [TEMPLATE_ENTRA_TO_AD]: ["AAD2ADGroupProvisioning"],
  [TEMPLATE_AD_TO_ENTRA]: ["AD2AADProvisioning", "AD2AADPasswordHash"],
};

export function offeredTemplates(applicationTemplateID: string | null): readonly string[] {
  return OFFERED[applicationTemplateID ?? ""] ?? [];
}
