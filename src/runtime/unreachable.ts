/** Ends an exhaustive switch: a new variant that was forgotten does not compile, and at run time names itself. */
export function unreachable(value: never): never {
  throw new Error(`unreachable variant: ${JSON.stringify(value)}`);
}
