/**
 * Changes group objects as the service account of a provisioning agent.
 * Guarantees: what AD would refuse is refused before anything changed: a missing container, a missing right, a taken name;
 * a move needs to delete at the source and to create at the target.
 */
import type { AccessRight } from "../layout/access.ts";
import type { Domain } from "./domain.ts";
import type { GroupAttributes, GroupObject, NewGroup } from "./groups.ts";
import { isSame } from "./distinguished-name.ts";

export type WriteProblem =
  | { readonly reason: "ContainerNotFound"; readonly place: string }
  | { readonly reason: "AccessDenied"; readonly place: string; readonly right: AccessRight }
  | { readonly reason: "NameTaken" | "AccountNameTaken"; readonly place: string };

export type Written =
  | { readonly kind: "written"; readonly group: GroupObject }
  | { readonly kind: "refused"; readonly problem: WriteProblem };

export interface GroupChange {
  readonly container: string;
  readonly attributes: GroupAttributes;
  readonly memberGUIDs: ReadonlySet<string>;
}

export class GroupWriter {
  readonly #domain: Domain;
  readonly #trustees: readonly string[];

  /** @param serviceAccount sAMAccountName, with or without the domain before it */
  constructor(domain: Domain, serviceAccount: string) {
    this.#domain = domain;
    const name = serviceAccount.slice(serviceAccount.lastIndexOf("\\") + 1);
    const memberOf = domain.serviceAccount(name)?.memberOf ?? [];
    this.#trustees = [name, ...memberOf, "Authenticated Users"];
  }

  create(change: GroupChange): Written {
    const problem =
      this.#containerProblem(change.container) ??
      this.#rightProblem(change.container, "CreateGroups") ??
      this.#nameProblem(change);
    if (problem !== undefined) return { kind: "refused", problem };
    const group = this.#domain.groups.create(change);
    this.#domain.groups.setMembers(group.objectGUID, change.memberGUIDs);
    return { kind: "written", group };
  }

  change(group: GroupObject, change: GroupChange): Written {
    const isMoved = !isSame(group.container, change.container);
    const problem =
      (isMoved ? this.#moveProblem(group, change) : undefined) ??
      this.#rightProblem(group.container, "WriteGroups") ??
      this.#nameProblem(change, group.objectGUID);
    if (problem !== undefined) return { kind: "refused", problem };
    this.#domain.groups.setMembers(group.objectGUID, change.memberGUIDs);
    return { kind: "written", group: this.#domain.groups.change(group.objectGUID, change) };
  }

  remove(group: GroupObject): Written {
    const problem = this.#rightProblem(group.container, "DeleteGroups");
    if (problem !== undefined) return { kind: "refused", problem };
    this.#domain.removeGroup(group.objectGUID);
    return { kind: "written", group };
  }

  #moveProblem(group: GroupObject, { container }: GroupChange): WriteProblem | undefined {
    return (
      this.#containerProblem(container) ??
      this.#rightProblem(container, "CreateGroups") ??
      this.#rightProblem(group.container, "DeleteGroups")
    );
  }

  #containerProblem(place: string): WriteProblem | undefined {
    return this.#domain.hasContainer(place) ? undefined : { reason: "ContainerNotFound", place };
  }

  #rightProblem(place: string, right: AccessRight): WriteProblem | undefined {
    const verdict = this.#domain.access.judge({ distinguishedName: place, trustees: this.#trustees, right });
    return verdict.kind === "effective" ? undefined : { reason: "AccessDenied", place, right };
  }

  #nameProblem(group: NewGroup, except?: string): WriteProblem | undefined {
    const reason = this.#domain.groups.nameProblem(group, except);
    return reason === undefined ? undefined : { reason, place: group.container };
  }
}
