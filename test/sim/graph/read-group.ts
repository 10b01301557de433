/** What a healthy host reads of a group, straight from a simulated domain. Only tests import this file. */
import type { Domain } from "../../../sim/src/ad/domain.ts";
import type { DirectoryReadPort } from "../../../src/host/directory-read/port.ts";
import { memberHash } from "../../../src/sync/provisioning-test/member-hash.ts";

export function readGroupFrom(domain: Domain): DirectoryReadPort {
  return {
    onChange: () => undefined,
    readGroup({ groupID }) {
      const anchor = `Group_${groupID}`;
      const [found] = domain.groupsByAnchor(anchor);
      const members = found === undefined ? undefined : [...domain.groups.members(found.objectGUID)];
      return Promise.resolve({
        kind: "read",
        facts: {
          domainController: "dc1",
          isFound: found !== undefined,
          anchor,
          distinguishedName: found?.distinguishedName ?? null,
          memberCount: members?.length ?? null,
          memberHash: members === undefined ? null : memberHash(members),
        },
      });
    },
  };
}
