/**
 * The documents of each account and Region, and the ones that Amazon owns.
 * Guarantees: a name is taken once; a document is usable only when it is Active; a version other than "1" does not exist
 * (the world has no UpdateDocument: the product gives changed content another name).
 */
import { ApiError, type Caller } from "../core/call.ts";
import type { WorldClock } from "../core/clock.ts";
import type { Delays } from "../core/delays.ts";
import { parseContent, sha256Of, type CommandDocument } from "./document.ts";
import { AMAZON_DOCUMENTS } from "./amazon-documents.ts";

/** AWS General Reference, Systems Manager quotas: 500 documents an account and Region. */
const DOCUMENTS_MAX = 500;

export interface NewDocument {
  readonly name: string;
  readonly content: string;
  readonly tags: readonly unknown[];
}

export class DocumentStore {
  readonly #clock: WorldClock;
  readonly #delays: Delays;
  readonly #amazon: ReadonlyMap<string, CommandDocument>;
  readonly #owned = new Map<string, Map<string, CommandDocument>>();
  #sequence = 0;

  constructor({ clock, delays }: { clock: WorldClock; delays: Delays }) {
    this.#clock = clock;
    this.#delays = delays;
    const amazon = AMAZON_DOCUMENTS.map(({ name, content }) => this.#made({ name, content, tags: [] }, "Amazon", 0));
    this.#amazon = new Map(amazon.map((document) => [document.name, document]));
  }

  create(caller: Caller, document: NewDocument): CommandDocument {
    const owned = this.#of(caller);
    if (owned.has(document.name) || this.#amazon.has(document.name)) {
      throw new ApiError("DocumentAlreadyExists", `Document with same name ${document.name} already exists`);
    }
    if (owned.size >= DOCUMENTS_MAX)
      throw new ApiError("DocumentLimitExceeded", `More than ${DOCUMENTS_MAX} documents.`);
    const made = this.#made(document, caller.accountID, this.#clock.nowMs());
    owned.set(made.name, made);
    return made;
  }

  /** @throws ApiError InvalidDocument, InvalidDocumentVersion */
  find(caller: Caller, name: string, version?: string): CommandDocument {
    const document = this.#of(caller).get(shortName(name)) ?? this.#amazon.get(name);
    if (document === undefined) throw new ApiError("InvalidDocument", `Document with name ${name} does not exist.`);
    if (version !== undefined && !["1", "$LATEST", "$DEFAULT"].includes(version)) {
      throw new ApiError("InvalidDocumentVersion", `Document version ${version} does not exist for ${name}.`);
    }
    return document;
  }

  delete(caller: Caller, name: string): void {
    const document = this.find(caller, name);
    if (document.owner === "Amazon")
      throw new ApiError("InvalidDocumentOperation", "You can't delete a document of Amazon's.");
    this.#of(caller).delete(document.name);
  }

  /** Somebody's hand on a document of theirs, under the same name: other content, or none. */
  set(place: Pick<Caller, "accountID" | "region">, name: string, content: string | undefined): void {
    const owned = this.#of(place);
    if (content === undefined) owned.delete(name);
    else owned.set(name, this.#made({ name, content, tags: [] }, place.accountID, this.#clock.nowMs()));
  }

  list(caller: Caller): readonly CommandDocument[] {
    return [...this.#amazon.values(), ...this.#of(caller).values()];
  }

  status(document: CommandDocument): "Creating" | "Active" {
    return this.#clock.nowMs() - document.createdMs >= this.#delays.ms("ssm.documentActive") ? "Active" : "Creating";
  }

  #of({ accountID, region }: Pick<Caller, "accountID" | "region">): Map<string, CommandDocument> {
    const key = `${accountID}/${region}`;
    const owned = this.#owned.get(key) ?? new Map<string, CommandDocument>();
    this.#owned.set(key, owned);
    return owned;
  }

  #made({ name, content, tags }: NewDocument, owner: string, createdMs: number): CommandDocument {
    const parsed = parseContent(content);
    this.#sequence += 1;
    return { ...parsed, sequence: this.#sequence, name, owner, content, sha256: sha256Of(content), createdMs, tags };
  }
}

/** A document may be named by its ARN, too. */
function shortName(name: string): string {
  return name.startsWith("arn:") ? name.slice(name.indexOf("/") + 1) : name;
}
