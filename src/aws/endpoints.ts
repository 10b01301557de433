/**
 * Which endpoints the process talks to, read from its environment alone, and whether they are the vendor's.
 * Guarantees: pure; a resource can never choose an endpoint. An endpoint that is not the vendor's sees every credential and command, so main starts
 * with one only under --allow-nonstandard-endpoints.
 * Source: AWS SDKs and Tools Reference Guide, Service-specific endpoints; domain suffixes of the SDK's partition list.
 */
import type { Endpoints } from "./sessions.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

const SERVICES = ["ec2", "ssm", "sts"] as const;
const VENDOR_SUFFIXES: readonly string[] = [
  "amazonaws.com",
  "amazonaws.com.cn",
  "amazonaws.eu",
  "api.aws",
  "api.amazonwebservices.com.cn",
  "api.amazonwebservices.eu",
  "c2s.ic.gov",
  "sc2s.sgov.gov",
  "csp.hci.ic.gov",
  "cloud.adc-e.uk",
];
const REGION = "[a-z]{2,8}(-[a-z]{2,12}){1,3}-\\d{1,2}";

/** `AWS_ENDPOINT_URL_EC2`, `_SSM`, `_STS`; `AWS_ENDPOINT_URL` for those that are absent. */
export function endpointsFromEnvironment(environment: Environment): Endpoints {
  const shared = textOf(environment["AWS_ENDPOINT_URL"]);
  const found = SERVICES.flatMap((service) => {
    const url = textOf(environment[`AWS_ENDPOINT_URL_${service.toUpperCase()}`]) ?? shared;
    return url === undefined ? [] : [[service, url] as const];
  });
  return Object.fromEntries(found);
}

/**
 * Whether `url` is the vendor's own endpoint of `service`: regional, global, FIPS, dual-stack or an interface endpoint.
 * A host name below amazonaws.com alone is not enough: load balancers and instances of any customer have those.
 */
export function isVendorEndpoint(service: (typeof SERVICES)[number], url: string): boolean {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.protocol !== "https:" || parsed.username !== "" || parsed.port !== "") return false;
  return VENDOR_SUFFIXES.some((suffix) => {
    const end = suffix.replaceAll(".", "\\.");
    const own = `${service}(-fips)?(\\.${REGION})?\\.${end}`;
    const interfaceEndpoint = `(vpce-[a-z0-9-]+\\.)${service}(-fips)?\\.${REGION}\\.vpce\\.${end}`;
    return new RegExp(`^(${own}|${interfaceEndpoint})$`).test(parsed.hostname);
  });
}

/** Names and URLs of the endpoints that are not the vendor's, for the banner and the metric. */
export function nonstandardEndpoints(endpoints: Endpoints): readonly string[] {
  return SERVICES.flatMap((service) => {
    const url = endpoints[service];
    return url === undefined || isVendorEndpoint(service, url) ? [] : [`${service}=${url}`];
  });
}

/** Why the process must not start with this environment; empty when it may. */
export function environmentFaults(
  environment: Environment,
  allow: { readonly nonstandardEndpoints: boolean },
): readonly string[] {
  if (allow.nonstandardEndpoints) return [];
  const faults = nonstandardEndpoints(endpointsFromEnvironment(environment)).map(
    (text) =>
      `The AWS endpoint ${text} is not the vendor's: remove it, or start with --allow-nonstandard-endpoints (tests and rehearsals only).`,
  );
  const hasStaticKeys =
    textOf(environment["AWS_ACCESS_KEY_ID"]) !== undefined ||
    textOf(environment["AWS_SECRET_ACCESS_KEY"]) !== undefined;
  if (hasStaticKeys) {
    faults.push(
      "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY hold static keys: give the operator's service account a role instead (IRSA or EKS Pod Identity).",
    );
  }
  return faults;
}

function textOf(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === "" ? undefined : value.trim();
}
