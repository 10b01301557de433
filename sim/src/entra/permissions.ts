/**
 * Application permissions of Microsoft Graph as app roles of its service principal in every tenant.
 * Source of the ids: entra-graph reference, 13 (permissions.json of microsoft-graph-devx-content). Other permissions get an id from their name.
 */
import { createHash } from "node:crypto";

/** The appId of Microsoft Graph in every cloud (Microsoft Learn, "Verify first-party Microsoft applications in sign-in reports"). */
export const GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000";

const ROLE_IDS: Readonly<Record<string, string>> = {
  "Synchronization.Read.All": "5ba43d2f-fa88-4db2-bd1c-a67c5f0fb1ce",
  "Synchronization.ReadWrite.All": "9b50c33d-700f-43b1-b2eb-87e89b703581",
  "Application.ReadWrite.OwnedBy": "18a4783c-866b-4cc7-a460-3d5e5662c884",
  "Application.Read.All": "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
  "AppRoleAssignment.ReadWrite.All": "06b708a9-e830-4db3-a914-8e69da51d44f",
  "GroupMember.Read.All": "98830695-27a2-44f7-8c18-0c3ebc9698f6",
  "Group.ReadBasic.All": "07d67222-3a10-4d3b-9ddc-b8aa43198a00",
  "GroupMember.ReadBasic.All": "8222c640-cae5-4860-8d11-b32cfad95e03",
  "User.Read.All": "df021288-bdef-4463-88db-98f22de89214",
  "User.ReadBasic.All": "97235f07-e226-4f63-ace3-39588e11d3a1",
  "Domain.Read.All": "dbb9058a-0e50-45d7-ae91-66909b5d4664",
  "RoleManagement.Read.Directory": "483bed4a-2ad3-4361-a73b-c83ccdbdc53c",
  "ProvisioningLog.Read.All": "091937d3-3e38-47a1-8649-b2f99d3035f1",
  "AuditLog.Read.All": "b0afded3-3588-46d8-8b3d-9842eff778da",
  "Group-OnPremisesSyncBehavior.ReadWrite.All": "2d9bd318-b883-40be-9df7-63ec4fcdc424",
  "Organization.ReadWrite.All": "292d869f-3427-49a8-9dab-8c70152b74e9",
  "LicenseAssignment.Read.All": "e2f98668-2877-4f38-a2f4-8202e0717aa1",
  "Organization.Read.All": "498476ce-e0fe-48b0-b801-37ba7e2685c6",
  "OrgContact.Read.All": "e1a88a34-94c4-4418-be12-c87b00e26bea",
  "AdministrativeUnit.Read.All": "134fd756-38ce-4afd-ba33-e9623dbe66c2",
  "Member.Read.Hidden": "658aa5d8-239f-45c4-aa12-864f4fc7e490",
  "Group.Read.All": "5b567255-7703-4780-807c-7be8301ae99b",
  "User.DeleteRestore.All": "eccc023d-eccf-4e7b-9683-8813ab36cecc",
  "Directory.Read.All": "7ab1d382-f21e-4acd-a863-ba3e13f7da61",
};

export function permissionID(name: string): string {
  const known = ROLE_IDS[name];
  if (known !== undefined) return known;
  const hex = createHash("sha256").update(name).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}

export const PERMISSION_NAMES: readonly string[] = Object.keys(ROLE_IDS);
