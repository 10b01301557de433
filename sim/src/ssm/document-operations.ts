/** CreateDocument, GetDocument, DescribeDocument, ListDocuments, DeleteDocument (SSM API Reference). */
import type { ApiCall, Operation } from "../core/call.ts";
import type { Faults } from "../core/faults.ts";
import { records, requiredText, text, texts, type Input } from "../core/input.ts";
import type { CommandDocument } from "./document.ts";
import type { DocumentStore } from "./document-store.ts";
import { pageOf, type PageRules } from "./paging.ts";
import { refuse, requiredName } from "./refusals.ts";

const PAGE: PageRules = { order: "oldestFirst", sizeMin: 1, sizeMax: 50, sizeDefault: 50 };
const NAME_PATTERN = /^[a-zA-Z0-9_.-]{3,128}$/;
/** Names beginning like Amazon's own are refused (SSM API Reference, CreateDocument Name). */
const RESERVED_PREFIXES = ["aws", "amazon", "amzn"];

export interface DocumentOperationDeps {
  readonly documents: DocumentStore;
  readonly faults: Faults;
}

export function documentOperations({ documents, faults }: DocumentOperationDeps): Readonly<Record<string, Operation>> {
  const described = (document: CommandDocument): Readonly<Record<string, unknown>> => description(document, documents);
  return {
    CreateDocument: (call) => {
      const document = documents.create(call.caller, {
        name: newName(call.input),
        content: requiredName(call.input, "Content"),
        tags: records(call.input, "Tags"),
      });
      return { DocumentDescription: described(document) };
    },
    GetDocument: (call) => {
      const document = named(documents, call);
      return {
        Name: document.name,
        CreatedDate: document.createdMs / 1_000,
        DocumentVersion: "1",
        Status: documents.status(document),
        Content: document.content,
        DocumentType: "Command",
        DocumentFormat: "JSON",
      };
    },
    DescribeDocument: (call) => ({ Document: described(named(documents, call)) }),
    ListDocuments: (call) => {
      const { items, nextToken } = pageOf(matching(documents, call), call, PAGE, faults);
      return {
        DocumentIdentifiers: items.map((document) => identifier(document)),
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      };
    },
    DeleteDocument: (call) => {
      documents.delete(call.caller, requiredName(call.input, "Name"));
      return {};
    },
  };
}

function newName(input: Input): string {
  const name = requiredName(input, "Name");
  if (!NAME_PATTERN.test(name))
    refuse("name", name, `Member must satisfy regular expression pattern: ${NAME_PATTERN.source}`);
  if (RESERVED_PREFIXES.some((prefix) => name.toLowerCase().startsWith(prefix))) {
    refuse("name", name, "Member must not begin with aws, amazon or amzn");
  }
  const format = text(input, "DocumentFormat") ?? "JSON";
  if (format !== "JSON") refuse("documentFormat", format, "the world reads JSON documents only");
  const type = text(input, "DocumentType") ?? "Command";
  if (type !== "Command") refuse("documentType", type, "the world holds Command documents only");
  return name;
}

function named(documents: DocumentStore, { caller, input }: ApiCall): CommandDocument {
  return documents.find(caller, requiredName(input, "Name"), text(input, "DocumentVersion"));
}

function matching(documents: DocumentStore, { caller, input }: ApiCall): readonly CommandDocument[] {
  const filters = records(input, "Filters").map((filter) => ({
    key: requiredText(filter, "Key"),
    values: texts(filter, "Values"),
  }));
  return documents.list(caller).filter((document) => filters.every((filter) => isMatch(document, filter)));
}

function isMatch(document: CommandDocument, { key, values }: { key: string; values: readonly string[] }): boolean {
  switch (key) {
    case "Owner":
      return values.includes(document.owner === "Amazon" ? "Amazon" : "Self");
    case "Name":
      return values.some((prefix) => document.name.startsWith(prefix));
    case "DocumentType":
      return values.includes("Command");
    case "PlatformTypes":
      return document.platformTypes.some((platform) => values.includes(platform));
    default:
      return refuse("filters", key, "Member must be one of Owner, Name, DocumentType, PlatformTypes");
  }
}

function identifier(document: CommandDocument): Readonly<Record<string, unknown>> {
  return {
    Name: document.name,
    CreatedDate: document.createdMs / 1_000,
    Owner: document.owner,
    PlatformTypes: document.platformTypes,
    DocumentVersion: "1",
    DocumentType: "Command",
    SchemaVersion: "2.2",
    DocumentFormat: "JSON",
    Tags: document.tags,
  };
}

function description(document: CommandDocument, documents: DocumentStore): Readonly<Record<string, unknown>> {
  return {
    ...identifier(document),
    Hash: document.sha256,
    HashType: "Sha256",
    Status: documents.status(document),
    LatestVersion: "1",
    DefaultVersion: "1",
    ...(document.description === undefined ? {} : { Description: document.description }),
    Parameters: [...document.parameters].map(([name, rule]) => ({
      Name: name,
      Type: rule.type,
      ...(rule.defaults === undefined ? {} : { DefaultValue: rule.defaults.join(",") }),
    })),
  };
}
