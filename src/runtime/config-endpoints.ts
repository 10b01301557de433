/**
 * Where AWS is: the endpoint settings of the process, judged before any client exists.
 * Guarantees: an endpoint that is not AWS's, and static keys, are refused unless the process was told to allow them.
 * Never: takes an endpoint from a resource or from the shared AWS configuration file.
 */
import { isVendorEndpoint } from "./vendor-endpoint.ts";

const SERVICES = ["ec2", "ssm", "sts"] as const;
type Service = (typeof SERVICES)[number];

export interface AwsEndpoints {
  /** Explicit endpoints by service; a service without one uses AWS's own for the Region. */
  readonly ec2?: string;
  readonly ssm?: string;
  readonly sts?: string;
  /** Those of the above that are not AWS's: for the banner and the metric. */
  readonly nonstandard: readonly string[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface EndpointsReading {
  readonly endpoints: AwsEndpoints;
  readonly sentences: readonly string[];
}

/** Reads AWS_ENDPOINT_URL_<SERVICE> and AWS_ENDPOINT_URL, in the order of the AWS SDKs and Tools Reference Guide, "Service-specific endpoints". */
export function readEndpoints(environment: Environment, isNonstandardAllowed: boolean): EndpointsReading {
  const sentences: string[] = [];
  const nonstandard: string[] = [];
  const endpointOf = (service: Service): string | undefined => {
    const variable = [`AWS_ENDPOINT_URL_${service.toUpperCase()}`, "AWS_ENDPOINT_URL"].find(
      (name) => (environment[name] ?? "") !== "",
    );
    if (variable === undefined) return undefined;
    const text = environment[variable] ?? "";
    const url = URL.parse(text);
    if (url === null || !["http:", "https:"].includes(url.protocol) || url.username !== "" || url.search !== "") {
      sentences.push(`${variable} is "${text}": give a URL such as https://ec2.eu-west-1.amazonaws.com, or unset it.`);
      return undefined;
    }
    if (!isVendorEndpoint(service, url)) {
      nonstandard.push(`${service}=${url.origin}`);
      if (!isNonstandardAllowed) sentences.push(refusal(variable, text));
    }
    return text;
  };
  const [ec2, ssm, sts] = SERVICES.map(endpointOf);
  if ((environment["AWS_ACCESS_KEY_ID"] ?? "") !== "" && !isNonstandardAllowed) sentences.push(STATIC_KEYS);
  const endpoints = { ...(ec2 && { ec2 }), ...(ssm && { ssm }), ...(sts && { sts }), nonstandard };
  return { endpoints, sentences };
}

function refusal(variable: string, text: string): string {
  return `${variable} is "${text}", which is not AWS: unset it, or add --allow-nonstandard-endpoints in a test or rehearsal.`;
}

const STATIC_KEYS =
  "AWS_ACCESS_KEY_ID is set: give the pod an identity instead (IRSA or EKS Pod Identity) and unset it; " +
  "static keys are accepted only with --allow-nonstandard-endpoints.";
