/**
 * Who sets up agents of a domain at the same moment. Two at once have led to quarantined jobs and credential faults
 * (MicrosoftDocs/azure-docs issue 97087), so an overlap leaves a mark that does not go away.
 */
import type { WorldClock } from "../core/clock.ts";

export type SetupStep = "Register" | "Configure" | "ManualRegistration";

export interface RegistrationOverlap {
  readonly domain: string;
  readonly atMs: number;
  readonly earlier: { readonly instanceID: string; readonly step: SetupStep };
  readonly later: { readonly instanceID: string; readonly step: SetupStep };
}

interface Window {
  readonly domain: string;
  readonly instanceID: string;
  readonly step: SetupStep;
}

/** Enough to see that something is wrong; more of the same says nothing new. */
const OVERLAPS_MAX = 100;

export class SetupWatch {
  readonly #clock: WorldClock;
  readonly #open = new Set<Window>();
  readonly #overlaps: RegistrationOverlap[] = [];

  constructor(clock: WorldClock) {
    this.#clock = clock;
  }

  /** Opens a window; the returned function closes it and may be called more than once. */
  open(domain: string, instanceID: string, step: SetupStep): () => void {
    const window: Window = { domain: domain.toLowerCase(), instanceID, step };
    for (const earlier of this.#open) {
      if (earlier.domain !== window.domain || earlier.instanceID === instanceID) continue;
      if (this.#overlaps.length >= OVERLAPS_MAX) continue;
      this.#overlaps.push({ domain: window.domain, atMs: this.#clock.nowMs(), earlier, later: window });
    }
    this.#open.add(window);
    return () => void this.#open.delete(window);
  }

  overlaps(domain: string): readonly RegistrationOverlap[] {
    return this.#overlaps.filter((overlap) => overlap.domain === domain.toLowerCase());
  }
}
