/**
 * One API call as every service of the world sees it, free of wire formats: the query and JSON protocols are fronts.
 * Guarantees: an operation is a synchronous step of the state machine; delays, losses and errors are decided around it by the fault table.
 */
export interface ApiCall {
  readonly service: "ec2" | "ssm" | "sts" | "ds";
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
}

/** Who signed the call: read from the request's credential scope; tokens map to roles made by AssumeRole calls of the world. */
export interface Caller {
  readonly accessKeyID: string;
  readonly principalARN: string;
  readonly accountID: string;
  readonly region: string;
}

/** An AWS error answer: code, message and HTTP status as the vendor documents them. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: string;
  readonly httpStatus: number;
  constructor(code: string, message: string, httpStatus = 400) {
    super(message);
    this.code = code;
    this.httpStatus = httpStatus;
  }
}

/** An operation of a service: input as the SDK names it, output as the SDK reads it; throws ApiError for refusals. */
export type Operation = (call: ApiCall) => Readonly<Record<string, unknown>>;
export type OperationTable = ReadonlyMap<string, Operation>;
