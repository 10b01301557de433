/**
 * The SSM documents in the template.
 * Guarantees: the content stands as text, so that Systems Manager stores, and hashes, exactly what the operator was built with. As an object
 * CloudFormation would write it anew (aws-cloudformation-resource-providers-ssm, DocumentModelTranslator.processDocumentContent); that the
 * service does as that source says is [unverified], and a difference makes SendCommand refuse the document.
 * A replaced document stays until somebody deletes it: the operator of the release before still sends it.
 */
import { hostDocuments } from "../../../src/host/documents.ts";

export function documentResources(): Readonly<Record<string, object>> {
  return Object.fromEntries(
    hostDocuments().map(({ step, ref, content }) => [
      `Document${step}`,
      {
        Type: "AWS::SSM::Document",
        DeletionPolicy: "Delete",
        UpdateReplacePolicy: "Retain",
        Properties: {
          Name: ref.name,
          DocumentType: "Command",
          DocumentFormat: "JSON",
          TargetType: "/AWS::EC2::Instance",
          Content: content,
        },
      },
    ]),
  );
}
