/** The error code that a client saw, for rows of tests. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "ok";
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}
