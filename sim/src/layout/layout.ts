/**
 * What a world is made of before anything happens in it: data, one section a file, written or copied by whoever rehearses.
 * A layout file (JSON or YAML is up to the CLI) replaces whole sections of the default one.
 */
import type { IAMLayout } from "./iam.ts";
import type { ImagesLayout } from "./images.ts";
import type { NetworkLayout } from "./network.ts";

export interface WorldLayout {
  readonly network: NetworkLayout;
  readonly images: ImagesLayout;
  readonly iam: IAMLayout;
}
