/**
 * A world as a process: a port for each service and one for the control API, on loopback.
 * Guarantees: every port is free unless asked for; closing closes all of them.
 */
import { controlAPI } from "./control/routes.ts";
import { serveGraph } from "./graph/serve.ts";
import type { RunningServer } from "./http/server.ts";
import { serve } from "./http/server.ts";
import { ADMIN_KEY, OPERATOR_KEY } from "./layout/default.ts";
import type { World } from "./world.ts";

export interface Ports {
  readonly ec2?: number;
  readonly ssm?: number;
  readonly sts?: number;
  readonly directory?: number;
  readonly control?: number;
  readonly graph?: number;
}

/** What a client needs to know, printed as one line of JSON and written to a file. */
export interface Endpoints {
  readonly ec2: string;
  readonly ssm: string;
  readonly sts: string;
  /** Directory Service. */
  readonly directory: string;
  readonly control: string;
  /** Microsoft Graph and the login authority: one HTTPS origin for both. */
  readonly graph: string;
  /** PEM of the certificate that a client of `graph` has to trust. */
  readonly graphCertificate: string;
  readonly region: string;
  readonly seed: number;
  /** Any secret goes with it: signatures are not verified. */
  readonly accessKeyID: string;
  readonly adminAccessKeyID: string;
  readonly pid: number;
}

export interface RunningWorld {
  readonly endpoints: Endpoints;
  close(): Promise<void>;
}

export async function serveWorld(world: World, ports: Ports = {}): Promise<RunningWorld> {
  const servers: RunningServer[] = [];
  const start = async (...[handle, port]: Parameters<typeof serve>): Promise<string> => {
    const server = await serve(handle, port);
    servers.push(server);
    return server.url;
  };
  const startGraph = async (): Promise<Pick<Endpoints, "graph" | "graphCertificate">> => {
    const server = await serveGraph(world.graph, ports.graph);
    servers.push(server);
    return { graph: server.url, graphCertificate: server.caCertificate };
  };
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()));
  };
  try {
    const endpoints = {
      ec2: await start((request) => world.handle(request), ports.ec2),
      ssm: await start((request) => world.handle(request), ports.ssm),
      sts: await start((request) => world.handle(request), ports.sts),
      directory: await start((request) => world.handle(request), ports.directory),
      control: await start(controlAPI(world), ports.control),
      ...(await startGraph()),
      region: world.layout.network.region,
      seed: world.seed,
      accessKeyID: OPERATOR_KEY,
      adminAccessKeyID: ADMIN_KEY,
      pid: process.pid,
    };
    return { endpoints, close };
  } catch (error) {
    await close();
    throw error;
  }
}
