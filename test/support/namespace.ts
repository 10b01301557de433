/**
 * A fresh namespace for a test file, so that files share one API server without seeing each other's objects.
 * Deletion is started, not awaited: the controller manager finishes it.
 */
import { randomBytes } from "node:crypto";
import { kubectl, kubectlOk } from "./kubectl.ts";
import type { KubectlTarget } from "./kubectl.ts";

export interface TestNamespace {
  readonly name: string;
  delete(): Promise<void>;
}

export async function freshNamespace(target: KubectlTarget, prefix = "test"): Promise<TestNamespace> {
  const name = `${prefix}-${randomBytes(4).toString("hex")}`;
  await kubectlOk(target, ["create", "namespace", name]);
  return {
    name,
    async delete() {
      await kubectl(target, ["delete", "namespace", name, "--wait=false", "--ignore-not-found"]);
    },
  };
}
