/** `cloudsync-world serve`: one world in real time until it is told to end. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { parse } from "yaml";

import { realClock } from "../core/clock.ts";
import { isRecord } from "../core/input.ts";
import { DEFAULT_LAYOUT } from "../layout/default.ts";
import { identitiesFor, OWNER_ID } from "../layout/identities.ts";
import type { WorldLayout } from "../layout/layout.ts";
import { serveWorld } from "../serve.ts";
import { createWorld } from "../world.ts";
import { GRAPH_CA_FILE } from "./names.ts";
import type { ServeOptions } from "./serve.ts";

export async function runWorld(options: ServeOptions): Promise<void> {
  const world = createWorld({
    clock: realClock({ timeScale: options.timeScale }),
    seed: options.seed,
    delays: { preset: options.delays },
    layout: readLayout(options),
  });
  world.buckets.isOn = options.buckets;
  const running = await serveWorld(world, {
    ec2: options.ec2Port,
    ssm: options.ssmPort,
    sts: options.stsPort,
    directory: options.directoryPort,
    control: options.controlPort,
    graph: options.graphPort,
  });
  mkdirSync(dirname(options.endpointsFile), { recursive: true });
  // For NODE_EXTRA_CA_CERTS, which takes a file.
  const graphCAFile = resolve(dirname(options.endpointsFile), GRAPH_CA_FILE);
  writeFileSync(graphCAFile, running.endpoints.graphCertificate);
  const line = `${JSON.stringify({ ...running.endpoints, graphCAFile })}\n`;
  writeFileSync(options.endpointsFile, line);
  process.stdout.write(line);
  await new Promise<void>((ended) => {
    process.once("SIGTERM", () => ended());
    process.once("SIGINT", () => ended());
  });
  rmSync(options.endpointsFile, { force: true });
  rmSync(graphCAFile, { force: true });
  await running.close();
}

/** Sections of the file are taken whole; their inside is checked where it is used (addresses, ids). */
function readLayout({ layout: file, ownerId = OWNER_ID }: ServeOptions): WorldLayout {
  const base = { ...DEFAULT_LAYOUT, iam: identitiesFor(ownerId) };
  if (file === undefined) return base;
  const text = readFileSync(file, "utf8");
  // A directory of 10,000 groups takes the YAML parser a minute.
  const content: unknown = file.endsWith(".json") ? JSON.parse(text) : parse(text);
  if (!isRecord(content)) throw new Error(`${file} is not an object of layout sections`);
  const unknown = Object.keys(content).find((section) => !Object.hasOwn(DEFAULT_LAYOUT, section));
  if (unknown !== undefined) {
    throw new Error(`${file}: no section is named ${unknown}; there are ${Object.keys(DEFAULT_LAYOUT).join(", ")}`);
  }
  return { ...base, ...content };
}
