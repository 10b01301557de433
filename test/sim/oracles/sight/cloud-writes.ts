/** What a call changed in the cloud, in the words of the promises. Pure. Guarantees: a refused or lost request is no write; a lost answer hides nothing. */
import type { CallLogEntry } from "../../../../sim/src/core/call-log.ts";
import type { Happening } from "../../run/scene.ts";

export type CloudWrite =
  | { readonly kind: "launch"; readonly token: string | undefined; readonly subnetID: string | undefined }
  | { readonly kind: "terminate"; readonly instanceIDs: readonly string[] }
  /** `step`: such as `Drain`. */
  | { readonly kind: "command"; readonly step: string; readonly instanceIDs: readonly string[] }
  | { readonly kind: "change"; readonly action: string; readonly instanceIDs: readonly string[] };

const NONE: readonly CloudWrite[] = [];

export function cloudWrites(happening: Happening): readonly CloudWrite[] {
  if (happening.kind !== "call" || happening.call.side !== "aws" || !happening.call.isWrite) return NONE;
  return happening.entries.filter(tookEffect).map(writeOf);
}

function tookEffect({ service, action, outcome, isDryRun }: CallLogEntry): boolean {
  const isWrite = (service === "ec2" || service === "ssm") && !/^(Describe|Get|List)/.test(action);
  return isWrite && !isDryRun && (outcome === "ok" || outcome === "lost (ok)");
}

function writeOf({ action, facts }: CallLogEntry): CloudWrite {
  const { instanceID: instanceIDs = [], clientToken = [], subnetID = [], document = [] } = facts;
  switch (action) {
    case "RunInstances":
      return { kind: "launch", token: clientToken[0], subnetID: subnetID[0] };
    case "TerminateInstances":
      return { kind: "terminate", instanceIDs };
    case "SendCommand":
      return { kind: "command", step: /^CloudSync-([A-Za-z]+)-/.exec(document[0] ?? "")?.[1] ?? "", instanceIDs };
    default:
      return { kind: "change", action, instanceIDs };
  }
}
