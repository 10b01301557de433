/** Ids of jobs (entra-graph reference, 1): the template, the tenant without dashes and, today, a GUID, with dots between. Pure. */
export interface JobIDParts {
  readonly templateID: string;
  readonly tenantID: string;
  readonly form: "short" | "long";
  readonly newID: () => string;
  readonly isTaken: (id: string) => boolean;
}

export function jobID({ templateID, tenantID, form, newID, isTaken }: JobIDParts): string {
  const short = `${templateID}.${tenantID.replaceAll("-", "")}`;
  return form === "short" && !isTaken(short) ? short : `${short}.${newID()}`;
}

/**
 * What a job says its template is. The vendor's answer to creating `AD2AADProvisioning` carries `ADDCInPassthrough` [D]; for groups to AD nothing is
 * published, and a word that is not the template either keeps readers honest [I].
 */
export function shownTemplateID(templateID: string): string {
  return templateID.startsWith("AD2AAD") ? "ADDCInPassthrough" : "ADDCOutPassthrough";
}
