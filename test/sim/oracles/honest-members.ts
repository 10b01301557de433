/**
 * S5: of a member that could not be read nothing is told as a fact: no scope says that more members are users of the cloud than ever were.
 * Guarantees: judged by the directory; what was a member once may be told of for as long as findings are kept.
 * Never: asks for a finding; fewer than there are, or none, is no breach.
 */
import { directoryOf } from "../run/entra-deeds.ts";
import type { ClusterObject } from "../run/person.ts";
import type { Happening, Oracle, Scene } from "../run/scene.ts";
import type { EntraSight } from "./sight/entra.ts";

/** The words of the condition Eligible (src/sync/scope/members.ts). */
const TOLD = /(\d+) members are users of the cloud/;

export function honestMembers(sight: EntraSight): Oracle {
  /** `group user` of the direct members without an account in AD, of groups in scope. */
  const cloudOnly = new Set<string>();

  function follow(scene: Scene): void {
    const directory = directoryOf(scene.world);
    const groupIDs = [...sight.now.keys()].flatMap((id) =>
      directory.assignedTo(id).map(({ principalId }) => principalId),
    );
    for (const groupID of groupIDs)
      for (const { value: memberID } of directory.members(groupID)) {
        const user = directory.get("user", memberID);
        if (user !== undefined && user.onPremisesSyncEnabled !== true) cloudOnly.add(`${groupID} ${memberID}`);
      }
  }

  return {
    name: "S5 members",
    after(happening, scene) {
      sight.look(happening, scene);
      if (happening.kind === "deed" || sight.writes.length > 0) follow(scene);
      if (!isScopeWrite(happening)) return undefined;
      for (const scope of scene.objects("groupscopes")) {
        const told = toldOf(scope);
        if (told > cloudOnly.size)
          return `${scope.metadata.name} says that ${told} members are users of the cloud; there are ${cloudOnly.size}`;
      }
      return undefined;
    },
  };
}

function isScopeWrite(happening: Happening): boolean {
  return happening.kind === "call" && happening.call.side === "kube" && happening.call.about.startsWith("groupscopes/");
}

function toldOf({ status }: ClusterObject): number {
  const conditions = (status?.["conditions"] ?? []) as readonly { readonly message: string }[];
  return Math.max(0, ...conditions.map(({ message }) => Number(TOLD.exec(message)?.[1] ?? 0)));
}
