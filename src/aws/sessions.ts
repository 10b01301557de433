/**
 * SDK clients by scope: one EC2 and one SSM client for each account, Region and role, made when first needed.
 * Guarantees: clients retry nothing; endpoints come from the options alone (never from a shared configuration file); credentials are ready before
 * a client is handed out, so that their failure is known to be "not sent".
 */
import type { EC2ClientConfig } from "@aws-sdk/client-ec2";
import { EC2Client } from "@aws-sdk/client-ec2";
import { SSMClient } from "@aws-sdk/client-ssm";
import { STSClient } from "@aws-sdk/client-sts";
import { CLIENTS_MAX, CONNECTION_TIMEOUT_MS } from "./limits.ts";
import { readThrown } from "./call/thrown.ts";
import type { CredentialSource, Credentials } from "./scope/credentials.ts";
import type { AwsScope } from "./scope/port.ts";
import { scopeKey } from "./scope/port.ts";

export interface Endpoints {
  readonly ec2?: string;
  readonly ssm?: string;
  readonly sts?: string;
}

export interface ClientOptions {
  readonly version: string;
  readonly endpoints: Endpoints;
  /** Replaces the transport, for a simulation in one process. Default: the SDK's own HTTP handler. */
  readonly requestHandler?: NonNullable<EC2ClientConfig["requestHandler"]>;
}

/** What is common to all clients; a literal, so that each client's own type checks it. */
export function clientConfig(
  { version, endpoints, requestHandler }: ClientOptions,
  service: keyof Endpoints,
  region: string,
) {
  const endpoint = endpoints[service];
  return {
    region,
    maxAttempts: 1, // one place decides about retries: the loops
    customUserAgent: [["cloudsync-operator", version]] satisfies [string, string][],
    userAgentAppId: "cloudsync-operator",
    requestHandler: requestHandler ?? { connectionTimeout: CONNECTION_TIMEOUT_MS },
    ignoreConfiguredEndpointUrls: true,
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}

export interface Sessions {
  readonly ec2: (scope: AwsScope) => Promise<EC2Client>;
  readonly ssm: (scope: AwsScope) => Promise<SSMClient>;
  readonly close: () => void;
}

interface Session {
  readonly ec2: EC2Client;
  readonly ssm: SSMClient;
}

export function awsSessions(options: ClientOptions, credentialSource: CredentialSource): Sessions {
  const sessions = new Map<string, Session>();
  const sessionOf = async (scope: AwsScope): Promise<Session> => {
    await credentialSource.credentials(scope);
    const key = scopeKey(scope);
    const known = sessions.get(key);
    if (known !== undefined) return known;
    const [oldest] = sessions.entries();
    if (sessions.size >= CLIENTS_MAX && oldest !== undefined) {
      sessions.delete(oldest[0]);
      close(oldest[1]);
    }
    const session = {
      ec2: new EC2Client({
        ...clientConfig(options, "ec2", scope.region),
        credentials: provider(credentialSource, scope),
      }),
      ssm: new SSMClient({
        ...clientConfig(options, "ssm", scope.region),
        credentials: provider(credentialSource, scope),
      }),
    };
    const forget = (error: unknown): void => {
      if (HELD_NO_LONGER.has(readThrown(error).code)) credentialSource.forget(scope);
    };
    const watch = { step: "initialize", name: "forgetRefusedCredentials" } as const;
    session.ec2.middlewareStack.add(
      (next) => (args) => next(args).catch((error: unknown) => rethrowAfter(forget, error)),
      watch,
    );
    session.ssm.middlewareStack.add(
      (next) => (args) => next(args).catch((error: unknown) => rethrowAfter(forget, error)),
      watch,
    );
    sessions.set(key, session);
    return session;
  };
  const close = ({ ec2, ssm }: Session): void => {
    // A replaced transport belongs to whoever gave it.
    if (options.requestHandler !== undefined) return;
    ec2.destroy();
    ssm.destroy();
  };
  return {
    ec2: async (scope) => (await sessionOf(scope)).ec2,
    ssm: async (scope) => (await sessionOf(scope)).ssm,
    close() {
      for (const session of sessions.values()) close(session);
      sessions.clear();
    },
  };
}

/** EC2 Developer Guide, "Error codes", and the common errors of SSM: what is answered to credentials that ended before their time. */
const HELD_NO_LONGER: ReadonlySet<string> = new Set([
  "ExpiredToken",
  "ExpiredTokenException",
  "RequestExpired",
  "AuthFailure",
  "InvalidClientTokenId",
  "UnrecognizedClientException",
]);

function rethrowAfter(look: (error: unknown) => void, error: unknown): never {
  look(error);
  throw error;
}

/** The credential source caches by itself: `memoized` keeps the SDK from holding a second copy that `forget` could not reach. */
function provider(source: CredentialSource, scope: AwsScope): () => Promise<Credentials> {
  return Object.assign((): Promise<Credentials> => source.credentials(scope), { memoized: true });
}

export interface StsClients {
  /** One client for each base identity and Region, kept: a client holds connections. */
  readonly of: (key: string, region: string, credentials: () => Promise<Credentials>) => STSClient;
  /** The SDK's default chain: environment, web identity, Pod Identity, instance. Looks at files and network when first asked. */
  readonly defaultChain: () => Promise<Credentials>;
  readonly close: () => void;
}

export function stsClients(options: ClientOptions, homeRegion: string): StsClients {
  const clients = new Map<string, STSClient>();
  let ownClient: STSClient | undefined;
  const destroy = (client: STSClient | undefined): void => {
    if (options.requestHandler === undefined) client?.destroy();
  };
  return {
    of(key, region, credentials) {
      const known = clients.get(`${region}|${key}`);
      if (known !== undefined) return known;
      const [oldest] = clients.entries();
      if (clients.size >= CLIENTS_MAX && oldest !== undefined) {
        clients.delete(oldest[0]);
        destroy(oldest[1]);
      }
      const client = new STSClient({ ...clientConfig(options, "sts", region), credentials });
      clients.set(`${region}|${key}`, client);
      return client;
    },
    defaultChain() {
      ownClient ??= new STSClient(clientConfig(options, "sts", homeRegion));
      return ownClient.config.credentials();
    },
    close() {
      for (const client of clients.values()) destroy(client);
      clients.clear();
      destroy(ownClient);
    },
  };
}
