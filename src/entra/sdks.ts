/**
 * The vendor's packages, loaded when the first call needs them: a fleet without objects of Entra does not pay their memory.
 * A simulation hands over packages that are loaded already, because loading reads files.
 */
import type * as VendorSDKs from "./vendor-sdks.ts";

export type EntraSDKs = typeof VendorSDKs;
export type LoadEntraSDKs = () => Promise<EntraSDKs>;

export const loadEntraSDKs: LoadEntraSDKs = () => import("./vendor-sdks.ts");
