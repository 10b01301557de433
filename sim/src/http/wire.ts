/** HTTP as the world sees it: no sockets, so that an SDK's replaceable transport can hand requests over in process. */
export interface WireRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** `lost`: no answer comes; the transport plays the symptom (connection reset, or silence until the client gives up). */
export type WireOutcome =
  | { readonly kind: "answered"; readonly response: WireResponse }
  | { readonly kind: "lost"; readonly symptom: "reset" | "timeout" };

export type ServiceName = "ec2" | "ssm" | "sts" | "ds";
