/**
 * What a diagnostics archive must not carry, found by form: tokens, passwords by their name, private keys, AWS keys.
 * Caveat: a secret without a form and without a name beside it is not found; that is why steps never write one anywhere.
 */
export interface Redacted {
  readonly text: string;
  readonly count: number;
}

const MARK = "[redacted]";
/** A capture group is what stays. */
const FORMS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?/g,
  /(\bbearer\s+)[A-Za-z0-9._~+/=-]{8,}/gi,
  /(\b(?:password|passwd|pwd|secret|client_?secret|access_?token|refresh_?token|id_?token|shared_?access_?key|account_?key|api_?key|authorization|sig)["']?\s*[:=]\s*["']?)[^\s"',;&<>]+/gi,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
];

export function redacted(text: string): Redacted {
  return FORMS.reduce<Redacted>(
    (before, form) => {
      let count = 0;
      const after = before.text.replace(form, (_match: string, kept: unknown) => {
        count += 1;
        return `${typeof kept === "string" ? kept : ""}${MARK}`;
      });
      return { text: after, count: before.count + count };
    },
    { text, count: 0 },
  );
}
