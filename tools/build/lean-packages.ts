/**
 * What makes the bundle small in memory: V8 keeps the whole source text, and everything that is evaluated at start stays on the heap.
 * Guarantees: drops only what nothing of the bundle names; a name that a package starts to need fails the build, not the operator.
 * Never: changes what a package does. Figures: docs/benchmarks.md.
 */
import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { resolve } from "node:path";
import type { Plugin } from "esbuild";

const PROJECT = resolve(import.meta.dirname, "../..");

export const leanPackages: readonly Plugin[] = [
  unusedModelsOfClientNode(),
  unusedSchemasOfAws(),
  neededParts(),
  noBrowser(),
  noSocks(),
  lazyBuiltins(),
];

/** Its kubeconfig reader is used, its 700 kB of generated models are not; no module of it but `polyfill.js` (Node 18) does anything when loaded. */
function unusedModelsOfClientNode(): Plugin {
  const name = "unused-models-of-client-node";
  return {
    name,
    setup(build) {
      build.onResolve({ filter: /^(\.|@kubernetes\/client-node$)/ }, async ({ path, pluginData, ...from }) => {
        const isInside = /[\\/]@kubernetes[\\/]client-node[\\/]/.test(from.importer);
        if (pluginData === name || (path.startsWith(".") && !isInside)) return undefined;
        const { importer, resolveDir, kind, with: attributes } = from;
        const resolved = await build.resolve(path, { importer, resolveDir, kind, with: attributes, pluginData: name });
        return { ...resolved, sideEffects: false };
      });
    },
  };
}

/**
 * The SDK writes its schemas as `{ [_k]: value }` with `const _k = "key"`. esbuild must take a computed key for a side effect and keeps all of them,
 * 1 MB for EC2; with the key in its place it keeps those of the commands in use.
 */
function unusedSchemasOfAws(): Plugin {
  return {
    name: "unused-schemas-of-aws",
    setup(build) {
      build.onLoad({ filter: /[\\/]@aws-sdk[\\/].*[\\/]schemas_0\.js$/ }, ({ path }) => {
        const text = readFileSync(path, "utf8");
        const keys = new Map([...text.matchAll(/^const (_\w+) = ("[^"]*");$/gm)].map(([, key, word]) => [key, word]));
        return {
          contents: text.replace(/\[(_\w+)\]:/g, (all, key: string) => (keys.has(key) ? `${keys.get(key)}:` : all)),
        };
      });
    },
  };
}

/** Packages whose entry loads all that they have and is CommonJS, of which nothing falls away: what replaces the entry names the parts in use. */
const NEEDED_PARTS: Readonly<Record<string, string>> = {
  // Without fetch, WebSocket, caches and mocks.
  undici: `
    import Dispatcher from "undici/lib/dispatcher/dispatcher.js";
    import request from "undici/lib/api/api-request.js";
    export { default as Agent } from "undici/lib/dispatcher/agent.js";
    export { default as ProxyAgent } from "undici/lib/dispatcher/proxy-agent.js";
    Dispatcher.prototype.request = request;
    // Named by client-node's own API calls, which the operator does not use.
    export function fetch() {
      throw new Error("undici's fetch is not part of this bundle: tools/build/lean-packages.ts");
    }`,
  // Without the push gateway and the cluster's registry, which load Node's modules for both.
  "prom-client": `
    export { default as Registry } from "prom-client/lib/registry.js";
    export { default as Counter } from "prom-client/lib/counter.js";
    export { default as Gauge } from "prom-client/lib/gauge.js";
    export { default as Histogram } from "prom-client/lib/histogram.js";
    export { default as collectDefaultMetrics } from "prom-client/lib/defaultMetrics.js";`,
};

/** The transport speaks HTTP/1.1 only (src/kube/undici-transport.ts); Node's HTTP/2 costs 4 MB once it is loaded. */
const NO_HTTP_2 = `
  module.exports = function connectH2() {
    throw new Error("HTTP/2 is not part of this bundle: tools/build/lean-packages.ts");
  };`;

function neededParts(): Plugin {
  return {
    name: "needed-parts",
    setup(build) {
      build.onResolve({ filter: /^(undici|prom-client)$/ }, ({ path }) => ({ path, namespace: "needed-parts" }));
      build.onLoad({ filter: /[\\/]undici[\\/]lib[\\/]dispatcher[\\/]client-h2\.js$/ }, () => ({
        contents: NO_HTTP_2,
      }));
      build.onLoad({ filter: /./, namespace: "needed-parts" }, ({ path }) => ({
        contents: NEEDED_PARTS[path] ?? "",
        resolveDir: PROJECT,
      }));
    },
  };
}

/** @azure/identity imports it to sign a person in; the operator has no person, and its text is not ASCII. */
function noBrowser(): Plugin {
  return {
    name: "no-browser",
    setup(build) {
      build.onResolve({ filter: /^open$/ }, ({ path }) => ({ path, namespace: "no-browser" }));
      build.onLoad({ filter: /./, namespace: "no-browser" }, () => ({
        contents: `export default function open() {
          throw new Error("a browser is not part of this bundle: tools/build/lean-packages.ts");
        }`,
      }));
    },
  };
}

/** Of client-node, for kubeconfigs whose cluster is behind SOCKS: the transport takes HTTP CONNECT alone (src/kube/undici-transport.ts). */
function noSocks(): Plugin {
  const refusal = `throw new Error("SOCKS is not part of this bundle: give the cluster an HTTP proxy, or none");`;
  return {
    name: "no-socks",
    setup(build) {
      build.onResolve({ filter: /^(socks|socks-proxy-agent)$/ }, ({ path }) => ({ path, namespace: "no-socks" }));
      build.onLoad({ filter: /./, namespace: "no-socks" }, () => ({
        contents: `
          export class SocksProxyAgent { constructor() { ${refusal} } }
          export const SocksClient = { createConnection() { ${refusal} } };`,
      }));
    },
  };
}

/**
 * `import` of a Node module, at start or later, reads each of its exports, and some are made when read: of `http` a whole second
 * undici, for `http.WebSocket`. `require` reads what is used.
 */
function lazyBuiltins(): Plugin {
  const builtins = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));
  return {
    name: "lazy-builtins",
    setup(build) {
      build.onResolve({ filter: /^[a-z0-9_:/]+$/ }, ({ path, kind }) =>
        kind !== "require-call" && builtins.has(path)
          ? { path: path.replace(/^node:/, ""), namespace: "builtin", sideEffects: false }
          : undefined,
      );
      build.onLoad({ filter: /./, namespace: "builtin" }, ({ path }) => ({
        contents: `module.exports = require("node:${path}");`,
      }));
    },
  };
}
