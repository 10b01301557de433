/**
 * The SSM documents in the template.
 * Guarantees: the content stands as text, so that Systems Manager stores, and hashes, exactly what the operator was built with. As an object
 * CloudFormation would write it anew (aws-cloudformation-resource-providers-ssm, DocumentModelTranslator.processDocumentContent); that the
 * service does as that source says is [unverified], and a difference makes SendCommand refuse the document.
 * What all documents share, the scripts' prelude, stands once and is joined in: nineteen times would be more than CloudFormation takes.
 * A replaced document stays until somebody deletes it: the operator of the release before still sends it.
 */
import { hostDocuments } from "../../../src/host/documents.ts";
import { sharedPiece, splitAt } from "./shared-text.ts";

const MAPPING = "HostScripts";
const SHARED = ["Prelude", "Text"] as const;

export interface DocumentParts {
  readonly mappings: Readonly<Record<string, object>>;
  readonly resources: Readonly<Record<string, object>>;
}

export function documentParts(): DocumentParts {
  const documents = hostDocuments();
  const piece = sharedPiece(documents.map(({ content }) => content));
  const resources = documents.map(({ step, ref, content }) => [
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
        Content: contentOf(content, piece),
      },
    },
  ]);
  const [first, second] = SHARED;
  return {
    mappings: piece === undefined ? {} : { [MAPPING]: { [first]: { [second]: piece } } },
    resources: Object.fromEntries(resources) as DocumentParts["resources"],
  };
}

function contentOf(content: string, piece: string | undefined): unknown {
  if (piece === undefined) return content;
  const { before, after } = splitAt(content, piece);
  return { "Fn::Join": ["", [before, { "Fn::FindInMap": [MAPPING, ...SHARED] }, after]] };
}
