/** A small cluster for the tests: one custom kind, a clock that stands, and the requests that the tests send. */
import type { ApiAnswer, ApiRequest } from "../../src/kube/server-state.ts";
import { createApiServer } from "../../src/kube/server.ts";
import type { ApiServer } from "../../src/kube/server.ts";

export const WIDGETS = "/apis/example.com/v1/namespaces/a/widgets";

const text = { type: "string" };
const WIDGET_CRD = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.example.com" },
  spec: {
    group: "example.com",
    scope: "Namespaced",
    names: { kind: "Widget", listKind: "WidgetList", plural: "widgets", singular: "widget" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: { type: "object", properties: { size: { type: "integer" }, name: text } },
              status: { type: "object", properties: { phase: text } },
            },
          },
        },
      },
    ],
  },
};

export function widgetServer(): ApiServer {
  let uids = 0;
  const server = createApiServer({
    nowMs: () => Date.UTC(2026, 0, 1),
    newUID: () => `uid-${(uids += 1)}`,
    crds: [WIDGET_CRD],
  });
  accepted(server, { method: "POST", path: "/api/v1/namespaces", body: { metadata: { name: "a" } } });
  return server;
}

/** The answer's object; throws when the request was refused. */
export function accepted(server: ApiServer, request: ApiRequest): StoredWidget {
  const answer = server.handle(request);
  if (answer.status >= 300) throw new Error(`${request.method} ${request.path}: ${JSON.stringify(answer)}`);
  return answer.body as StoredWidget;
}

export interface StoredWidget {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly finalizers?: readonly string[];
    readonly deletionTimestamp?: string;
  };
}

export interface OwnedBy {
  readonly owners?: readonly StoredWidget[];
  readonly finalizers?: readonly string[];
}

export function createWidget(
  server: ApiServer,
  name: string,
  { owners = [], finalizers = [] }: OwnedBy = {},
): StoredWidget {
  const ownerReferences = owners.map(({ metadata }) => ({
    apiVersion: "example.com/v1",
    kind: "Widget",
    name: metadata.name,
    uid: metadata.uid,
    blockOwnerDeletion: true,
  }));
  const body = { metadata: { name, ownerReferences, finalizers }, spec: { size: 1 } };
  return accepted(server, { method: "POST", path: WIDGETS, body });
}

export function patchWidget(server: ApiServer, name: string, body: object): StoredWidget {
  const contentType = "application/merge-patch+json";
  return accepted(server, { method: "PATCH", path: `${WIDGETS}/${name}`, contentType, body });
}

export function deleteWidget(server: ApiServer, name: string, propagationPolicy = "Background"): ApiAnswer {
  return server.handle({ method: "DELETE", path: `${WIDGETS}/${name}`, body: { propagationPolicy } });
}

export function widgetNames(server: ApiServer): readonly string[] {
  return server.objects("widgets").map((widget) => (widget as unknown as StoredWidget).metadata.name);
}
