/**
 * Whether an endpoint is AWS's own: regional, global, FIPS, dual-stack or an interface endpoint of exactly that service.
 * Guarantees: pure. A host below amazonaws.com alone is not enough: load balancers and instances of any customer have such names.
 * Source: AWS General Reference, Service endpoints; domain suffixes of the SDK's partition list.
 */
const SUFFIXES: readonly string[] = [
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

/** Plain HTTP to AWS's own name is as foreign as another host: whoever answers is not proven. */
export function isVendorEndpoint(service: "ec2" | "ssm" | "sts", url: URL): boolean {
  if (url.protocol !== "https:" || url.username !== "" || url.port !== "") return false;
  return SUFFIXES.some((suffix) => {
    const end = suffix.replaceAll(".", "\\.");
    const own = `${service}(-fips)?(\\.${REGION})?\\.${end}`;
    const interfaceEndpoint = `vpce-[a-z0-9-]+\\.${service}(-fips)?\\.${REGION}\\.vpce\\.${end}`;
    return new RegExp(`^(${own}|${interfaceEndpoint})$`).test(url.hostname);
  });
}
