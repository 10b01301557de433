/**
 * The access-control lists of one domain, as far as rights of a service account go.
 * Guarantees: effective rights follow AD's canonical order: an object's own entries before inherited ones, those of a nearer object before those
 * of a farther one, deny before allow in each (Windows documentation, "Order of ACEs in a DACL"); an object that is cut from inheritance gets nothing from above.
 * Never: takes an entry away but by a person's hand.
 */
import type { AccessEntryLayout, AccessRight } from "../layout/access.ts";
import { ancestors, fold, isSame } from "./distinguished-name.ts";

export type AccessVerdict =
  | { readonly kind: "effective" }
  | { readonly kind: "missing" }
  /** `from`: the object whose deny entry decides. */
  | { readonly kind: "denied"; readonly from: string };

export interface AccessQuestion {
  readonly distinguishedName: string;
  /** The account and the groups that its token carries. */
  readonly trustees: readonly string[];
  readonly right: AccessRight;
}

export class AccessControl {
  #entries: readonly AccessEntryLayout[];
  readonly #cutOff: ReadonlySet<string>;

  /** @param cutOff objects with inheritance switched off */
  constructor(entries: readonly AccessEntryLayout[], cutOff: readonly string[]) {
    this.#entries = [...entries];
    this.#cutOff = new Set(cutOff.map(fold));
  }

  entries(): readonly AccessEntryLayout[] {
    return [...this.#entries];
  }

  judge({ distinguishedName, trustees, right }: AccessQuestion): AccessVerdict {
    const wanted = new Set(trustees.map(fold));
    for (const [level, name] of ancestors(distinguishedName).entries()) {
      const here = this.#entries.filter(
        (entry) =>
          entry.right === right &&
          wanted.has(fold(entry.trustee)) &&
          fold(entry.distinguishedName) === name &&
          (level === 0 || entry.isInheritable !== false),
      );
      if (here.some(({ kind }) => kind === "Deny")) return { kind: "denied", from: here[0]?.distinguishedName ?? name };
      if (here.length > 0) return { kind: "effective" };
      if (this.#cutOff.has(name)) break;
    }
    return { kind: "missing" };
  }

  /** Adds an allow entry that reaches everything below the object. */
  grant(distinguishedName: string, trustee: string, right: AccessRight): void {
    this.#entries = [...this.#entries, { distinguishedName, trustee, kind: "Allow", right }];
  }

  /** Somebody takes the allow entries of a trustee from an object. @returns how many */
  revoke(distinguishedName: string, trustee: string): number {
    const kept = this.#entries.filter(
      (entry) =>
        entry.kind === "Deny" ||
        fold(entry.trustee) !== fold(trustee) ||
        !isSame(entry.distinguishedName, distinguishedName),
    );
    const revoked = this.#entries.length - kept.length;
    this.#entries = kept;
    return revoked;
  }
}
