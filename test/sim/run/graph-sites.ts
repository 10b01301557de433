/**
 * Names a call to Graph by what it does, whatever object it is about: ids of its path become `{id}`.
 * Guarantees: the same step of the same work has the same site in every run; a batch is a write when one of its parts is. Pure.
 */
import type { Site } from "./sites.ts";

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** A job's id starts with its template (entra-graph reference, section 1). */
const JOB_ID = /^[A-Za-z0-9]+\.[0-9a-f]{32}(\.[0-9a-f-]{36})?$/i;
const ASSIGNMENT_ID = /^[A-Za-z0-9_-]{43}$/;

/** Calls that read although they are POSTs. */
const READING_POSTS = /\/(token|parseExpression|filterOperators|validateCredentials|getByIds)$/;

interface Part {
  readonly method: string;
  readonly url: string;
}

export function siteOfGraph({ method, url, body }: Part & { readonly body?: string }): Site {
  const { pathname } = new URL(url);
  const path = pathname.replace(/^\/(v1\.0|beta)/, "");
  if (path === "/$batch" && body !== undefined) return siteOfBatch(body);
  const { template, ids } = templateOf(path);
  return { site: `graph:${method} ${template}`, about: ids.join(","), isWrite: isWrite(method, path) };
}

function siteOfBatch(body: string): Site {
  const { requests } = JSON.parse(body) as { readonly requests: readonly Part[] };
  const parts = requests.map(({ method, url }) => ({ method, ...templateOf(url.split("?")[0] ?? "") }));
  const sorts = [...new Set(parts.map(({ method, template }) => `${method} ${template}`))].sort();
  return {
    site: `graph:batch ${sorts.join(" + ")}`,
    about: [...new Set(parts.flatMap(({ ids }) => ids))].join(","),
    isWrite: requests.some((part) => isWrite(part.method, part.url)),
  };
}

function isWrite(method: string, path: string): boolean {
  return method !== "GET" && !(method === "POST" && READING_POSTS.test(path.split("?")[0] ?? ""));
}

function templateOf(path: string): { readonly template: string; readonly ids: readonly string[] } {
  const ids: string[] = [];
  const template = path
    .split("/")
    .map((segment) => {
      const text = decodeURIComponent(segment);
      if (!ID.test(text) && !JOB_ID.test(text) && !ASSIGNMENT_ID.test(text)) return segment;
      ids.push(text);
      return "{id}";
    })
    .join("/");
  return { template, ids };
}
