/**
 * The classes of failure that every adapter translates into, and that every loop reacts to.
 * Source: operator-engineering reference, section 3.5; one table a provider maps codes to these.
 */
export type FailureClass =
  | "Conflict" // somebody wrote first: read again at once
  | "Transient" // 5xx, reset: back off
  | "Throttled" // back off, honour Retry-After
  | "Wait" // not yet: the outside is still working
  | "Capacity" // this zone and type have no room now
  | "Quota" // a Regional limit: a person raises it
  | "Denied" // permission: a person grants it
  | "Permanent" // refused input: the spec has to change
  | "NotFound" // named thing not visible: never proof of absence alone (S5)
  | "UnknownOutcome" // a write may have taken effect: look for it, never create again (S1)
  | "Bug"; // ours

/**
 * One failure as a person will read it: cause, evidence, next action.
 * `reason` is a CamelCase condition reason; `message` is one bounded sentence free of request ids and changing numbers;
 * `fix` is what the reader does next ("None: ..." when the operator does it); `evidence` goes to logs only.
 */
export interface Failure {
  readonly class: FailureClass;
  readonly reason: string;
  readonly message: string;
  readonly fix: string;
  readonly retryAfterMs?: number;
  readonly evidence?: Readonly<Record<string, string>>;
}

/** Whether it lasts until somebody does something: asking again soon changes nothing. */
export function needsPerson({ class: failureClass }: Pick<Failure, "class">): boolean {
  return failureClass === "Denied" || failureClass === "Permanent" || failureClass === "Quota";
}

/** Longest message a condition carries; longer provider texts are cut (Karpenter cuts at the same length). */
export const FAILURE_MESSAGE_LENGTH_MAX = 300;

/**
 * Cause, then next action, as a person reads it in a condition or an event.
 * "None: ..." is the tables' word for what the operator does by itself; in a sentence it only says that.
 */
export function sentenceOf({ message, fix }: Pick<Failure, "message" | "fix">): string {
  const action = fix.replace(/^None: (.)/, (_match, first: string) => first.toUpperCase());
  return action === "" ? message : `${message} ${action}`;
}
