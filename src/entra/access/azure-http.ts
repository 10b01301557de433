/**
 * The HTTP client that @azure/identity is given for one token: it lets through the token request alone, and keeps the answer.
 * Guarantees: a credential is sent to the token endpoint of the configured authority and tenant and nowhere else; where that endpoint is, is
 * never asked of the network. Never: a retry, a redirect, a second request.
 */
import type { HttpClient, PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import { fieldOf } from "../call/answer.ts";
import type { EntraSDKs } from "../sdks.ts";
import type { EntraTransport, HttpAnswer } from "../transport.ts";

/** What became of the token request; the SDK's own errors keep it only in their text. */
export interface TokenExchange {
  answer: HttpAnswer | undefined;
  /** Why there is no answer. */
  thrown: unknown;
}

export interface ExchangeOptions {
  readonly transport: EntraTransport;
  readonly createHttpHeaders: EntraSDKs["createHttpHeaders"];
  readonly authority: string;
  readonly tenantID: string;
  readonly signal: AbortSignal;
}

export function tokenExchange(options: ExchangeOptions): {
  readonly http: HttpClient;
  readonly exchange: TokenExchange;
} {
  const { transport, createHttpHeaders, authority, tenantID, signal } = options;
  const exchange: TokenExchange = { answer: undefined, thrown: undefined };
  const tenant = `${authority}/${tenantID}`;
  const respond = (request: PipelineRequest, { status, headers, body }: HttpAnswer): PipelineResponse => ({
    request,
    status,
    headers: createHttpHeaders({ ...headers }),
    bodyAsText: body,
  });
  return {
    exchange,
    http: {
      async sendRequest(request) {
        const [address] = request.url.split("?", 1);
        if (request.method === "GET" && address === `${tenant}/v2.0/.well-known/openid-configuration`)
          return respond(request, { status: 200, headers: JSON_TYPE, body: JSON.stringify(metadataOf(tenant)) });
        if (request.method !== "POST" || address !== `${tenant}/oauth2/v2.0/token`)
          throw new Error(`@azure/identity asks for ${request.method} ${address}: not a token request`);
        try {
          exchange.answer = await transport.send(
            {
              method: "POST",
              url: request.url,
              headers: requestHeaders(request),
              body: typeof request.body === "string" ? request.body : "",
            },
            signal,
          );
          return respond(request, exchange.answer);
        } catch (error) {
          exchange.thrown = error;
          throw error;
        }
      },
    },
  };
}

/** The transport unpacks nothing. */
function requestHeaders({ headers }: PipelineRequest): Readonly<Record<string, string>> {
  const { "accept-encoding": _packed, ...rest } = Object.fromEntries(
    Object.entries(headers.toJSON()).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return { ...rest, accept: "application/json" };
}

/** MSAL asks for this only of authorities that are not the vendor's (Entra documentation, OpenID Connect: the provider metadata). */
function metadataOf(tenant: string): object {
  return {
    issuer: `${tenant}/v2.0`,
    authorization_endpoint: `${tenant}/oauth2/v2.0/authorize`,
    token_endpoint: `${tenant}/oauth2/v2.0/token`,
    jwks_uri: `${tenant}/discovery/v2.0/keys`,
  };
}

const JSON_TYPE = { "content-type": "application/json" } as const;

/** OAuth's word and the vendor's numbers of a refused token request. */
export function refusalOf(body: unknown): { readonly word: string; readonly numbers: readonly string[] } {
  const word = fieldOf(body, "error");
  const numbers = fieldOf(body, "error_codes");
  return {
    word: typeof word === "string" ? word : "",
    numbers: Array.isArray(numbers) ? numbers.filter((code) => typeof code === "number").map(String) : [],
  };
}
