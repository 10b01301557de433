/** The verdict of a run whose domain has no host that could read the group back. */
import type { Verdict } from "../../sync/provisioning-test/snapshot.ts";

export const NO_READER: Verdict = {
  result: "Unknown",
  reason: "NoDirectoryReader",
  message: "No host of the domain is Ready to read the group back from AD: it is run again once one is.",
};
