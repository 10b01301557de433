/** Puts the product's SSM documents into a world, as an administrator does before the first launch. */
import { ADMIN_KEY } from "../../../sim/src/layout/default.ts";
import type { HostDocument } from "../../../src/host/documents.ts";
import type { World } from "../../../sim/src/world.ts";

export async function registerDocuments(world: World, documents: readonly HostDocument[]): Promise<void> {
  for (const { ref, content } of documents) {
    const outcome = await world.handle({
      method: "POST",
      path: "/",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "AmazonSSM.CreateDocument",
        authorization: `AWS4-HMAC-SHA256 Credential=${ADMIN_KEY}/20261101/${world.layout.network.region}/ssm/aws4_request`,
      },
      body: JSON.stringify({ Name: ref.name, Content: content, DocumentType: "Command", DocumentFormat: "JSON" }),
    });
    if (outcome.kind === "lost" || outcome.response.status !== 200)
      throw new Error(`${ref.name}: ${JSON.stringify(outcome)}`);
  }
}
