/** Installer objects in S3 that hosts download. Data only. */
import type { TenantCloud } from "./tenants.ts";

export interface InstallerLayout {
  readonly bucket: string;
  readonly key: string;
  readonly versionID: string;
  /** Lower-case hex of the object's bytes. */
  readonly sha256: string;
  /** The agent version that this setup installs. */
  readonly version: string;
  /** The cloud that the setup was downloaded for; Public when absent. */
  readonly cloud?: TenantCloud;
  /** Instance profiles (name, or `*` for all) whose role may call GetObject on it. */
  readonly readableBy: readonly string[];
  /** `false`: its Authenticode signature is not valid. */
  readonly isSignatureValid?: boolean;
  /** Account of the bucket; 111122223333 when absent. */
  readonly ownerAccountID?: string;
  /** Product name in the file's details; "Microsoft Entra Provisioning Agent" when absent. */
  readonly productName?: string;
  /** Common name of its signer; "Microsoft Corporation" when absent. */
  readonly signer?: string;
}

export interface InstallersLayout {
  readonly installers: readonly InstallerLayout[];
}

/** The catalogue of `examples/`. The hash is that of no real file. */
export const DEFAULT_INSTALLERS: InstallersLayout = {
  installers: [
    {
      bucket: "cloudsync-installers",
      key: "provisioning/1.1.2505.0/AADConnectProvisioningAgentSetup.exe",
      versionID: "v1.1.2505.0",
      sha256: "5f2c1a9be0d34786a1b2c3d4e5f60718293a4b5c6d7e8f90112233445566778a",
      version: "1.1.2505.0",
      readableBy: ["cloudsync-agent"],
    },
    {
      bucket: "cloudsync-installers",
      key: "pass-through/1.5.2482.0/AADConnectAuthAgentSetup.exe",
      versionID: "v1.5.2482.0",
      sha256: "7a3e1c9be0d34786a1b2c3d4e5f60718293a4b5c6d7e8f9011223344556677b0",
      version: "1.5.2482.0",
      productName: "Microsoft Azure AD Connect Authentication Agent",
      readableBy: ["cloudsync-agent"],
    },
  ],
};
