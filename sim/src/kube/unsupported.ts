/**
 * A request that the operator cannot send and a person does not need.
 * It ends the run: an answer that was made up here would prove nothing about the real server.
 */
export class UnsupportedRequest extends Error {
  readonly request: unknown;

  constructor(why: string, request: unknown) {
    super(`the in-memory API server does not do this: ${why}: ${JSON.stringify(request)}`);
    this.name = "UnsupportedRequest";
    this.request = request;
  }
}
