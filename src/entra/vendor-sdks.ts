/**
 * The parts of the vendor's packages in use. Loaded by sdks.ts alone, and shipped as a file of its own (tools/build/bundle.ts): what is not loaded
 * costs no memory.
 */
export { createHttpHeaders } from "@azure/core-rest-pipeline";
export { ClientAssertionCredential, ClientCertificateCredential, ClientSecretCredential } from "@azure/identity";
export { Client, ResponseType } from "@microsoft/microsoft-graph-client";
