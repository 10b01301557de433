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

export interface ImagesLayout {
  readonly images: readonly ImageLayout[];
  /** Public SSM parameter name to image id (or any plain value). */
  readonly publicParameters: Readonly<Record<string, string>>;
}
