/**
 * Who signed: access keys of the layout, and sessions that STS issued.
 * Guarantees: a session ends at its time; a key maps to one principal and its policies, which are compiled once.
 * Never: verifies a signature: anybody who can reach the loopback port and knows a key's name is that principal.
 */
import type { WorldClock, WorldDice } from "../core/clock.ts";
import type { IAMLayout, RoleLayout } from "../layout/iam.ts";
import type { PolicyDocument } from "./document.ts";
import type { Policy } from "./policy.ts";
import { compilePolicy } from "./policy.ts";

export interface Identity {
  readonly accessKeyID: string;
  readonly accountID: string;
  readonly principalARN: string;
}

export interface Session {
  readonly accessKeyID: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAtMs: number;
  readonly assumedRoleARN: string;
  readonly assumedRoleID: string;
}

export type IdentityReading =
  { readonly kind: "known"; readonly identity: Identity } | { readonly kind: "unknown" } | { readonly kind: "expired" };

/** Newest sessions kept; older ones answer as unknown keys. */
const SESSIONS_MAX = 10_000;

export class Identities {
  readonly #clock: WorldClock;
  readonly #dice: WorldDice;
  readonly #layout: IAMLayout;
  readonly #sessions = new Map<string, { readonly session: Session; readonly role: RoleLayout }>();
  readonly #policies: ReadonlyMap<PolicyDocument, Policy>;

  /** @throws Error with a sentence when a policy of the layout holds something that is not modelled */
  constructor(clock: WorldClock, dice: WorldDice, layout: IAMLayout) {
    this.#clock = clock;
    this.#dice = dice;
    this.#layout = layout;
    const documents = [...layout.accessKeys, ...layout.roles].flatMap(({ policies }) => policies);
    this.#policies = new Map([...new Set(documents)].map((document) => [document, compilePolicy(document)]));
  }

  role(arn: string): RoleLayout | undefined {
    return this.#layout.roles.find((role) => role.arn === arn);
  }

  read(accessKeyID: string, sessionToken: string | undefined): IdentityReading {
    const key = this.#layout.accessKeys.find((candidate) => candidate.accessKeyID === accessKeyID);
    if (key !== undefined) {
      const { principalARN } = key;
      return { kind: "known", identity: { accessKeyID, accountID: accountOf(principalARN), principalARN } };
    }
    const held = this.#sessions.get(accessKeyID);
    if (held === undefined || held.session.sessionToken !== sessionToken) return { kind: "unknown" };
    if (this.#clock.nowMs() >= held.session.expiresAtMs) return { kind: "expired" };
    const { role, session } = held;
    return {
      kind: "known",
      identity: { accessKeyID, accountID: accountOf(role.arn), principalARN: session.assumedRoleARN },
    };
  }

  /** What a principal may do; nothing when the key is not (or no longer) known. */
  policies(accessKeyID: string): readonly Policy[] {
    const key = this.#layout.accessKeys.find((candidate) => candidate.accessKeyID === accessKeyID);
    const documents = key?.policies ?? this.#sessions.get(accessKeyID)?.role.policies ?? [];
    return documents.flatMap((document) => this.#policies.get(document) ?? []);
  }

  issue(role: RoleLayout, sessionName: string, durationSeconds: number): Session {
    const roleName = role.arn.slice(role.arn.lastIndexOf("/") + 1);
    const session = {
      accessKeyID: `ASIA${this.#characters(16)}`,
      secretAccessKey: this.#characters(40),
      sessionToken: `world-session-${this.#characters(40)}`,
      expiresAtMs: this.#clock.nowMs() + durationSeconds * 1_000,
      assumedRoleARN: `arn:aws:sts::${accountOf(role.arn)}:assumed-role/${roleName}/${sessionName}`,
      assumedRoleID: `AROA${this.#characters(17)}:${sessionName}`,
    };
    this.#sessions.set(session.accessKeyID, { session, role });
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= SESSIONS_MAX) break;
      this.#sessions.delete(oldest);
    }
    return session;
  }

  #characters(count: number): string {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    return Array.from({ length: count }, () => alphabet.charAt(Math.floor(this.#dice() * alphabet.length))).join("");
  }
}

/** The account field of an ARN. */
export function accountOf(arn: string): string {
  return arn.split(":")[4] ?? "";
}
