/**
 * Where Graph and the login authority are: the endpoint settings of the process, judged before anything is sent.
 * Guarantees: an endpoint without TLS is refused; one that is not Microsoft's is refused unless the process was told to allow it.
 * Never: takes an endpoint from a resource.
 */
import type { Environment } from "./config-endpoints.ts";
import type { EntraEndpointSettings } from "./entra-clouds.ts";
import { ENTRA_CLOUDS, isVendorAuthority, isVendorGraph } from "./entra-clouds.ts";

export interface EntraEndpointsReading {
  readonly endpoints: EntraEndpoints;
  readonly sentences: readonly string[];
}

export interface EntraEndpoints extends EntraEndpointSettings {
  /** Those that are not Microsoft's: for the banner and the metric. */
  readonly nonstandard: readonly string[];
}

/** AZURE_AUTHORITY_HOST is what the workload identity webhook sets (Azure AD Workload Identity, Mutating Admission Webhook). */
export function readEntraEndpoints(environment: Environment, isNonstandardAllowed: boolean): EntraEndpointsReading {
  const sentences: string[] = [];
  const nonstandard: string[] = [];
  const originOf = (variable: string, example: string, isVendor: (origin: string) => boolean): string | undefined => {
    const text = environment[variable] ?? "";
    if (text === "") return undefined;
    const url = URL.parse(text);
    if (url?.protocol !== "https:" || url.pathname !== "/" || url.search !== "" || url.hash !== "" || hasUser(url)) {
      sentences.push(`${variable} is "${text}": give https://<host> without a path, such as ${example}, or unset it.`);
      return undefined;
    }
    if (!isVendor(url.origin)) {
      nonstandard.push(`${variable}=${url.origin}`);
      if (!isNonstandardAllowed)
        sentences.push(
          `${variable} is "${text}", which is not Microsoft's: unset it, or add --allow-nonstandard-endpoints in a test or rehearsal.`,
        );
    }
    return url.origin;
  };
  const { graph: vendorGraph, authorities } = ENTRA_CLOUDS.Public;
  const graph = originOf("CLOUDSYNC_GRAPH_ENDPOINT", vendorGraph, isVendorGraph);
  const authority = originOf("AZURE_AUTHORITY_HOST", authorities[0], isVendorAuthority);
  return { endpoints: { ...(graph && { graph }), ...(authority && { authority }), nonstandard }, sentences };
}

function hasUser({ username, password }: URL): boolean {
  return username !== "" || password !== "";
}
