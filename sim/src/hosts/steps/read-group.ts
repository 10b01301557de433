/**
 * ReadGroup: one provisioned group by its anchor, read as the host's own account.
 * Guarantees: changes nothing; a schema without the anchor, two groups with one anchor and members that cannot be read are never "not found" or a
 * wrong hash (S5). The hash is defined in contracts/host/read-group.json.
 */
import { createHash } from "node:crypto";
import { trustingDomain } from "./domain-access.ts";
import { failed, parameter, succeeded, type Step } from "./step.ts";

export const READ_GROUP: Step = {
  takesLock: false,
  isDone: () => false,
  run(context) {
    const reached = trustingDomain(context);
    if (reached.kind === "failed") return reached.end;
    const { domain } = reached;
    if (!domain.hasAnchorAttribute) {
      const words = [
        "The schema lacks msDS-ExternalDirectoryObjectId.",
        "Run adprep of Server 2016 or later.",
      ] as const;
      return failed("Permanent", "AnchorAttributeMissing", words);
    }
    const anchor = parameter(context, "anchor");
    const found = domain.groupsByAnchor(anchor);
    if (found.length > 1) {
      const words = [`${found.length} groups carry ${anchor}.`, "Clear the value on all but the right one."] as const;
      return failed("Person", "AnchorAmbiguous", words);
    }
    const [group] = found;
    const hasAllMembers = group !== undefined && !group.hasHiddenMembers;
    const memberGUIDs = hasAllMembers ? [...domain.groups.members(group.objectGUID)] : [];
    return succeeded(false, {
      domainController: domain.reachableControllers(context.host.zone)[0]?.name ?? "",
      isFound: group !== undefined,
      anchor,
      distinguishedName: group?.distinguishedName ?? null,
      sid: group?.sid ?? null,
      objectGUID: group?.objectGUID ?? null,
      memberCount: hasAllMembers ? memberGUIDs.length : null,
      memberHash: hasAllMembers ? memberHash(memberGUIDs) : null,
    });
  },
};

function memberHash(memberGUIDs: readonly string[]): string {
  const lines = memberGUIDs
    .map((guid) => `${guid.toLowerCase()}\n`)
    .toSorted()
    .join("");
  return createHash("sha256").update(lines, "ascii").digest("hex");
}
