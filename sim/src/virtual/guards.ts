/**
 * Watches that nothing inside a run leaves virtual time: no file, name look-up, socket, child process or thread pool.
 * Guarantees: the first such call inside a run throws and is remembered, so that a caller that swallows the error cannot hide it.
 * Never: in the way outside a run.
 */
import childProcess from "node:child_process";
import crypto from "node:crypto";
import dns from "node:dns";
import fs from "node:fs";
import fsPromises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import { promisify } from "node:util";

import { isActive } from "./globals.ts";

const escapes: string[] = [];
let isInstalled = false;

/** What tried to leave virtual time since the last call. */
export function takeEscapes(): readonly string[] {
  return escapes.splice(0, escapes.length);
}

/** Once a process, after the virtual globals. */
export function installGuards(): void {
  if (isInstalled) return;
  isInstalled = true;
  guard("fs", fs, ["readFile", "writeFile", "open", "stat", "lstat", "access", "readdir", "readFileSync", "openSync"]);
  guard("fs/promises", fsPromises, ["readFile", "writeFile", "open", "stat", "lstat", "access", "readdir"]);
  guard("dns", dns, ["lookup", "resolve"]);
  guard("net", net, ["connect", "createConnection", "createServer"]);
  guard("child_process", childProcess, ["spawn", "exec", "execFile", "fork"]);
  guard("crypto", crypto, ["pbkdf2", "scrypt", "hkdf", "generateKeyPair"]);
  guard("subtle", Object.getPrototypeOf(crypto.webcrypto.subtle) as object, ["digest", "sign", "importKey", "encrypt"]);
  syncBuiltinESMExports();
}

function guard(module: string, target: object, names: readonly string[]): void {
  for (const name of names) {
    const real = Reflect.get(target, name) as Call | undefined;
    if (real === undefined) continue;
    const guarded = guardedCall(`${module}.${name}`, real);
    // What a function carries beside its call goes along; its promise form (`promisify`) would else be another call, unguarded or of another shape.
    const promised = Reflect.get(real, promisify.custom) as Call | undefined;
    const promiseForm =
      promised === undefined ? {} : { [promisify.custom]: { value: guardedCall(`${module}.${name}`, promised) } };
    Object.defineProperties(guarded, { ...Object.getOwnPropertyDescriptors(real), ...promiseForm });
    Object.defineProperty(target, name, { value: guarded, configurable: true, writable: true });
  }
}

type Call = (...args: unknown[]) => unknown;

function guardedCall(name: string, real: Call): Call {
  return function (this: unknown, ...args: unknown[]): unknown {
    if (!isActive()) return real.apply(this, args);
    const what = `${name}(${typeof args[0] === "string" ? args[0] : ""})`;
    escapes.push(what);
    throw new Error(`${what} inside a run leaves virtual time`);
  };
}
