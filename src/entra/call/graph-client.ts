/**
 * Microsoft's Graph client over the transport of the process: it writes URLs and bodies, the transport sends them.
 * Guarantees: a request goes to the given Graph origin over TLS or is refused before it leaves; an answer of any status is a value.
 * Never: the client's own retries, redirects, telemetry or authentication handlers; a token for another origin; `fetch`.
 * The package is loaded when Graph is first called: a process without objects of Entra never pays for it.
 */
import type {
  Client as SDKClient,
  Context,
  GraphRequest as SDKRequest,
  Middleware,
  ResponseType as SDKResponseType,
} from "@microsoft/microsoft-graph-client";
import type { LoadEntraSDKs } from "../sdks.ts";
import type { EntraTransport, HttpMethod } from "../transport.ts";
import type { GraphAnswer } from "./answer.ts";
import { bodyOf, lowerCaseNames } from "./answer.ts";

export interface GraphRequest {
  readonly method: HttpMethod;
  /** From the version on, with its query already encoded: `/groups?$top=1`; or an absolute link that Graph gave. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface GraphClient {
  /** Rejects with the transport's error, or with {@link ForeignOrigin}. */
  send(request: GraphRequest, token: string, clientRequestID: string, signal: AbortSignal): Promise<GraphAnswer>;
}

/** A link that leads elsewhere, or not over TLS: nothing was sent. */
export class ForeignOrigin extends Error {
  override readonly name = "ForeignOrigin";
  readonly code = "ForeignOrigin";
}

/** Whether a link of an answer may be followed: exactly this origin, which includes the scheme. */
export function isOwnLink(link: string, origin: string): boolean {
  const url = URL.parse(link);
  return url?.protocol === "https:" && url.origin === origin && url.username === "" && url.password === "";
}

/** What the client hands back for `responseType: raw`: it looks at nothing else of it. */
type Raw =
  | { readonly kind: "answer"; readonly answer: GraphAnswer; readonly status: number; readonly ok: boolean }
  | { readonly kind: "thrown"; readonly error: unknown; readonly status: 0; readonly ok: false };

interface Loaded {
  readonly client: SDKClient;
  readonly raw: SDKResponseType;
}

export function graphClient(origin: string, transport: EntraTransport, loadSDKs: LoadEntraSDKs): GraphClient {
  let loading: Promise<Loaded> | undefined;
  const load = async (): Promise<Loaded> => {
    const { Client, ResponseType } = await loadSDKs();
    const client = Client.initWithMiddleware({
      baseUrl: `${origin}/`,
      defaultVersion: "v1.0",
      middleware: lastMiddleware(origin, transport),
    });
    return { client, raw: ResponseType.RAW };
  };
  return {
    async send({ method, path, headers, body }, token, clientRequestID, signal) {
      if (path.startsWith("http") && !isOwnLink(path, origin))
        throw new ForeignOrigin("a link leads to another origin");
      loading ??= load();
      const { client, raw: rawType } = await loading;
      const request = client
        .api(path)
        .headers({ ...headers, Authorization: `Bearer ${token}`, "client-request-id": clientRequestID })
        .option("signal", signal);
      const raw = (await sendAs(request.responseType(rawType), method, body)) as Raw;
      if (raw.kind === "thrown") throw raw.error;
      return raw.answer;
    },
  };
}

function sendAs(request: SDKRequest, method: HttpMethod, body: unknown): Promise<unknown> {
  switch (method) {
    case "GET":
      return request.get();
    case "POST":
      return request.post(body);
    case "PUT":
      return request.put(body);
    case "PATCH":
      return request.patch(body);
    case "DELETE":
      return request.delete();
  }
}

/**
 * The only handler of the chain. It never rejects: the client would replace what it rejects with by an error of its own, without the
 * system's code that says whether the request left.
 */
function lastMiddleware(origin: string, transport: EntraTransport): Middleware {
  return {
    async execute(context: Context) {
      context.response = (await exchange(origin, transport, context)) as unknown as Response;
    },
  };
}

/** The client gives its middleware the address as a text; the other form of the type is for callers of `fetch`. */
interface Outgoing {
  readonly request: unknown;
  readonly options?: {
    readonly method?: string;
    readonly headers?: unknown;
    readonly body?: unknown;
    readonly signal?: AbortSignal | null;
  };
}

async function exchange(origin: string, transport: EntraTransport, { request, options }: Outgoing): Promise<Raw> {
  const url = String(request);
  try {
    if (!isOwnLink(url, origin)) throw new ForeignOrigin("a request leads to another origin");
    const body = typeof options?.body === "string" ? options.body : undefined;
    const { "content-type": contentType, ...headers } = lowerCaseNames(options?.headers as Record<string, unknown>);
    const answer = await transport.send(
      {
        method: options?.method as HttpMethod,
        url,
        headers: {
          accept: "application/json",
          ...headers,
          ...(body === undefined ? {} : { "content-type": contentType ?? "application/json" }),
        },
        ...(body === undefined ? {} : { body }),
      },
      options?.signal ?? new AbortController().signal,
    );
    const { status } = answer;
    return {
      kind: "answer",
      status,
      ok: status >= 200 && status < 300,
      answer: { status, headers: answer.headers, body: bodyOf(answer.body) },
    };
  } catch (error) {
    return { kind: "thrown", status: 0, ok: false, error };
  }
}
