/** Ids in the forms of Entra, made from the world's dice: the same seed gives the same ids. */
import type { WorldDice } from "../core/clock.ts";

/** In the form of a version 4 UUID. */
export function uuidFrom(dice: WorldDice): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(dice() * 16).toString(16));
  hex[12] = "4";
  hex[16] = "89ab".charAt(Math.floor(dice() * 4));
  const text = hex.join("");
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
}

/** Ids of app role assignments are 43 characters of base64url (G1:serviceprincipal-post-approleassignedto, sample). */
export function assignmentIDFrom(dice: WorldDice): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return Array.from({ length: 43 }, () => alphabet.charAt(Math.floor(dice() * alphabet.length))).join("");
}
