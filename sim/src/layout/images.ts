/** Images of a layout and the public SSM parameters that name them. Data only. */
export interface ImageLayout {
  readonly imageID: string;
  readonly name: string;
  readonly ownerID: string;
  readonly ownerAlias?: string;
  readonly creationDate: string;
  /** Which Windows boots from it; hosts read it. */
  readonly platform: "WindowsServer2022" | "WindowsServer2025" | "Linux";
  readonly ssmAgentVersion: string;
}

/** A snapshot that a launch may make a volume from; only its owner is modelled. */
export interface SnapshotLayout {
  readonly snapshotID: string;
  readonly ownerID: string;
  readonly ownerAlias?: string;
}

export interface ImagesLayout {
  readonly images: readonly ImageLayout[];
  /** None when absent. */
  readonly snapshots?: readonly SnapshotLayout[];
  /** Public SSM parameter name to image id (or any plain value). */
  readonly publicParameters: Readonly<Record<string, string>>;
}
