/**
 * A transparent recorder between an operator and what it writes to: kube-apiserver, EC2, SSM.
 * Guarantees: every request goes through unchanged and watches stream; each write is named by its sites (`intercept-sites.ts`); an armed
 * strike happens after the write took effect and before its answer leaves, once.
 * Never: changes, delays or repeats a request; writes a token anywhere but into the rewritten kubeconfig.
 */
import { writeFileSync } from "node:fs";
import { Agent as HttpAgent, createServer, request as httpRequest } from "node:http";
import type { IncomingMessage, RequestOptions, Server, ServerResponse } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { join } from "node:path";
import type { Endpoints } from "../../sim/src/serve.ts";
import { awsSites, kubeSites, type AppliedBefore, type WireWrite } from "./intercept-sites.ts";
import { readKubeconfig } from "./stack-api.ts";

/** What is done once a write of the site has taken effect; the answer is lost in any case. */
export interface Strike {
  readonly site: string;
  /** 1 = the first occurrence from now on. */
  readonly nth?: number;
  /** Called before the answer's socket is cut, for example to kill the operator. */
  readonly act?: () => void;
}

export interface ArmedStrike {
  /** All sites of the write that was struck; `undefined` until then. */
  struck(): readonly string[] | undefined;
  disarm(): void;
}

export interface RecordedWrite {
  readonly sites: readonly string[];
  readonly status: number;
}

export interface Intercept {
  /** The operator's kubeconfig, pointed here. */
  readonly kubeconfig: string;
  /** The world's endpoints, pointed here (control stays direct). */
  readonly endpoints: Endpoints;
  /** Successful writes, oldest first. */
  writes(): readonly RecordedWrite[];
  arm(strike: Strike): ArmedStrike;
  /** What comes next is named as if nothing had been applied before: for objects that were made anew under old names. */
  forgetApplied(): void;
  stop(): Promise<void>;
}

export interface InterceptOptions {
  readonly directory: string;
  readonly kubeconfig: string;
  readonly endpoints: Endpoints;
}

interface Armed {
  readonly strike: Strike;
  seen: number;
  struck: readonly string[] | undefined;
}

export async function startIntercept({ directory, kubeconfig, endpoints }: InterceptOptions): Promise<Intercept> {
  const { server: apiServer, authority, token } = readKubeconfig(kubeconfig);
  const writes: RecordedWrite[] = [];
  const armed = new Set<Armed>();
  const before: AppliedBefore = new Map();

  /** True: the answer is lost. */
  const strikes = (sites: readonly string[], status: number): boolean => {
    if (sites.length === 0 || status >= 300) return false;
    writes.push({ sites, status });
    for (const entry of armed) {
      if (!sites.includes(entry.strike.site)) continue;
      entry.seen += 1;
      if (entry.seen < (entry.strike.nth ?? 1)) continue;
      entry.struck = sites;
      armed.delete(entry);
      entry.strike.act?.();
      return true;
    }
    return false;
  };
  const kube = await passThrough(apiServer, authority, (write) => kubeSites(write, before), strikes);
  // Every port of the world answers every service.
  const aws = await passThrough(endpoints.ec2, undefined, awsSites, strikes);

  const file = join(directory, "intercepted.kubeconfig");
  const cluster = { server: kube.url, "insecure-skip-tls-verify": true }; // plain HTTP on loopback
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "local",
    clusters: [{ name: "local", cluster }],
    users: [{ name: "operator", user: { token } }],
    contexts: [{ name: "local", context: { cluster: "local", user: "operator", namespace: "default" } }],
  };
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return {
    kubeconfig: file,
    endpoints: { ...endpoints, ec2: aws.url, ssm: aws.url, sts: aws.url },
    writes: () => [...writes],
    arm(strike) {
      const entry: Armed = { strike, seen: 0, struck: undefined };
      armed.add(entry);
      return { struck: () => entry.struck, disarm: () => void armed.delete(entry) };
    },
    forgetApplied: () => before.clear(),
    async stop() {
      await Promise.all([kube.stop(), aws.stop()]);
    },
  };
}

interface PassThrough {
  readonly url: string;
  stop(): Promise<void>;
}

async function passThrough(
  upstream: string,
  authority: string | undefined,
  sitesOf: (write: WireWrite) => readonly string[],
  strikes: (sites: readonly string[], status: number) => boolean,
): Promise<PassThrough> {
  const { hostname, port } = new URL(upstream);
  const agent =
    authority === undefined ? new HttpAgent({ keepAlive: true }) : new HttpsAgent({ keepAlive: true, ca: authority });
  const open = (options: RequestOptions, answer: (response: IncomingMessage) => void) =>
    (authority === undefined ? httpRequest : httpsRequest)({ hostname, port, agent, ...options }, answer);

  const server = createServer((inbound, outbound) => {
    const options = { method: inbound.method ?? "GET", path: inbound.url ?? "/", headers: inbound.headers };
    if (options.method === "GET") {
      const call = open(options, (response) => {
        outbound.writeHead(response.statusCode ?? 502, response.headers);
        outbound.flushHeaders();
        response.pipe(outbound);
        response.on("error", () => outbound.destroy());
      });
      call.on("error", () => outbound.destroy());
      outbound.on("close", () => call.destroy());
      call.end();
      return;
    }
    collected(inbound)
      .then((body) => {
        const write = { ...options, body: body.toString() };
        const call = open(options, (response) => {
          deliver(response, outbound, write).catch(() => outbound.destroy());
        });
        call.on("error", () => outbound.destroy());
        // The caller may die at any moment: what it has sent takes its effect all the same.
        call.end(body);
      })
      .catch(() => outbound.destroy());
  });

  async function deliver(response: IncomingMessage, outbound: ServerResponse, write: WireWrite): Promise<void> {
    const status = response.statusCode ?? 502;
    const answer = await collected(response);
    // Named when it took effect: only then is the order of writes the order of their effects.
    const sites = status < 300 ? sitesOf(write) : [];
    if (strikes(sites, status)) {
      outbound.destroy();
      return;
    }
    const { "transfer-encoding": _chunked, ...headers } = response.headers;
    outbound.writeHead(status, { ...headers, "content-length": answer.byteLength });
    outbound.end(answer);
  }

  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    async stop() {
      for (const socket of sockets) socket.destroy();
      agent.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function collected(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the intercept has no port");
  return address.port;
}
