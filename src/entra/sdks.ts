/**
 * The vendor's packages, loaded when the first call needs them: a fleet without objects of Entra does not pay their memory.
 * A simulation hands over packages that are loaded already, because loading reads files.
 */
import type * as PipelineSDK from "@azure/core-rest-pipeline";
import type * as AzureIdentity from "@azure/identity";
import type * as GraphSDK from "@microsoft/microsoft-graph-client";

export interface EntraSDKs {
  readonly graph: () => Promise<Pick<typeof GraphSDK, "Client" | "ResponseType">>;
  readonly identity: () => Promise<IdentitySDK>;
}

export type IdentitySDK = Pick<
  typeof AzureIdentity,
  "ClientAssertionCredential" | "ClientCertificateCredential" | "ClientSecretCredential"
> &
  Pick<typeof PipelineSDK, "createHttpHeaders">;

export const lazySDKs: EntraSDKs = {
  graph: () => import("@microsoft/microsoft-graph-client"),
  identity: async () => {
    const [identity, pipeline] = await Promise.all([import("@azure/identity"), import("@azure/core-rest-pipeline")]);
    const { ClientAssertionCredential, ClientCertificateCredential, ClientSecretCredential } = identity;
    const { createHttpHeaders } = pipeline;
    return { ClientAssertionCredential, ClientCertificateCredential, ClientSecretCredential, createHttpHeaders };
  },
};
