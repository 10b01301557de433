/** Stops the control plane that `global-setup.ts` started; leaves one alone that was there before. */
import "./global-setup.ts";

export default async function globalTeardown(): Promise<void> {
  await globalThis.stopSharedControlPlane?.();
}
