/** Group and user objects of a domain that are there before anything happens. Data only. */
export interface GroupObjectLayout {
  readonly distinguishedName: string;
  /** msDS-ExternalDirectoryObjectId: `Group_` and the object id in Entra, in lower case. */
  readonly anchor: string;
  readonly sid: string;
  readonly objectGUID: string;
  /** objectGUID of each direct member. */
  readonly memberGUIDs: readonly string[];
  /** `true`: some members are not shown to a reader (another domain, no right to read them). */
  readonly hasHiddenMembers?: boolean;
}

/** A user account as far as it can be a member. */
export interface UserObjectLayout {
  readonly objectGUID: string;
  readonly distinguishedName: string;
}
