/**
 * The ledger of a configuration in ConfigMaps that the configuration owns: read live once, then kept with its versions.
 * Guarantees: each write carries the version that it stood on; after any refusal or unknown outcome the copy is dropped and read anew; what cannot be
 * read is never an empty ledger (S5).
 * Never: writes a shard that did not change (C3).
 */
import { API_GROUP_VERSION } from "../../api/kinds.ts";
import type { SyncConfiguration } from "../../api/sync-configuration.ts";
import type { KubeObject, KubeOutcome, KubePort, ResourceKind } from "../../kube/port.ts";
import { sentenceOf } from "../../runtime/failure.ts";
import { newLedger, SHARDS_MAX, type Ledger, type LedgerEntry } from "../../sync/scope/ledger.ts";
import { metaText, readMeta, readShard, shardText } from "../../sync/scope/ledger-text.ts";
import type { Hold } from "../../sync/scope/snapshot.ts";

export const CONFIG_MAP: ResourceKind = {
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  isNamespaced: true,
};

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

export type LedgerReading =
  /** `isNew`: there was none, so everything that is in scope is foreign until a scope wants it. */
  | { readonly kind: "read"; readonly ledger: Ledger; readonly isNew: boolean }
  | { readonly kind: "unread"; readonly hold: Hold };

export type LedgerWritten = { readonly kind: "written" } | { readonly kind: "failed"; readonly hold: Hold };

export interface LedgerStore {
  /** @param foundNow assignments that are there when the ledger begins */
  read(configuration: SyncConfiguration, nowMs: number, foundNow: number, signal: AbortSignal): Promise<LedgerReading>;
  /** Whether it is in memory, so that reading costs nothing. */
  isHeld(configurationUID: string): boolean;
  /** Shards first, then the meta: a charge or an approval never stands without the marks that it is for. */
  write(configuration: SyncConfiguration, ledger: Ledger, signal: AbortSignal): Promise<LedgerWritten>;
  forget(configurationUID: string): void;
}

interface Held {
  readonly ledger: Ledger;
  readonly meta: ConfigMap | undefined;
  readonly shards: readonly (ConfigMap | undefined)[];
}

const DATA_KEY = "ledger";

export function ledgerStore(kube: KubePort): LedgerStore {
  const held = new Map<string, Held>();

  async function load(
    configuration: SyncConfiguration,
    nowMs: number,
    foundNow: number,
    signal: AbortSignal,
  ): Promise<LedgerReading> {
    const meta = await readMap(configuration, "meta", signal);
    if (meta.kind === "failed") return { kind: "unread", hold: meta.hold };
    const maps: ConfigMap[] = [];
    const shards: ReadonlyMap<string, LedgerEntry>[] = [];
    for (let index = 0; index < SHARDS_MAX; index += 1) {
      const shard = await readMap(configuration, String(index), signal);
      if (shard.kind === "failed") return { kind: "unread", hold: shard.hold };
      if (shard.kind === "absent") break;
      const entries = readShard(shard.map.data?.[DATA_KEY] ?? "");
      if (entries.kind === "unreadable") return { kind: "unread", hold: unreadable(shard.map.metadata.name) };
      maps.push(shard.map);
      shards.push(entries.value);
    }
    if (meta.kind === "absent") {
      const ledger = { ...newLedger(nowMs, foundNow), shards };
      held.set(configuration.metadata.uid, { ledger, meta: undefined, shards: maps });
      return { kind: "read", ledger, isNew: true };
    }
    const facts = readMeta(meta.map.data?.[DATA_KEY] ?? "");
    if (facts.kind === "unreadable") return { kind: "unread", hold: unreadable(meta.map.metadata.name) };
    const ledger = { meta: facts.value, shards };
    held.set(configuration.metadata.uid, { ledger, meta: meta.map, shards: maps });
    return { kind: "read", ledger, isNew: false };
  }

  async function readMap(configuration: SyncConfiguration, part: string, signal: AbortSignal) {
    const key = { namespace: configuration.metadata.namespace ?? "", name: mapName(configuration, part) };
    const outcome = await kube.get<ConfigMap>(CONFIG_MAP, key, signal);
    if (outcome.kind === "ok") return { kind: "found" as const, map: outcome.object };
    if (outcome.kind === "notFound") return { kind: "absent" as const };
    return { kind: "failed" as const, hold: holdOf(outcome) };
  }

  async function put(
    configuration: SyncConfiguration,
    part: string,
    before: ConfigMap | undefined,
    text: string,
    signal: AbortSignal,
  ): Promise<ConfigMap | Hold> {
    const data = { [DATA_KEY]: text };
    const outcome =
      before === undefined
        ? await kube.create<ConfigMap>(CONFIG_MAP, manifest(configuration, part, data), signal)
        : await kube.patch<ConfigMap>(CONFIG_MAP, before, { data }, signal);
    return outcome.kind === "ok" ? outcome.object : holdOf(outcome);
  }

  async function writeAll(
    configuration: SyncConfiguration,
    before: Held,
    ledger: Ledger,
    signal: AbortSignal,
  ): Promise<LedgerWritten> {
    const { uid } = configuration.metadata;
    const shards = [...before.shards];
    let { meta } = before;
    // The first of all is the meta: shards without one would be read as a ledger whose history is lost.
    if (meta === undefined) {
      const made = await put(configuration, "meta", undefined, metaText(before.ledger.meta), signal);
      if ("reason" in made) return failed(uid, made);
      meta = made;
    }
    for (const [index, shard] of ledger.shards.entries()) {
      if (before.ledger.shards[index] === shard && shards[index] !== undefined) continue;
      const made = await put(configuration, String(index), shards[index], shardText(shard), signal);
      if ("reason" in made) return failed(uid, made);
      shards[index] = made;
    }
    if (before.ledger.meta !== ledger.meta) {
      const made = await put(configuration, "meta", meta, metaText(ledger.meta), signal);
      if ("reason" in made) return failed(uid, made);
      meta = made;
    }
    held.set(uid, { ledger, meta, shards });
    return { kind: "written" };
  }

  function failed(uid: string, hold: Hold): LedgerWritten {
    held.delete(uid);
    return { kind: "failed", hold };
  }

  return {
    read(configuration, nowMs, foundNow, signal) {
      const known = held.get(configuration.metadata.uid);
      if (known === undefined) return load(configuration, nowMs, foundNow, signal);
      return Promise.resolve({ kind: "read", ledger: known.ledger, isNew: known.meta === undefined });
    },
    isHeld: (uid) => held.has(uid),
    async write(configuration, ledger, signal) {
      const before = held.get(configuration.metadata.uid);
      if (before === undefined) return { kind: "failed", hold: NOT_READ };
      try {
        return await writeAll(configuration, before, ledger, signal);
      } catch (error) {
        // Cut off in the middle: what was written is known only by reading.
        held.delete(configuration.metadata.uid);
        throw error;
      }
    },
    forget: (uid) => void held.delete(uid),
  };
}

/** By UID, so that a configuration of the same name finds no ledger of its predecessor. */
function mapName({ metadata }: SyncConfiguration, part: string): string {
  return `cloudsync-ledger-${metadata.uid}-${part}`;
}

function manifest(configuration: SyncConfiguration, part: string, data: Readonly<Record<string, string>>): object {
  const { name, namespace, uid } = configuration.metadata;
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: mapName(configuration, part),
      namespace,
      labels: { "app.kubernetes.io/managed-by": "cloudsync-operator" },
      annotations: {
        "cloudsync.dev/description": `Assignments of SyncConfiguration ${name} that are the operator's. Whoever deletes this makes them foreign: they stay in scope.`,
      },
      ownerReferences: [{ apiVersion: API_GROUP_VERSION, kind: "SyncConfiguration", name, uid, controller: true }],
    },
    data,
  };
}

function unreadable(name: string): Hold {
  return {
    reason: "LedgerUnreadable",
    message: `The ConfigMap ${name} is not a ledger of this version: restore it, or delete it and so make what it holds foreign.`,
  };
}

function holdOf(outcome: Exclude<KubeOutcome<ConfigMap>, { kind: "ok" }>): Hold {
  switch (outcome.kind) {
    case "failed":
      return { reason: "LedgerNotWritten", message: sentenceOf(outcome.failure) };
    case "notFound":
      return {
        reason: "LedgerLost",
        message: "A ConfigMap of the ledger was deleted: what it held is foreign now and stays in scope.",
      };
    case "conflict":
    case "alreadyExists":
      return { reason: "LedgerChanged", message: "Somebody else wrote the ledger. It is read again." };
  }
}

const NOT_READ: Hold = { reason: "LedgerUnread", message: "The ledger is read first." };
