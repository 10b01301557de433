/**
 * What the AWS SDK would look up on the machine, answered from memory.
 * Guarantees: no file is read for a client's settings, so that a run is the same on every machine. Never: changes what the operator itself configures.
 */
import { externalDataInterceptor } from "@smithy/core/config";

/** Where the SDK then looks for its shared files (AWS SDKs and Tools Reference Guide, "Location of the shared config and credentials files"). */
const NO_FILES = {
  AWS_CONFIG_FILE: "/simulation/config",
  AWS_SHARED_CREDENTIALS_FILE: "/simulation/credentials",
} as const;

/** Once a process, before the first run. */
export function isolateSDK(): void {
  Object.assign(process.env, NO_FILES);
  for (const path of Object.values(NO_FILES)) externalDataInterceptor.interceptFile(path, "");
}
