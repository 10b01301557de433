import { createHash } from "node:crypto";

/** Lower-case hex SHA-256 of the parts, each length-prefixed so that no two lists of parts collide. Pure. */
export function sha256Hex(...parts: readonly (string | number)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    const text = String(part);
    hash.update(`${Buffer.byteLength(text)}:${text};`);
  }
  return hash.digest("hex");
}

/** Lower-case hex SHA-256 of one text as it is: what AWS and the host compare document contents by. */
export function contentSha256Hex(content: string): string {
  return createHash("sha256").update(content, "utf8").digest("hex");
}
