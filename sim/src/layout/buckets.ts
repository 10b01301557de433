/** S3 buckets into which hosts write. Data only. */
export interface BucketLayout {
  readonly name: string;
  readonly ownerAccountID: string;
  /** Instance profiles (name, or `*` for all) whose role may call PutObject. */
  readonly writableBy: readonly string[];
  /** The key prefix that they may write under; all keys when absent. */
  readonly writablePrefix?: string;
}

export interface BucketsLayout {
  readonly buckets: readonly BucketLayout[];
}

/** The output bucket of the default account. */
export const DEFAULT_BUCKETS: BucketsLayout = {
  buckets: [
    {
      name: "cloudsync-output",
      ownerAccountID: "111122223333",
      writableBy: ["cloudsync-agent"],
      writablePrefix: "diagnostics/",
    },
  ],
};
